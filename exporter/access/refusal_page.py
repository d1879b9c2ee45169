"""Small pages in HTML: refused access, unknown address, ``/share`` with another source, ``/schema/``. Pure.

The page for refused access loads no file of the agent, not even an icon: they need the same token.
"""

from __future__ import annotations

import base64
import hashlib
import html
from typing import Final
from urllib.parse import urlencode

STYLE: Final = """
body { margin: 0; min-height: 100vh; display: grid; place-content: center; background: #f1f3f6;
  color: #1a1f28; font: 17px/1.5 system-ui, "Segoe UI", Roboto, Arial, sans-serif; }
main { max-width: 34em; margin: 16px; padding: 8px 28px 12px; background: #fff; border: 1px solid #dfe3e9;
  border-radius: 12px; }
h1 { font-size: 22px; }
code { padding: 1px 5px; background: #eef1f4; border-radius: 5px; }
@media (prefers-color-scheme: dark) {
  body { background: #0e1014; color: #eceef2; }
  main { background: #171a20; border-color: #2a303a; }
  code { background: #272d36; }
}
"""

STYLE_SOURCE: Final = f"'sha256-{base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()}'"
"""The Content-Security-Policy source that allows this style only."""

MISSING = "this address lacks the key of the session"
USED = "this address opens the page once, within a minute of when it was made"
OLD = "the key in this address is not the one of this session: it is made anew at every start"

PAGE: Final = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><link rel="icon" href="data:,">
<title>Read the Room: {title}</title>
<style>{style}</style>{script}
</head>
<body><main>
{text}
</main></body>
</html>
"""

LOCKED: Final = """<h1>Read the Room runs here</h1>
<p>But {reason}.</p>
<p><b>Open the address that it printed</b> when it started, in the window where you started it:
it ends in <code>?token=…</code></p>
<p>With the overlay on the screen, right-click its gauge or its icon and choose <b>Open the dashboard</b>.
If the address is gone, end the program and start it again: it prints a new one.</p>"""

NOT_SHARED: Final = """<h1>Nothing can be shared here</h1>
<p>This agent does not take a shared picture: it reads something else.</p>
<p><b>End it and start it with</b> <code>readtheroom run --source webrtc</code>, then open the address for
sharing that it prints.</p>
<p><a href="/">Open the dashboard</a></p>"""

MISSING_PAGE: Final = """<h1>Nothing is here</h1>
<p>Read the Room runs, but has no page at this address. It has these:</p>
<ul>
<li><a href="/{key}">the dashboard</a></li>
<li><a href="/overlay{key}">the overlay as a page</a></li>
<li><a href="/share{key}">sharing a picture from the browser</a></li>
<li><a href="/schema/{key}">descriptions of the feed, for programs</a></li>
</ul>"""

SCHEMA_INDEX: Final = """<h1>readtheroom.feed/1</h1>
<ul>
<li><a href="/schema/feed.json">JSON Schema of the messages</a></li>
<li><a href="/schema/asyncapi.json">AsyncAPI description of the feed</a></li>
</ul>
<p><a href="/">Open the dashboard</a></p>"""

STRIPPING_SCRIPT: Final = '\n<script type="module" src="/static/strip_token.js"></script>'
"""The script that removes the token from the address bar."""


def doorstep(*, had_key: bool, had_pass: bool = False) -> str:
    """The page for refused access; the address had a wrong token (``had_key``) or a pass (``had_pass``)."""
    text = LOCKED.format(reason=OLD if had_key else USED if had_pass else MISSING)
    return PAGE.format(title="not let in", style=STYLE, script="", text=text)


def not_shared() -> str:
    """The page at ``/share`` while the agent reads another source."""
    return PAGE.format(title="nothing can be shared", style=STYLE, script=STRIPPING_SCRIPT, text=NOT_SHARED)


def nothing_here(token: str | None) -> str:
    """The page at an unknown address; ``token`` is the session token in that address, or None."""
    # An unknown address sets no cookie, so the links must contain the token.
    key = f"?{urlencode({'token': token})}" if token else ""
    text = MISSING_PAGE.format(key=html.escape(key))
    return PAGE.format(title="nothing is here", style=STYLE, script="", text=text)


def schema_index() -> str:
    """The list of the feed's descriptions."""
    return PAGE.format(title="feed", style=STYLE, script=STRIPPING_SCRIPT, text=SCHEMA_INDEX)
