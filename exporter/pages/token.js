// The session's token: where a page keeps it, and how it shows it to the agent.

// Said where the agent refuses the token, as that of a session that ended.
export const REFUSED = "The agent did not let this page in. Open the address that it printed at its start.";

// The headers of a request that shows the token, if there is one.
export const authorised = (token) => (token ? { Authorization: `Bearer ${token}` } : {});

// Takes the token out of the address bar, where screenshots and shared screens would show it, and keeps it for
// reloads where only this tab's pages of this port can read it: cookies go to every port of the machine. A
// one-time token (`pass`) that was used up leaves the address bar as well.
export function takeToken(location, history, storage = () => window.sessionStorage) {
  const address = new URL(location.href);
  const token = address.searchParams.get("token") ?? "";
  if (token || address.searchParams.has("pass")) {
    address.searchParams.delete("token");
    address.searchParams.delete("pass");
    history.replaceState(null, "", address.pathname + address.search + address.hash);
  }
  try {
    if (token) storage().setItem("token", token);
    return token || (storage().getItem("token") ?? "");
  } catch {
    // A browser that keeps nothing for pages: the token serves until the page is reloaded.
    return token;
  }
}
