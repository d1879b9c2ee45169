"""Screens without a gallery, drawn by seed: what the layout finder must leave alone."""

from __future__ import annotations

from collections.abc import Callable

from agent.classroom import office
from agent.values import Pixels
from tests.agent.classroom import albums, consoles, offices

PAGES: dict[str, Callable[[int, tuple[int, int]], Pixels]] = {
    "desktop": office.desktop,
    "spreadsheet": offices.spreadsheet,
    "code": consoles.code,
    "terminal": consoles.terminal,
    "slide": office.slide,
    "files": albums.files,
    "web": albums.web,
    "portrait": albums.portrait,
    "document": offices.document,
    "calendar": offices.calendar,
}
"""Every kind of page: a function of seed and size (width, height) that gives RGB uint8 (H, W, 3)."""
