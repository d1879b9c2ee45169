"""Screens without a gallery, drawn by seed: what the layout finder must leave alone."""

from __future__ import annotations

from collections.abc import Callable

from agent.classroom import office, photos
from agent.values import Pixels
from tests.agent.classroom import consoles

PAGES: dict[str, Callable[[int, tuple[int, int]], Pixels]] = {
    "desktop": office.desktop,
    "spreadsheet": office.spreadsheet,
    "code": consoles.code,
    "terminal": consoles.terminal,
    "slide": office.slide,
    "files": photos.files,
    "web": photos.web,
    "portrait": photos.portrait,
    "document": office.document,
    "calendar": office.calendar,
}
"""Every kind of page: a function of seed and size (width, height) that gives RGB uint8 (H, W, 3)."""
