"""Tells the seams between tiles from the lines that JPEG leaves every eight pixels in a blurred photo."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from agent.layout.edges import Edges
from agent.layout.lattice import Lattice

BLOCK = 8
"""Side in pixels of the blocks in which JPEG codes a picture."""
BLOCKS = 2
"""Number of lines of the grid on either side with which a seam is compared."""
CLEAR = 2.0
"""Minimum jump at a seam over the usual one of those lines."""


def is_grid(lattice: Lattice, edges: Edges) -> bool:
    """Whether touching cells are told apart by nothing but lines as other blocks have them.

    A blurred photo is so smooth that such a line stands out. False for cells with a gap, and for one cell.
    """
    if max(lattice.gap) > 0 or len(lattice.boxes) == 1:
        return False
    upright = [
        edges.vertical.near(right.left, right.top, right.bottom, BLOCKS * BLOCK)
        for row in lattice.rows
        for _, right in pairwise(row)
    ]
    level = [
        edges.horizontal.near(low[0].top, low[0].left, low[-1].right, BLOCKS * BLOCK)
        for _, low in pairwise(lattice.rows)
    ]
    return not any(seam is None or _is_clear(seam) for seam in upright + level)


def _is_clear(jumps: NDArray[np.float64]) -> bool:
    """Whether the line in the middle jumps more than those a whole number of blocks beside it."""
    others = np.delete(jumps[::BLOCK], BLOCKS)
    return bool(jumps[BLOCKS * BLOCK] >= CLEAR * np.median(others))
