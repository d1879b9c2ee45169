"""How Zoom, Meet and Teams draw a gallery, and the geometry of its grid."""

from __future__ import annotations

import math
from dataclasses import dataclass

from agent.classroom.brush import Colour
from agent.errors import ConfigError
from agent.values import Box


@dataclass(frozen=True, slots=True)
class Style:
    """The looks of one meeting program in one theme. Lengths are pixels at a 1280x720 window.

    ``last_row`` is ``centre`` or ``left``; ``radius`` rounds the tiles; ``off`` holds the colours of
    camera-off tiles; ``off_look`` is ``name`` (the name in full) or ``initials`` (in a disc).
    """

    name: str
    page: Colour
    off: tuple[Colour, ...]
    border: Colour
    border_width: int
    text: Colour
    bar: Colour
    bar_text: Colour
    label_box: float = 0.6
    gap: int = 4
    radius: int = 0
    last_row: str = "centre"
    off_look: str = "name"
    margin: int = 6


STYLES: dict[str, Style] = {
    "zoom": Style(
        "zoom", (26, 26, 26), ((34, 34, 34),), (190, 214, 60), 4, (242, 242, 242), (20, 20, 20), (222, 222, 222),
    ),
    "zoom-light": Style(
        "zoom-light", (240, 240, 242), ((222, 223, 226),), (120, 196, 60), 4, (242, 242, 242), (250, 250, 250),
        (60, 62, 66), gap=6, radius=8,
    ),
    "meet": Style(
        "meet", (32, 33, 36), ((60, 64, 67), (66, 78, 96), (84, 66, 62)), (138, 180, 248), 3, (255, 255, 255),
        (32, 33, 36), (232, 234, 237), label_box=0.0, gap=8, radius=10, off_look="initials", margin=14,
    ),
    "meet-light": Style(
        "meet-light", (255, 255, 255), ((232, 234, 237), (210, 227, 252), (250, 224, 200)), (26, 115, 232), 4,
        (255, 255, 255), (255, 255, 255), (60, 64, 67), label_box=0.0, gap=8, radius=12, off_look="initials",
        margin=14,
    ),
    "teams": Style(
        "teams", (31, 31, 31), ((41, 41, 41),), (127, 133, 245), 3, (255, 255, 255), (20, 20, 20), (214, 214, 214),
        label_box=0.55, gap=6, radius=5, last_row="left", off_look="initials", margin=8,
    ),
    "teams-light": Style(
        "teams-light", (245, 245, 245), ((232, 232, 238), (226, 226, 246)), (91, 95, 199), 3, (255, 255, 255),
        (255, 255, 255), (66, 66, 66), label_box=0.55, gap=6, radius=5, last_row="left", off_look="initials",
        margin=8,
    ),
}  # fmt: skip


def style_named(name: str) -> Style:
    """The style of that name; raises ConfigError that lists the names there are."""
    if name not in STYLES:
        raise ConfigError(f"no gallery style is called {name!r}; there are {', '.join(STYLES)}")
    return STYLES[name]


@dataclass(frozen=True, slots=True)
class Place:
    """Where one tile of the grid is."""

    box: Box
    row: int
    col: int


def columns_for(count: int, area: Box, aspect: float, gap: int) -> int:
    """The number of columns that makes ``count`` tiles of ``aspect`` (width over height) largest in ``area``."""

    def width(cols: int) -> float:
        rows = math.ceil(count / cols)
        high = (area.height - gap * (rows - 1)) / rows
        return min((area.width - gap * (cols - 1)) / cols, high * aspect)

    return max(range(1, count + 1), key=lambda cols: (round(width(cols), 3), -cols))


def arrange(count: int, area: Box, aspect: float, gap: int, last_row: str, cols: int | None = None) -> list[Place]:
    """A centred grid of ``count`` equal tiles in reading order; a short last row as ``last_row`` says."""
    if count == 0:
        return []
    cols = min(cols or columns_for(count, area, aspect, gap), count)
    rows = math.ceil(count / cols)
    wide = min((area.width - gap * (cols - 1)) / cols, (area.height - gap * (rows - 1)) / rows * aspect)
    width, height = max(int(wide), 2), max(int(wide / aspect), 2)
    left = area.left + (area.width - cols * width - (cols - 1) * gap) // 2
    top = area.top + (area.height - rows * height - (rows - 1) * gap) // 2
    places = []
    for index in range(count):
        row, col = divmod(index, cols)
        missing = rows * cols - count if row == rows - 1 and last_row == "centre" else 0
        x = left + col * (width + gap) + missing * (width + gap) // 2
        places.append(Place(Box(x, top + row * (height + gap), width, height), row, col))
    return places
