"""Tiles that the right or lower edge of the picture cuts off: a window partly outside of the screen."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from agent.layout.edges import Edges
from agent.layout.lattice import Lattice
from agent.values import Box

LEAST = 0.35
"""Part of a tile that must be left of it: in less there is no face."""
WHOLE = 0.95
"""Part of a tile from which it counts as whole."""
SLACK = 3
"""Pixels by which a tile may lie beside its place."""


def with_cut_off(lattice: Lattice, islands: Sequence[Box], edges: Edges) -> Lattice | None:
    """``lattice`` with the tiles that continue it up to the edge of the picture; None without any.

    ``islands`` are what was found on the same page, ``edges`` those of the picture.
    """
    rows = [list(row) + _to_the_right(row[-1], lattice.gap[0], islands, edges) for row in lattice.rows]
    below = _below(lattice, islands, edges)
    if below:
        rows.append(below)
    extended = Lattice(tuple(map(tuple, rows)), lattice.gap)
    if len(extended.boxes) == len(lattice.boxes):
        return None
    apart = not any(a.intersection(b) for a, b in combinations(extended.boxes, 2))
    return extended if apart else None


def _to_the_right(last: Box, gap: int, islands: Sequence[Box], edges: Edges) -> list[Box]:
    return [
        box
        for box in islands
        if box.right >= edges.width - 1
        and abs(box.left - last.right - gap) <= SLACK
        and max(abs(box.top - last.top), abs(box.bottom - last.bottom)) <= SLACK
        and LEAST <= box.width / last.width < WHOLE
    ]


def _below(lattice: Lattice, islands: Sequence[Box], edges: Edges) -> list[Box]:
    """The cut row: in the columns of the others, or shifted by half a column as a centred row is."""
    first, lowest = lattice.boxes[0], lattice.rows[-1][0]
    half = (first.width + lattice.gap[0]) / 2
    found = [
        box
        for box in islands
        if box.bottom >= edges.height - 1
        and abs(box.top - lowest.bottom - lattice.gap[1]) <= SLACK
        and abs(box.width - first.width) <= SLACK
        and LEAST <= box.height / first.height < WHOLE
        and abs((box.left - first.left + half / 2) % half - half / 2) <= 2 * SLACK
    ]
    return sorted(found, key=lambda box: box.left)
