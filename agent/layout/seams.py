"""Cuts a block of touching or joined tiles where the picture jumps along whole tiles."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

import numpy as np
from numpy.typing import NDArray

from agent.layout.cell_evidence import STANDS_OUT, filled
from agent.layout.edges import Edges
from agent.layout.lattice import ASPECTS, LARGEST_GAP, SMALLEST, Lattice, Pitch
from agent.layout.page import Mask
from agent.values import Box

FILLED = 0.3
"""Minimum share of a line through a block that is not page where the line runs through tiles."""
MOST = 12
"""Maximum number of tiles in one row or column."""
GAPS = (0, 2, 4, 6, 8, 12, 16)
"""Gap widths in pixels that are tried; a side is searched one pixel to either side of its expected place."""
SMEAR = 7
"""Maximum pixels by which a side is moved inwards: JPEG leaves traces of a tile in the whole 8x8 pixel block
that its side runs through."""
OUTLINE = 3
"""Maximum width in pixels of a window's outline, blurred by resizing."""
MARGIN, OUTLINED = 0.1, 0.3
"""Maximum share of a block's lines at one end that belong to no tile: usually, and in a block with a window's
outline."""
SEEN = 0.66
"""Minimum share of the seams that show; a division twice too fine shows half of them."""
KNOWN = 0.4
"""Minimum share of all seams that show where some run through one flat colour, as between two bars or two
cards."""
NARROW_GAP = 0.06
"""Maximum gap, as a share of the tile's shorter side; bars beside videos would leave a wider gap."""
TYPICAL = 1.7
"""Minimum strength of the median seam; texture alone stays near 1."""


@dataclass(frozen=True, slots=True)
class Division:
    """A block divided into ``rows`` times ``cols`` equal tiles, with gaps of ``gap`` pixels between them."""

    block: Box
    rows: int
    cols: int
    gap: int

    @property
    def across(self) -> float:
        """The distance in pixels from one tile to the next in its row."""
        return (self.block.width + self.gap) / self.cols

    def full_row(self, row: int) -> tuple[Box, ...]:
        """All tiles of one row, which is counted from 0."""
        down = (self.block.height + self.gap) / self.rows
        top = round(self.block.top + row * down)
        bottom = round(self.block.top + (row + 1) * down - self.gap)
        return self.row_from(self.block.left, self.cols, (top, bottom))

    def row_from(self, start: int, count: int, span: tuple[int, int]) -> tuple[Box, ...]:
        """The first ``count`` tiles of a row that begins at ``start`` and has this top and bottom."""
        across, (top, bottom) = self.across, span
        lefts = [round(start + col * across) for col in range(count)]
        rights = [round(start + (col + 1) * across - self.gap) for col in range(count)]
        return tuple(Box(a, top, b - a, bottom - top) for a, b in zip(lefts, rights, strict=True))


def cut(block: Box, edges: Edges, mask: Mask) -> Iterator[Lattice]:
    """The lattices of tiles that fill ``block``, at most one for each gap width; the last row may be shorter.

    The finest division whose seams show is taken: a coarser one has the same seams, but fewer.
    """
    for gap in GAPS:
        best: Lattice | None = None
        for rows in range(1, MOST + 1):
            height = (block.height - (rows - 1) * gap) / rows
            if height < SMALLEST[1]:
                break
            between = _row_seams(block, rows, gap, edges)
            if not _shown(between):
                continue
            for cols in range(1, MOST + 1):
                width = (block.width - (cols - 1) * gap) / cols
                fits = ASPECTS[0] <= width / height <= ASPECTS[1] and width >= SMALLEST[0]
                if fits and rows * cols > max(1, len(best.boxes) if best else 1):
                    best = _divided(Division(block, rows, cols, gap), between, edges, mask) or best
        if best:
            yield best


def tightened(block: Box, edges: Edges) -> Box:
    """``block`` with each side moved inwards, up to SMEAR pixels, to where it stands out most."""
    rows, cols = (block.top, block.bottom), (block.left, block.right)
    inwards = range(SMEAR + 1)
    left = max(inwards, key=lambda step: edges.vertical.strength(block.left + step, *rows, slack=0))
    right = max(inwards, key=lambda step: edges.vertical.strength(block.right - step, *rows, slack=0))
    top = max(inwards, key=lambda step: edges.horizontal.strength(block.top + step, *cols, slack=0))
    bottom = max(inwards, key=lambda step: edges.horizontal.strength(block.bottom - step, *cols, slack=0))
    return Box(block.left + left, block.top + top, block.width - left - right, block.height - top - bottom)


def next_to(box: Box, mask: Mask) -> Pitch | None:
    """The pitch of a tile, measured by the page between it and its neighbours; None without a neighbour.

    A speaker's border can join all other tiles of a small gallery into one component.
    """
    middle = slice(box.top + box.height // 4, box.bottom - box.height // 4)
    across = slice(box.left + box.width // 4, box.right - box.width // 4)
    reach = int(LARGEST_GAP * min(box.width, box.height))
    sides = (
        mask[middle, max(box.left - reach, 0) : box.left].T[::-1],
        mask[middle, box.right : box.right + reach].T,
        mask[max(box.top - reach, 0) : box.top, across][::-1],
        mask[box.bottom : box.bottom + reach, across],
    )
    left, right, above, below = (_page_ends(lines) for lines in sides)
    gap_x, gap_y = min(left, right), min(above, below)
    gap = min(gap_x, gap_y)
    if gap > reach:
        return None
    gap_x, gap_y = (side if side <= 2 * gap + 2 else gap for side in (gap_x, gap_y))
    return Pitch(box.width, box.height, box.width + gap_x, box.height + gap_y)


def _page_ends(lines: Mask) -> int:
    """Number of lines before the first one that is not page; a million where all of them are page."""
    taken = np.flatnonzero(lines.mean(axis=1) < 1 - FILLED) if lines.size else np.zeros(0, np.intp)
    return int(taken[0]) if len(taken) else 10**6


def cored(block: Box, mask: Mask) -> Box:
    """``block`` without anything that sticks out: up to a tenth on each side where most of a line is page.

    A round button, badge or name that crosses the edge of its tile moves the end of the block, and with it
    the expected places of all seams. The outline of a window does so too, in a small screenshot in which the
    page between it and the tiles is lost.
    """
    taken = ~mask[block.top : block.bottom, block.left : block.right]
    columns, rows = taken.mean(axis=0) >= FILLED, taken.mean(axis=1) >= FILLED
    ends = (columns, columns[::-1], rows, rows[::-1])
    most = OUTLINED if any(map(_is_outline, ends)) else MARGIN
    left, right, top, bottom = (_thin(lines, most) for lines in ends)
    return Box(block.left + left, block.top + top, block.width - left - right, block.height - top - bottom)


def _is_outline(lines: NDArray[np.bool_]) -> bool:
    """Whether a few filled lines with page behind them stand at the beginning of ``lines``, bool (N,)."""
    return bool(lines[:OUTLINE].any() and not lines[OUTLINE : 2 * OUTLINE].any())


def _thin(lines: NDArray[np.bool_], most: float) -> int:
    """Number of lines before the first filled one, and of an outline; 0 if above this share of all."""
    start = OUTLINE if _is_outline(lines) else 0
    filled_lines = np.flatnonzero(lines[start : int(most * len(lines))])
    return start + int(filled_lines[0]) if len(filled_lines) else 0


def nested(lattice: Lattice, components: Sequence[Box]) -> float:
    """The share of cells that hold two equal components side by side: a page of photos cut into quarters."""
    cell = lattice.whole.area
    large = [component for component in components if 0.1 * cell <= component.area <= 0.5 * cell]
    pairs = [
        (a, b)
        for a, b in combinations(large, 2)
        if abs(a.width - b.width) <= 0.05 * a.width
        and abs(a.height - b.height) <= 0.05 * a.height
        and not a.intersection(b)
    ]
    holding = [
        any(min(box.intersection(a) / a.area, box.intersection(b) / b.area) >= 0.9 for a, b in pairs)
        for box in lattice.boxes
    ]
    return float(np.mean(holding))


def snug(inner: Lattice, outer: Lattice) -> bool:
    """Whether ``outer`` is ``inner`` with the page around its tiles divided among them.

    Narrow gaps distinguish this case from tiles whose videos are all pillarboxed: those videos are far apart.
    """
    first = inner.whole
    if len(inner.boxes) != len(outer.boxes) or max(inner.gap) > NARROW_GAP * min(first.width, first.height):
        return False
    pairs = zip(inner.boxes, outer.boxes, strict=True)
    return all(a.intersection(b) >= 0.97 * a.area and a.area <= 0.95 * b.area for a, b in pairs)


def _shown(seams: Sequence[float]) -> bool:
    """Whether enough seams stand out; NaN, a seam between two tiles of one flat colour, is ignored."""
    seen = np.array([seam for seam in seams if not np.isnan(seam)])
    return not len(seen) or bool((seen >= STANDS_OUT).mean() >= SEEN and np.median(seen) >= TYPICAL)


def _row_seams(block: Box, rows: int, gap: int, edges: Edges) -> list[float]:
    """How much the seams between equal rows stand out; the last seam is judged by its middle half."""
    pitch = (block.height + gap) / rows
    seams = []
    for row in range(1, rows):
        inset = block.width // 4 if row == rows - 1 else 0
        left, right = block.left + inset, block.right - inset
        below = round(block.top + row * pitch)
        seam = min(edges.horizontal.strength(y, left, right) for y in {below, below - gap})
        hidden = gap == 0 and seam < STANDS_OUT and edges.horizontal.blank(below, left, right)
        seams.append(np.nan if hidden else seam)
    return seams


def _column_seams(
    rows: Sequence[Sequence[Box]], more: int, between: Sequence[float], edges: Edges
) -> list[float] | None:
    """How much the seams between the tiles of each row stand out; None as soon as too few of them can.

    ``more`` is how many seams another row may still add, ``between`` are the seams between the rows. Most
    divisions fail: trying all seams of each took three quarters of the time of a page without tiles.
    """
    pairs = [pair for boxes in rows for pair in pairwise(boxes)]
    most = len(pairs) + more
    hidden = sum(map(math.isnan, between))
    faint = sum(seam < STANDS_OUT for seam in between)
    seams: list[float] = []
    unseen = 0
    for left, right in pairs:
        seams.append(_column_seam(left, right, edges))
        unseen += seams[-1] < STANDS_OUT
        hidden += math.isnan(seams[-1])
        unknown = hidden and hidden + faint + unseen > (1 - KNOWN) * (most + len(between))
        if unknown or unseen > (1 - SEEN) * most:
            return None
    return seams


def _column_seam(left: Box, right: Box, edges: Edges) -> float:
    lines = edges.vertical
    seam = lines.strength(left.right, left.top, left.bottom)
    if left.right != right.left:
        # The exact strength of a seam that is not seen does not matter.
        return seam if seam < STANDS_OUT else min(seam, lines.strength(right.left, left.top, left.bottom))
    hidden = seam < STANDS_OUT and lines.blank(right.left, left.top, left.bottom)
    return np.nan if hidden else seam


def _divided(division: Division, between: Sequence[float], edges: Edges, mask: Mask) -> Lattice | None:
    """The tiles of a division, perhaps fewer in the last row; None where too few seams show.

    ``between`` are the seams between the rows.
    """
    rows, cols, gap = division.rows, division.cols, division.gap
    cut_rows = [division.full_row(row) for row in range(rows)]
    whole = cut_rows[:-1] if rows > 1 else cut_rows
    seams = _column_seams(whole, cols - 1 if rows > 1 else 0, between, edges)
    if seams is None:
        return None
    if rows > 1:
        cut_rows[-1] = _last_row(division, cut_rows[-1], edges, mask)
        seams += [_column_seam(left, right, edges) for left, right in pairwise(cut_rows[-1])]
    if not _shown(seams):
        return None
    every = np.array([*seams, *between])
    known = not np.isnan(every).any() or float((every >= STANDS_OUT).mean()) >= KNOWN
    return Lattice(tuple(cut_rows), (gap, gap)) if known else None


def _last_row(division: Division, full: tuple[Box, ...], edges: Edges, mask: Mask) -> tuple[Box, ...]:
    """The last row, left-aligned or centred, with as many tiles as its content and its sides support best."""
    block, pitch = division.block, division.across
    span = full[0].top, full[0].bottom
    strip = ~mask[span[0] : span[1], block.left : block.right]
    columns = np.flatnonzero(strip.mean(axis=0) > 0.3)
    if not len(columns):
        return full
    first, last = block.left + int(columns[0]), block.left + int(columns[-1]) + 1
    slack = 0.06 * pitch
    best, best_seen = full, 0.0
    for count in range(len(full), 0, -1):
        for start in {block.left, block.left + round((block.width + division.gap - count * pitch) / 2)}:
            row = division.row_from(start, count, span)
            if row[0].left > first + slack or row[-1].right < last - slack:
                continue
            if min(filled(box, mask) for box in (row[0], row[-1])) < 0.05:
                continue
            sides = [
                edges.vertical.strength(x, *span) >= STANDS_OUT for box in row for x in (box.left, box.right)
            ]
            if float(np.mean(sides)) > best_seen:
                best, best_seen = row, float(np.mean(sides))
    return best
