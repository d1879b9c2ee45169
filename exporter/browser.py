"""Opens a page in the user's browser from a thread: some browser commands return only when it is closed."""

from __future__ import annotations

import logging
import threading
import webbrowser
from pathlib import PurePath

logger = logging.getLogger("readtheroom")

IN_TERMINAL = frozenset({"www-browser", "links", "elinks", "lynx", "w3m"})
"""Text browsers, which Python tries without a display; they take over the terminal and run no scripts."""

PATIENCE = 6.0
"""Maximum seconds that a short command waits for the browser; Python itself waits 5 s for an answer."""


def open_page(address: str, instead: str) -> threading.Thread:
    """Open a page from a separate thread; if no browser opens, log what to do ``instead``."""
    thread = threading.Thread(target=_open, args=(address, instead), name="browser", daemon=True)
    thread.start()
    return thread


def open_page_and_leave(address: str, instead: str) -> None:
    """Open a page for a command that then ends; waits at most ``PATIENCE`` seconds for the browser."""
    open_page(address, instead).join(PATIENCE)


def _open(address: str, instead: str) -> None:
    try:
        name = getattr(webbrowser.get(), "name", "")
        opened = PurePath(name).name not in IN_TERMINAL and webbrowser.open(address)
    except (webbrowser.Error, OSError):
        opened = False
    if not opened:
        logger.warning("no browser could be opened: %s", instead)
