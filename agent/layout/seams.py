"""Tiles that touch each other: cutting a block of them where the picture jumps along whole tiles."""

from __future__ import annotations

import numpy as np

from agent.layout.edges import Edges
from agent.layout.lattice import SMALLEST, Lattice
from agent.layout.page import Mask
from agent.values import Box

MOST = 12
"""Most tiles in one row or column."""
ASPECTS = (0.5, 2.0)
"""Least and greatest width over height of a tile."""
WEAKEST = 1.15
TYPICAL = 1.7
"""How much the weakest and the median seam of a block must stand out; texture alone stays near 1."""


def cut(block: Box, edges: Edges, mask: Mask) -> Lattice | None:
    """The lattice of touching tiles that fills ``block``, the last row perhaps shorter; None without one.

    Of all divisions whose seams show the finest is taken: a coarser one has the same seams, but fewer.
    """
    best: tuple[int, Lattice] | None = None
    for rows in range(1, MOST + 1):
        height = block.height / rows
        if height < SMALLEST[1]:
            break
        if rows > 1 and not _crossed(block, rows, edges):
            continue
        for cols in range(1, MOST + 1):
            width = block.width / cols
            if not ASPECTS[0] <= width / height <= ASPECTS[1] or width < SMALLEST[0] or rows * cols < 2:
                continue
            found = _with_columns(block, rows, cols, edges, mask)
            if found and (best is None or len(found.boxes) > best[0]):
                best = len(found.boxes), found
    return best[1] if best else None


def _crossed(block: Box, rows: int, edges: Edges) -> bool:
    """Whether the seams between ``rows`` equal rows show; the last one is judged by its middle half."""
    quarter = block.width // 4
    seen = []
    for row in range(1, rows):
        y = round(block.top + block.height * row / rows)
        inset = quarter if row == rows - 1 else 0
        seen.append(edges.horizontal(y, block.left + inset, block.right - inset))
    return min(seen) >= WEAKEST and float(np.median(seen)) >= TYPICAL


def _with_columns(block: Box, rows: int, cols: int, edges: Edges, mask: Mask) -> Lattice | None:
    tops = [round(block.top + block.height * row / rows) for row in range(rows + 1)]
    width = block.width / cols
    cut_rows: list[tuple[Box, ...]] = []
    seen: list[float] = []
    for row in range(rows):
        top, bottom = tops[row], tops[row + 1]
        left, right = _extent(block, top, bottom, mask)
        count = round((right - left) / width)
        if row < rows - 1 or count == 0 or abs(right - left - count * width) > 0.12 * width:
            left, count = block.left, cols
        lefts = [round(left + col * width) for col in range(count + 1)]
        cut_rows.append(
            tuple(Box(a, top, b - a, bottom - top) for a, b in zip(lefts, lefts[1:], strict=False))
        )
        seen += [edges.vertical(x, top, bottom) for x in lefts[1:-1]]
    if seen and (float(np.quantile(seen, 0.1)) < WEAKEST or float(np.median(seen)) < TYPICAL):
        return None
    return Lattice(tuple(cut_rows), (0, 0))


def _extent(block: Box, top: int, bottom: int, mask: Mask) -> tuple[int, int]:
    """The first and the last column of a row that are not page for a good part of its height."""
    inside = ~mask[top:bottom, block.left : block.right]
    columns = np.flatnonzero(inside.mean(axis=0) > 0.3)
    if not len(columns):
        return block.left, block.left
    return block.left + int(columns[0]), block.left + int(columns[-1]) + 1
