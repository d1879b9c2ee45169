"""Finds galleries with tiles of one height and several widths: an upright phone's video is narrower."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from agent.layout.cell_evidence import BORDER
from agent.layout.lattice import ASPECTS, LARGEST_GAP, Lattice
from agent.layout.page import Mask
from agent.values import Box

FEWEST = 3
"""Minimum number of tiles; two tiles of different widths are any two things."""
WIDTHS = 1.12
"""Minimum ratio of the widest to the narrowest tile; below it all tiles are of one size."""
PARTED = 0.5
"""Minimum share of page in a gap that something covers in part."""
TRIED = 3
"""Maximum number of groups of one height that are tried, those that cover most first."""
LOST = 0.15
"""Maximum width, as a share of the tile's height, of the strip of a tile that may be lost in a page of equal
darkness."""


def strips(found: Sequence[Box]) -> list[Lattice]:
    """The galleries of mixed widths formed by components on a page."""
    tiles = [box for box in found if ASPECTS[0] <= box.width / box.height <= ASPECTS[1]]
    groups: dict[tuple[Box, ...], None] = {}
    for box in tiles:
        slack = max(2, box.height // 40)
        groups[tuple(other for other in tiles if abs(other.height - box.height) <= slack)] = None
    largest = sorted(groups, key=lambda group: -sum(box.area for box in group))[:TRIED]
    return [lattice for group in largest if (lattice := _in_rows(group))]


def mixed(lattice: Lattice) -> bool:
    """Whether the tiles of a lattice are of several widths."""
    widths = [box.width for box in lattice.boxes]
    return max(widths) >= WIDTHS * min(widths)


def joined(lattice: Lattice, mask: Mask) -> bool:
    """Whether a tile is two of another row: page shows in the gap between them, of which part is covered."""
    gaps = [(left, right) for row in lattice.rows for left, right in pairwise(row)]
    return any(
        box.left < left.left + BORDER < right.right - BORDER < box.right
        and mask[box.top : box.bottom, left.right : right.left].mean(axis=0).max(initial=0) >= PARTED
        for box in lattice.boxes
        for left, right in gaps
    )


def stacked(lattice: Lattice) -> bool:
    """Whether a row is as high as two others with the gap between them: it may be two rows taken for one."""
    heights = [row[0].height for row in lattice.rows]
    low = min(heights)
    return any(abs(height - 2 * low - lattice.gap[1]) <= max(BORDER, low // 20) for height in heights)


def _in_rows(group: Sequence[Box]) -> Lattice | None:
    """The rows of tiles of one height, if evenly spaced and centred or left-aligned; otherwise None."""
    if len(group) < FEWEST or not mixed(Lattice((tuple(group),), (0, 0))):
        return None
    height = int(np.median([box.height for box in group]))
    rows: list[list[Box]] = []
    for box in sorted(group, key=lambda box: (box.top, box.left)):
        if rows and box.top - rows[-1][0].top <= max(3, height // 20):
            rows[-1].append(box)
        else:
            rows.append([box])
    # Compression leaves traces up to a fiftieth of the tile's height wide at each of its sides.
    slack = max(BORDER, height // 20)
    rows = _evened([sorted(row, key=lambda box: box.left) for row in rows], height, slack)
    across = _gaps(rows)
    down = [low[0].top - high[0].bottom for high, low in pairwise(rows)]
    limit = LARGEST_GAP * min(height, *(box.width for box in group))
    if not across or min(across + down) < 1 - height // 80 or max(across + down) > limit:
        return None
    if max(np.ptp(across), np.ptp(down) if down else 0) > slack or not _lined_up(rows):
        return None
    gap = round(float(np.median(across))), round(float(np.median(down or across)))
    return Lattice(tuple(tuple(row) for row in rows), gap)


def _gaps(rows: Sequence[Sequence[Box]]) -> list[int]:
    """The gaps between neighbours of the same row."""
    return [right.left - left.right for row in rows for left, right in pairwise(row)]


def _evened(rows: Sequence[Sequence[Box]], height: int, slack: int) -> list[list[Box]]:
    """The rows with tiles widened where a side was lost in the page, so that a gap is wider than the others.

    Of the two tiles beside such a gap, the one that then is as wide as another tile grows; if neither is,
    none grows.
    """
    gaps = _gaps(rows)
    usual = int(np.median(gaps)) if gaps else 0
    widths = [box.width for row in rows for box in row]
    evened = [list(row) for row in rows]
    for row in evened:
        for index in range(1, len(row)):
            left, right = row[index - 1], row[index]
            lost = right.left - left.right - usual
            if not slack < lost <= LOST * height:
                continue
            if any(abs(left.width + lost - width) <= slack for width in widths):
                row[index - 1] = Box(left.left, left.top, left.width + lost, left.height)
            elif any(abs(right.width + lost - width) <= slack for width in widths):
                row[index] = Box(right.left - lost, right.top, right.width + lost, right.height)
    return evened


def _lined_up(rows: Sequence[Sequence[Box]]) -> bool:
    """Whether all rows have the same centre or the same left end."""
    middles = [row[0].left + row[-1].right for row in rows]
    lefts = [row[0].left for row in rows]
    return bool(np.ptp(middles) <= 2 * BORDER or np.ptp(lefts) <= BORDER)
