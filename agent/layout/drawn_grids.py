"""Suggests lattices from straight lines alone, for photos of a screen in which no page has one colour.

Light and lens change the page's colour from one corner to the other, and blur narrow gaps away. The sides of
the tiles still are lines that go on from tile to tile at equal distances.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from agent.layout.cell_evidence import STANDS_OUT, filled
from agent.layout.edges import COVERED, FLOOR, LEAST_JUMP, jumps
from agent.layout.gallery_rules import ABOUT, LYING, RIM, VAGUE, is_gallery, is_usual
from agent.layout.label import names_shown
from agent.layout.lattice import ASPECTS, SMALLEST, Lattice, Pitch, complete
from agent.layout.lattice_features import Features, purity
from agent.layout.page import Page
from agent.layout.picture import Picture
from agent.values import Box

SECTION = 12
"""Length in pixels of the sections of a line that are judged each by itself."""
AROUND = 15
"""Number of lines, an odd one, with whose median jump that of a section is compared."""
LINES = 48
"""Maximum number of upright, and of level, lines that may be sides of tiles: those that show longest."""
WIDEST_GAP = 20
"""Maximum gap in pixels that is tried."""
MOST = 13
"""Maximum number of tiles before, and after, a tile in its row or column."""
LARGEST = 0.7
"""Maximum width or height of a tile, as a share of the picture's."""
GOES_ON = 0.45
"""Minimum length of each line of a series, as a share of its first tile's shorter side."""
EVEN = 6, 0.08
"""Maximum difference of the two gaps: in pixels, and as a share of the tile's shorter side."""
SERIES, GRIDS = 16, 8
"""Maximum numbers of columns, and of rows, that are combined, and of their combinations that are tried."""
LEAST_CELLS = 3
"""Minimum number of cells of a combination, to which shorter rows may be added."""
SOME, LEAST_OF_SOME = 6, 0.7
"""Number of cells that are looked at first, and minimum share of their sides that shows."""
LEAST_SEEN, SIDES = 0.8, 3
"""Minimum share of a grid's sides that shows, and minimum number of those of a cell that begins a lattice."""

BARE_SIDES, BARE_CELLS = 0.95, 6
"""Minimum share of sides that shows, and number of cells, where no page shows between them."""
HELD = 0.5
"""Minimum share of a typical cell that is not page."""

Cells = tuple[tuple[Box, ...], ...]
Evidence = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Series:
    """Equal spans of pixels at equal distances: the columns, or the rows, of a grid.

    ``length`` is the number of SECTIONs that show on all their sides.
    """

    start: int
    size: int
    gap: int
    count: int
    length: float

    def like(self, other: Series) -> bool:
        """Whether both are nearly the same series."""
        near = abs(self.start - other.start) <= SMEAR and abs(self.size - other.size) <= SMEAR
        return near and self.count == other.count

    def starts(self) -> list[int]:
        """The first pixel of each span."""
        return [self.start + index * (self.size + self.gap) for index in range(self.count)]


SMEAR = 3
"""Maximum pixels between two series that are nearly the same."""


@dataclass(frozen=True, slots=True)
class Grid:
    """The cells of a grid by rows, and the number of sides of each that shows, int (rows, columns)."""

    rows: Cells
    sides: NDArray[np.int64]
    pitch: Pitch

    @property
    def seen(self) -> float:
        """The share of all sides that shows, 0..1."""
        return float(self.sides.mean()) / 4

    @property
    def weight(self) -> float:
        """The area of the cells of which enough sides show, times the share of all sides."""
        return self.seen * int((self.sides >= SIDES).sum()) * self.rows[0][0].area

    @property
    def lattice(self) -> Lattice:
        """The whole grid as a lattice."""
        wide, high = self.pitch.across - self.pitch.width, self.pitch.down - self.pitch.height
        return Lattice(self.rows, (round(wide), round(high)))

    def shown(self) -> list[list[Box]]:
        """By rows the cells of which enough sides show."""
        rows = [
            [box for box, sides in zip(row, seen, strict=True) if sides >= SIDES]
            for row, seen in zip(self.rows, self.sides.tolist(), strict=True)
        ]
        return [row for row in rows if row]


def drawn_grids(picture: Picture) -> list[Grid]:
    """The grids of straight lines in a picture, that which shows most first; 0.2 s at 1080p."""
    across, down = jumps(picture.pixels)
    columns = _series(_standing_out(across), SMALLEST[0])
    rows = _series(_standing_out(np.ascontiguousarray(down.T)), SMALLEST[1])
    fitting = [_cells(wide, high) for wide in columns for high in rows if _fit(wide, high)]
    likely = [(cells, pitch) for cells, pitch in fitting if _seen(_some(cells), picture) >= LEAST_OF_SOME]
    grids = [Grid(cells, _sides(cells, picture), pitch) for cells, pitch in likely]
    seen = [grid for grid in grids if grid.seen >= LEAST_SEEN]
    return sorted(seen, key=lambda grid: -grid.weight)[:GRIDS]


def on_page(grids: Sequence[Grid], picture: Picture, page: Page) -> Iterator[Lattice]:
    """The grids between whose cells a page shows, each as it is and with every further tile."""
    for grid in grids:
        lattice = grid.lattice
        if shows_between(lattice, page):
            yield lattice
            if cells := grid.shown():
                yield complete(grid.pitch, cells, picture.edges, page)


def shows_between(lattice: Lattice, page: Page) -> bool:
    """Whether a page shows between the cells of a lattice, and not in most of them as well."""
    held = np.median([filled(box, page.mask) for box in lattice.boxes])
    return bool(held >= HELD) and purity(lattice, page.mask) >= VAGUE.purity


def bare_page(lattice: Lattice, picture: Picture) -> Page:
    """A page around all cells of a lattice, where none shows."""
    around = np.ones((picture.edges.height, picture.edges.width), np.bool_)
    for box in lattice.boxes:
        box.of(around)[:] = False
    return Page(around, lattice.boxes)


def is_drawn_gallery(found: Features) -> bool:
    """Whether the cells of a lattice are tiles by their sides and names alone, without a page between."""
    usual = is_usual(found.aspect, ABOUT) and found.aspect > LYING and found.gap > 0
    drawn = found.sides >= BARE_SIDES and found.rim <= RIM and found.cells >= BARE_CELLS
    return (
        usual and drawn and names_shown(found.labels) and 2 * found.video >= found.cells and is_gallery(found)
    )


def _standing_out(levels: NDArray[np.uint8]) -> Evidence:
    """Where a SECTION of a line jumps more than the lines beside it, bool (sections, lines).

    ``levels`` are the jumps across upright lines, uint8 (H, lines).
    """
    count = levels.shape[0] // SECTION
    sections = levels[: count * SECTION].reshape(count, SECTION, -1)
    mean = sections.mean(axis=1, dtype=np.float32)
    padded = np.pad(mean, ((0, 0), (AROUND // 2, AROUND // 2)), mode="edge")
    beside = np.median(np.lib.stride_tricks.sliding_window_view(padded, AROUND, axis=1), axis=2)
    peaks = mean >= cv2.dilate(mean, np.ones((1, 3), np.uint8))
    covered = (sections >= LEAST_JUMP).mean(axis=1) >= COVERED
    return np.asarray(peaks & covered & (mean >= STANDS_OUT * (beside + FLOOR)))


def _series(evidence: Evidence, least: int) -> list[Series]:
    """The longest series of spans of at least ``least`` pixels with visible sides at both ends."""
    lines = _longest_lines(evidence)
    exact, near = _lengths(evidence, 3), _lengths(evidence, 5)
    first, last = np.triu_indices(len(lines), 1)
    begin, end = lines[first], lines[last]
    fits = (end - begin >= least) & (end - begin <= LARGEST * evidence.shape[1])
    begin, end = begin[fits], end[fits]
    if not len(begin):
        return []
    found = np.concatenate([_extended(begin, end, gap, exact, near) for gap in range(WIDEST_GAP + 1)])
    chosen: list[Series] = []
    for start, size, gap, count, length in found[np.argsort(-found[:, 4], kind="stable")].tolist():
        one = Series(int(start), int(size), int(gap), int(count), length)
        if not any(one.like(other) for other in chosen):
            chosen.append(one)
        if len(chosen) == SERIES:
            break
    return chosen


def _longest_lines(evidence: Evidence) -> NDArray[np.int64]:
    """The places of the LINES lines that show in the most sections, ascending, none beside another."""
    kept: list[int] = []
    for line in np.argsort(-evidence.sum(axis=0), kind="stable")[: 6 * LINES].tolist():
        if all(abs(line - other) > 1 for other in kept):
            kept.append(line)
        if len(kept) == LINES:
            break
    return np.array(sorted(kept), np.int64)


def _lengths(evidence: Evidence, wide: int) -> NDArray[np.float64]:
    """The number of sections in which any of the ``wide`` lines around each shows, float64 (lines,)."""
    near = cv2.dilate(evidence.astype(np.uint8), np.ones((1, wide), np.uint8))
    return np.asarray(near.sum(axis=0), np.float64)


def _extended(
    begin: NDArray[np.int64],
    end: NDArray[np.int64],
    gap: int,
    exact: NDArray[np.float64],
    near: NDArray[np.float64],
) -> NDArray[np.float64]:
    """The series that continue each of N spans at one distance, float64 (N, 5) in the order of Series.

    ``exact`` and ``near`` are the lengths of each line, seen within 1 and 2 pixels.
    """
    least = GOES_ON * np.minimum(exact[begin], exact[end])
    length, count, start = exact[begin] + exact[end], np.ones(len(begin)), begin.copy()
    for direction in (-1, 1):
        going = np.ones(len(begin), np.bool_)
        for step in range(1, MOST):
            move = direction * step * (end - begin + gap)
            left, right = begin + move, end + move
            going &= (left >= 0) & (right < len(near))
            left, right = left.clip(0, len(near) - 1), right.clip(0, len(near) - 1)
            going &= (near[left] >= least) & (near[right] >= least)
            if not going.any():
                break
            # No line counts for more than the shorter side of the first tile: a window's outline is long.
            more = np.minimum(exact[left], least / GOES_ON) + np.minimum(exact[right], least / GOES_ON)
            length, count = length + going * more, count + going
            if direction < 0:
                start = np.where(going, left, start)
    return np.stack([start, end - begin, np.full(len(begin), gap), count, length], axis=1)


def _fit(wide: Series, high: Series) -> bool:
    """Whether columns and rows make the cells of a gallery."""
    usual = ASPECTS[0] <= wide.size / high.size <= ASPECTS[1] and wide.count * high.count >= LEAST_CELLS
    return usual and abs(wide.gap - high.gap) <= max(EVEN[0], EVEN[1] * min(wide.size, high.size))


def _cells(wide: Series, high: Series) -> tuple[Cells, Pitch]:
    rows = tuple(tuple(Box(x, y, wide.size, high.size) for x in wide.starts()) for y in high.starts())
    return rows, Pitch(wide.size, high.size, float(wide.size + wide.gap), float(high.size + high.gap))


def _some(cells: Cells) -> Cells:
    """SOME cells of a grid, from all over it: most grids fail with these already."""
    every = [box for row in cells for box in row]
    return (tuple(every[:: max(len(every) // SOME, 1)]),)


def _seen(cells: Cells, picture: Picture) -> float:
    return float(_sides(cells, picture).mean()) / 4


def _sides(cells: Cells, picture: Picture) -> NDArray[np.int64]:
    """The number of sides of each cell that shows, int (rows, columns)."""
    # The blur of a lens spreads a side over several pixels.
    return np.array(
        [[sum(side >= STANDS_OUT for side in picture.edges.sides(box, 2)) for box in row] for row in cells]
    )
