"""Moves a lattice's sides to where the picture changes most, all tiles alike."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from agent.layout.edges import Edges
from agent.layout.lattice import Lattice
from agent.values import Box

REACH = 3
"""Maximum move of a side in pixels. Compression blurs the page, so that its components end up to 3 px off."""
GAIN, LEAST_GAIN = 1.2, 0.5
"""Minimum factor, and minimum number of levels beyond it, by which another line's jump must exceed that of
the present side. At a factor of 1.5 more tiles stayed off their sides (``measure`` prints how many are
off)."""


def refine_edges(lattice: Lattice, edges: Edges) -> Lattice:
    """The lattice with each side moved to the strongest line near it, judged over all tiles together.

    A lattice whose tiles differ in size, because the picture's edge cuts some off, stays as it is.
    """
    boxes = lattice.boxes
    if len({(box.width, box.height) for box in boxes}) > 1:
        return lattice
    near = zip(*(edges.near(box, REACH) for box in boxes), strict=True)
    left, top, right, bottom = (_mean(side) for side in near)
    across, down = _gaps(lattice)
    start, end = _moves(left, right, across)
    above, below = _moves(top, bottom, down)
    if not any((start, end, above, below)):
        return lattice
    rows = [
        [
            Box(
                box.left + start, box.top + above, box.width + end - start, box.height + below - above
            ).clipped(edges.width, edges.height)
            for box in row
        ]
        for row in lattice.rows
    ]
    gap = (lattice.gap[0] + start - end, lattice.gap[1] + above - below)
    return Lattice(tuple(map(tuple, rows)), gap)


def _mean(side: Sequence[NDArray[np.float64] | None]) -> NDArray[np.float64]:
    found = [jumps for jumps in side if jumps is not None]
    return np.asarray(np.mean(found, axis=0)) if found else np.zeros(2 * REACH + 1)


def _gaps(lattice: Lattice) -> tuple[int | None, int | None]:
    """The narrowest gap between tiles side by side, and between rows; None where there is no gap."""
    across = [b.left - a.right for row in lattice.rows for a, b in pairwise(row)]
    down = [lower[0].top - upper[0].bottom for upper, lower in pairwise(lattice.rows)]
    return min(across, default=None), min(down, default=None)


def _moves(near: NDArray[np.float64], far: NDArray[np.float64], gap: int | None) -> tuple[int, int]:
    """The move in pixels of the first and of the second of two opposite sides."""
    if gap is not None and gap <= 0:
        # Touching tiles share their sides, so both sides move together.
        move = _move(near + far)
        return move, move
    first, second = _move(near), _move(far)
    return (first, second) if gap is None or gap + first - second >= 0 else (first, first)


def _move(jumps: NDArray[np.float64]) -> int:
    best = int(np.argmax(jumps))
    return best - REACH if jumps[best] >= GAIN * jumps[REACH] + LEAST_GAIN else 0
