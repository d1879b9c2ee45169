// For pages that show nothing of the agent: the token leaves the address bar, and serves the next page in this tab.

import { takeToken } from "./token.js";

takeToken(window.location, window.history);
