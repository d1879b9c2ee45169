"""The styles of Zoom, Meet and Teams galleries, and the geometry of the grid."""

from __future__ import annotations

import math
from dataclasses import dataclass

from agent.classroom.canvas import Colour
from agent.errors import ConfigError
from agent.values import Box


@dataclass(frozen=True, slots=True)
class Style:
    """The looks of one meeting program in one theme. Lengths are pixels in a 1280x720 window.

    ``last_row`` is ``centre`` or ``left``; ``radius`` rounds the tiles; ``off`` holds the colours of tiles
    with the camera off; ``off_look`` is ``name`` (the full name) or ``initials`` (in a disc).
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
        "zoom", (26, 26, 26), ((34, 34, 34),), (190, 214, 60), 4, (242, 242, 242), (20, 20, 20),
        (222, 222, 222),
    ),
    "zoom-light": Style(
        "zoom-light", (240, 240, 242), ((222, 223, 226),), (120, 196, 60), 4, (242, 242, 242),
        (250, 250, 250), (60, 62, 66), gap=6, radius=8,
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
        "teams", (31, 31, 31), ((41, 41, 41),), (127, 133, 245), 3, (255, 255, 255), (20, 20, 20),
        (214, 214, 214), label_box=0.55, gap=6, radius=5, last_row="left", off_look="initials", margin=8,
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
class Plan:
    """One gallery window: its style and everything around the tiles. ``size`` is (width, height) in pixels.

    ``panel`` is "", "people" or "chat"; ``shared`` puts a shared screen "left" of the gallery or on
    "top" of it; ``inset`` shrinks the window and shows a desktop around it (part of the frame);
    ``fade_to_page`` lets the rooms fade into the page; ``letterbox`` keeps a wide video whole in a narrow
    tile; ``bars`` is the colour beside a video; ``decor`` is the seed of desktop and shared screen.
    """

    style: Style
    size: tuple[int, int] = (1280, 720)
    aspect: float = 16 / 9
    cols: int | None = None
    title: bool = True
    tools: bool = True
    task_bar: bool = False
    panel: str = ""
    shared: str = ""
    inset: float = 0.0
    fade_to_page: bool = False
    labels: bool = True
    letterbox: bool = False
    bars: Colour = (0, 0, 0)
    decor: int = 0

    @property
    def unit(self) -> float:
        """Pixels of this window per pixel of the 1280x720 window in which a style's lengths are given."""
        return min(self.size[0] / 1280, self.size[1] / 720)

    def px(self, length: float) -> int:
        """A style's length in pixels of this window, at least 1."""
        return max(round(length * self.unit), 1)


@dataclass(frozen=True, slots=True)
class GridCell:
    """The position of one tile in the grid."""

    box: Box
    row: int
    col: int


@dataclass(frozen=True, slots=True)
class Grid:
    """The rules of a grid: ``aspect`` is width over height, ``gap`` in pixels, ``last_row`` centre or left.

    ``cols`` None uses the number of columns that gives the largest tiles.
    """

    aspect: float
    gap: int
    last_row: str = "centre"
    cols: int | None = None


def columns_for(count: int, area: Box, grid: Grid) -> int:
    """The number of columns that gives the largest tiles for ``count`` tiles in ``area``."""

    def width(cols: int) -> float:
        rows = math.ceil(count / cols)
        high = (area.height - grid.gap * (rows - 1)) / rows
        return min((area.width - grid.gap * (cols - 1)) / cols, high * grid.aspect)

    return max(range(1, count + 1), key=lambda cols: (round(width(cols), 3), -cols))


def arrange(count: int, area: Box, grid: Grid) -> list[GridCell]:
    """Positions of ``count`` equal tiles in reading order: a centred grid, the last row as the rules say."""
    if count == 0:
        return []
    gap = grid.gap
    cols = min(grid.cols or columns_for(count, area, grid), count)
    rows = math.ceil(count / cols)
    high = (area.height - gap * (rows - 1)) / rows
    wide = min((area.width - gap * (cols - 1)) / cols, high * grid.aspect)
    width, height = max(int(wide), 2), max(int(wide / grid.aspect), 2)
    left = area.left + (area.width - cols * width - (cols - 1) * gap) // 2
    top = area.top + (area.height - rows * height - (rows - 1) * gap) // 2
    places = []
    for index in range(count):
        row, col = divmod(index, cols)
        missing = rows * cols - count if row == rows - 1 and grid.last_row == "centre" else 0
        x = left + col * (width + gap) + missing * (width + gap) // 2
        places.append(GridCell(Box(x, top + row * (height + gap), width, height), row, col))
    return places
