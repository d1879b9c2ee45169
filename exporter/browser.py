"""Opens a page in the user's browser without waiting for it: some return only when they are closed."""

from __future__ import annotations

import logging
import threading
import webbrowser
from pathlib import PurePath

logger = logging.getLogger("readtheroom")

IN_TERMINAL = frozenset({"www-browser", "links", "elinks", "lynx", "w3m"})
"""Browsers that would take the terminal over, which Python tries where there is no display: none of them runs
the pages' scripts."""

PATIENCE = 6.0
"""Seconds that a command which has nothing else to do gives the browser: Python waits 5 s for an answer."""


def open_page(address: str, instead: str) -> threading.Thread:
    """Open a page from a thread of its own; where no browser opens, the log says what to do ``instead``."""
    thread = threading.Thread(target=_open, args=(address, instead), name="browser", daemon=True)
    thread.start()
    return thread


def open_page_and_leave(address: str, instead: str) -> None:
    """Open a page for a command that ends then; a browser that is still open does not hold it up."""
    open_page(address, instead).join(PATIENCE)


def _open(address: str, instead: str) -> None:
    try:
        name = getattr(webbrowser.get(), "name", "")
        opened = PurePath(name).name not in IN_TERMINAL and webbrowser.open(address)
    except (webbrowser.Error, OSError):
        opened = False
    if not opened:
        logger.warning("no browser could be opened: %s", instead)
