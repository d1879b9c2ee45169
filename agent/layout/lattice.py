"""Fits a lattice to a few equal rectangles and extends it to every tile."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np

from agent.box import around
from agent.layout.cell_evidence import STANDS_OUT, filled, shows
from agent.layout.edges import Edges
from agent.layout.page import Mask, Page
from agent.values import Box

SMALLEST = (36, 26)
"""Minimum width and height of a tile in working pixels."""
ASPECTS = 0.5, 2.4
"""Minimum and maximum aspect ratio of a tile: that of an upright phone and of a tile that fills a wide
window."""
WIDEST = 3.9
"""Maximum aspect ratio of a large speaker, and of the tiles of a clearly drawn gallery with names: Meet and
Teams crop videos until their tiles fill a low window, up to 3.7:1 in drawn meetings."""
LARGEST_GAP = 0.45
"""Maximum gap as a share of the tile's shorter side; 16 px between tiles of 80x45 are 0.36."""
SAME = 0.85
"""Minimum IoU of a cell and the component of its tile, which may include a speaker's border."""
COLUMN = 3
"""Maximum difference in pixels of the left sides of cells in one column."""
SLANT = 5
"""Maximum distance in pixels of a column's outer side from where it is expected."""
SEVERAL = 3
"""Number of rows and columns from which a further column without a side is none; beside fewer, all its tiles
may be hard to see."""
HIDDEN = 0.9
"""Minimum share of a cell that is not page where something lies over a tile."""


@dataclass(frozen=True, slots=True)
class Lattice:
    """Tiles of one size in rows: ``rows`` from top to bottom, each from left to right; gaps in pixels (x, y).

    ``named`` tells for each tile whether it carries a name. ``stage`` is the much larger tile beside a strip,
    ``floating`` the self-view over a corner, ``in_call`` whether the controls of a call were seen
    beside it. All four are set once they are known.
    """

    rows: tuple[tuple[Box, ...], ...]
    gap: tuple[int, int]
    named: tuple[bool, ...] = ()
    stage: Box | None = None
    floating: Box | None = None
    in_call: bool = False

    @property
    def boxes(self) -> tuple[Box, ...]:
        """All tiles in reading order."""
        return tuple(box for row in self.rows for box in row)

    @property
    def bounds(self) -> Box:
        """The bounding box of all tiles."""
        return around(self.boxes)

    @property
    def whole(self) -> Box:
        """The first of the largest tiles; an edge of the picture may cut off others."""
        return max(self.boxes, key=lambda box: box.area)


@dataclass(frozen=True, slots=True)
class Pitch:
    """Size of the tiles in pixels, and the fitted distance from one to the next in fractions of pixels."""

    width: int
    height: int
    across: float
    down: float


def connected_components(mask: Mask) -> list[Box]:
    """Boxes of the connected components that are not page and could hold a tile."""
    count, _, stats, _ = cv2.connectedComponentsWithStats((~mask).astype(np.uint8), connectivity=4)
    found: list[Box] = []
    for left, top, width, height, area in stats[1:count]:
        if width >= SMALLEST[0] and height >= SMALLEST[1] and area >= 0.3 * width * height:
            found.append(Box(int(left), int(top), int(width), int(height)))
    return found


def same_size(boxes: Sequence[Box]) -> list[list[Box]]:
    """Groups of boxes of the same size, those that cover most first; a box may be in several groups."""
    groups: dict[tuple[Box, ...], None] = {}
    for box in boxes:
        wide, high = max(2, box.width // 40), max(2, box.height // 40)
        alike = [o for o in boxes if abs(o.width - box.width) <= wide and abs(o.height - box.height) <= high]
        groups[tuple(alike)] = None
    return sorted(map(list, groups), key=lambda group: -sum(box.area for box in group))


def fit(group: Sequence[Box]) -> tuple[Pitch, list[list[Box]]]:
    """The pitch of a group of equal boxes, at least one, and its boxes by rows."""
    width = int(np.median([box.width for box in group]))
    height = int(np.median([box.height for box in group]))
    rows = _by_rows(group, height)
    limit = LARGEST_GAP * min(width, height)
    steps = [b.left - a.left for row in rows for a, b in pairwise(row)]
    across = _pitch(steps, width, limit)
    tops = [int(np.median([box.top for box in row])) for row in rows]
    down = _pitch([b - a for a, b in pairwise(tops)], height, limit)
    if across is None and down is None:
        across, down = float(width), float(height)
    if across is None:
        across = width + (float(down or height) - height)
    if down is None:
        down = height + (across - width)
    return Pitch(width, height, across, down), rows


def _by_rows(group: Sequence[Box], height: int) -> list[list[Box]]:
    rows: list[list[Box]] = []
    for box in sorted(group, key=lambda box: (box.top, box.left)):
        if rows and abs(rows[-1][0].top - box.top) <= max(3, height // 20):
            rows[-1].append(box)
        else:
            rows.append([box])
    return [sorted(row, key=lambda box: box.left) for row in rows]


def _pitch(steps: Sequence[int], size: int, limit: float) -> float | None:
    """The step of which most of ``steps`` are multiples; None if there is none."""
    best: tuple[float, float] | None = None
    for step in steps:
        for times in range(1, 4):
            pitch = step / times
            if not size - 2 <= pitch <= size + limit:
                continue
            counts = np.maximum(np.round(np.array(steps) / pitch), 1)
            fits = np.abs(np.array(steps) - counts * pitch) <= 2 + counts
            if fits.any():
                fine = float(np.array(steps)[fits].sum() / counts[fits].sum())
                score = float(fits.sum()) - 0.1 * times
                if best is None or score > best[0]:
                    best = (score, fine)
    return best[1] if best else None


def complete(pitch: Pitch, rows: Sequence[Sequence[Box]], edges: Edges, page: Page) -> Lattice:
    """Extend ``rows`` to a lattice by every further cell whose sides show."""
    anchor = max(rows, key=len)
    columns = [box.left for row in rows for box in row]
    longest = _grow_row(anchor, pitch, edges, page, columns)
    # A shorter row stands in the middle, so that it has a tile opposite of every other.
    columns += [longest[0].left + longest[-1].right - box.right for row in rows for box in row]
    grown = [_grow_row(row, pitch, edges, page, columns) for row in _pick_rows(anchor, rows, pitch)]
    for direction in (-1, 1):
        while True:
            edge_row = grown[0] if direction < 0 else grown[-1]
            top = round(edge_row[0].top + direction * pitch.down)
            if top < -2 or top + pitch.height > edges.height + 2:
                break
            extra = _find_row(top, grown, pitch, edges, page.mask)
            if not extra:
                break
            grown = [extra, *grown] if direction < 0 else [*grown, extra]
    grown = _without_bare_ends(grown, edges)
    gap = (max(round(pitch.across - pitch.width), 0), max(round(pitch.down - pitch.height), 0))
    return Lattice(tuple(tuple(row) for row in grown), gap)


def _without_bare_ends(rows: list[list[Box]], edges: Edges) -> list[list[Box]]:
    """The rows without a column at either end that hardly shows, if all are full then.

    On a page of nearly the same colour, the messages of a chat look like videos between bars. The last row
    may be shorter.
    """
    for end in (0, -1):
        place = (min, max)[end](row[end].left for row in rows)
        column = [row[end] for row in rows if abs(row[end].left - place) <= COLUMN]
        left = [[box for box in row if box not in column] for row in rows]
        full = {len(row) for row in left[:-1]}
        regular = len(left) >= SEVERAL and len(full) == 1 and min(full) >= SEVERAL and left[-1]
        if regular and not _is_shown(column, end, edges):
            rows = left
    return rows


def _is_shown(column: Sequence[Box], end: int, edges: Edges) -> bool:
    """Whether a cell of the first (0) or last (-1) column shows two sides, and one the outer side."""
    # In a photo taken at an angle the sides of a column are a few pixels apart.
    outer = [edges.sides(box, SLANT)[(0, 2)[end]] for box in column]
    cut = [(box.left <= 1, box.right >= edges.width - 1)[end] for box in column]
    return any(sum(side >= STANDS_OUT for side in edges.sides(box)) >= 2 for box in column) and any(
        at_edge or side >= STANDS_OUT for at_edge, side in zip(cut, outer, strict=True)
    )


def _pick_rows(anchor: Sequence[Box], rows: Sequence[Sequence[Box]], pitch: Pitch) -> list[list[Box]]:
    """The rows that continue ``anchor`` upwards and downwards without a break."""
    top = anchor[0].top
    by_step: dict[int, list[Box]] = {}
    for row in rows:
        step = round((row[0].top - top) / pitch.down)
        if abs(row[0].top - top - step * pitch.down) <= 3 + abs(step) // 2:
            by_step.setdefault(step, []).extend(row)
    chosen = [0]
    while chosen[-1] + 1 in by_step:
        chosen.append(chosen[-1] + 1)
    while chosen[0] - 1 in by_step:
        chosen.insert(0, chosen[0] - 1)
    return [sorted(by_step[step], key=lambda box: box.left) for step in chosen]


def _grow_row(
    row: Sequence[Box], pitch: Pitch, edges: Edges, page: Page, columns: Sequence[int]
) -> list[Box]:
    """Fill the holes of a row, and lengthen it at both ends while cells show there."""
    first = row[0]
    top = int(np.median([box.top for box in row]))
    taken = {round((box.left - first.left) / pitch.across): box for box in row}
    offsets = [box.left - step * pitch.across for step, box in taken.items()]
    start = float(np.median(offsets))

    def cell(step: int) -> Box:
        return Box(max(round(start + step * pitch.across), 0), max(top, 0), pitch.width, pitch.height)

    def present(step: int) -> bool:
        left = start + step * pitch.across
        in_line = any(abs(other - left) <= COLUMN for other in columns)
        place = cell(step)
        seen = shows(place, edges, page.mask, in_line) or _is_component(place, page)
        return _inside(place, left, edges) and seen

    cells: dict[int, Box] = {}
    for step in range(min(taken), max(taken) + 1):
        # No gallery leaves a cell empty between two tiles.
        cells[step] = cell(step)
    for direction, end in ((-1, min(taken) - 1), (1, max(taken) + 1)):
        step = end
        # One cell may be hidden by a menu or a border if the cell beyond it shows.
        while present(step) or present(step + direction):
            cells[step] = cell(step)
            step += direction
    return [cells[step] for step in sorted(cells)]


def _inside(box: Box, left: float, edges: Edges) -> bool:
    return left >= -2 and box.right <= edges.width + 2 and box.bottom <= edges.height + 2


def _find_row(top: int, grown: Sequence[Sequence[Box]], pitch: Pitch, edges: Edges, mask: Mask) -> list[Box]:
    """The cells of a row at ``top`` without components, in the known columns or shifted by half a pitch."""
    lefts = [box.left for row in grown for box in row]
    right = max(lefts) + pitch.width
    start = min(lefts)
    best: tuple[float, Sequence[Box]] = 0.0, []
    for shift in (0.0, pitch.across / 2):
        cells: list[Box] = []
        count = round((right - start) / pitch.across)
        for step in range(-1 if shift else 0, count):
            left = round(start + shift + step * pitch.across)
            box = Box(max(left, 0), max(top, 0), pitch.width, pitch.height)
            if _inside(box, left, edges):
                cells.append(box)
        row = _without_holes(cells, [shows(box, edges, mask) for box in cells], mask)
        fitting = _explained(row, mask, Box(start, max(top, 0), right - start, pitch.height))
        if fitting > best[0]:
            best = fitting, row
    return list(best[1])


def _without_holes(cells: Sequence[Box], seen: Sequence[bool], mask: Mask) -> Sequence[Box]:
    """The cells from the first to the last one that is seen; none where many cells between them show page.

    No gallery leaves a cell empty between two tiles; subtitles and messages may hide some.
    """
    if not any(seen):
        return ()
    first, last = seen.index(True), len(seen) - seen[::-1].index(True)
    holes = [box for box, shown in zip(cells[first:last], seen[first:last], strict=True) if not shown]
    hidden = all(filled(box, mask) >= HIDDEN for box in holes)
    return cells[first:last] if hidden or 2 * len(holes) < sum(seen) else ()


def _explained(row: Sequence[Box], mask: Mask, band: Box) -> float:
    """How well the cells of a row cover exactly what is not page in the row's band, 0..1."""
    if not row:
        return 0.0
    inside = sum(filled(box, mask) * box.area for box in row)
    area = sum(box.area for box in row)
    whole = filled(band, mask) * band.area
    return float(inside / area * min(inside / max(whole, 1.0), 1.0))


def _is_component(box: Box, page: Page) -> bool:
    return any(box.iou(other) >= SAME for other in page.components)
