"""Tells how much of a known gallery still stands in a frame, by the page between tiles and each tile's edges.

Only what does not move is compared. What happens inside the tiles never matters.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from agent.colour_distance import colour_distance
from agent.values import Box, Layout, Pixels

GRID = (96, 54)
LEVELS = 10
MOVED = 0.02
"""Maximum share of the page's points that may change: the smallest tile of a full gallery covers 0.04 of
them."""
SEAM_POINTS = 16
"""Number of points compared along each side of a tile."""
SEAM_LEVELS = 5
FADED = 0.4
"""Minimum share of its former edge that a standing tile still shows. Tiles that touch keep 0.5 or more while
the videos on both sides change."""
PAGE_KEPT = 0.5
"""Minimum share of the page around a tile that must still be page: a larger tile covers more than half of
it."""
FEW = SEAM_POINTS
"""Minimum number of page points around a tile; tiles with fewer are judged by their edges alone."""
AROUND = 0.3
"""Minimum share of one colour next to the tiles at which that colour is the page; next to touching tiles are
other tiles."""
SIDE_LOST = 0.75
"""Minimum share of the page along a side that is gone when something else stands there. The row was moved
along when both the left and the right side are lost, or the upper and the lower, and one of the other sides
is kept: rows keep their height, so half of such a tile's edge still shows. A speaker's frame keeps no side. A
side where the tile has become page is lost too: a row of two tiles gave way to one tile in the middle."""
FRAMED = 0.8
"""Minimum share of one colour among the changed points around a tile at which they are a speaker's frame."""

Points = tuple[NDArray[np.intp], NDArray[np.intp]]
"""Row and column indices of pixels."""


@dataclass(frozen=True, slots=True, eq=False)
class Signature:
    """What a frame with a known layout of N tiles looks like where nothing moves.

    - ``points``: P pixels of the page; ``page``: their colours, int16 (P, 3).
    - ``colour``: the page's own colour, int16 (3,).
    - ``inside``, ``outside``: S pixels at each tile's edge, two pixels from it, index arrays (N, S).
    - ``paged``: bool (N, S), which of the outside pixels are page.
    - ``jumps``: bool (N, S), where the edge shows.
    """

    points: Points
    page: NDArray[np.int16]
    colour: NDArray[np.int16]
    inside: Points
    outside: Points
    paged: NDArray[np.bool_]
    jumps: NDArray[np.bool_]

    @property
    def edges(self) -> NDArray[np.float64]:
        """The share of each tile's edge that shows, 0..1 (N,)."""
        share: NDArray[np.float64] = self.jumps.mean(axis=1)
        return share


def make_signature(pixels: Pixels, layout: Layout) -> Signature:
    """The signature that later frames are compared with.

    ``pixels`` is RGB uint8 (H, W, 3) of the layout's size.
    """
    points = _page_points(layout)
    colours = pixels[points].astype(np.int16)
    inside, outside = _edge_points(layout)
    outer = pixels[outside].astype(np.int16)
    key = _page_key(outer, colours)
    # Only pixels of the page's own colour stand still; a shared film or a chat beside the tiles does not.
    keep = _keys(colours) == key
    points, colours = (points[0][keep], points[1][keep]), colours[keep]
    page = np.concatenate([outer[_keys(outer) == key], colours])
    colour = np.median(page, axis=0).astype(np.int16) if len(page) else np.full(3, -1000, np.int16)
    paged = colour_distance(outer, colour) <= LEVELS
    return Signature(points, colours, colour, inside, outside, paged, _jumps(pixels, inside, outer))


def _keys(colours: NDArray[np.int16]) -> NDArray[np.int16]:
    """One number for each colour of int16 (..., 3); colours in the same cell of 8 levels share it."""
    return np.asarray((colours >> 3) @ np.array([1024, 32, 1], np.int16))


def _page_key(outer: NDArray[np.int16], elsewhere: NDArray[np.int16]) -> int:
    """The key of the page's colour, which is the colour around the tiles unless other tiles are there.

    ``outer``, int16 (N, S, 3), is around the tiles. ``elsewhere``, int16 (P, 3), may be the desktop around a
    window that does not fill the screen. The desktop is larger than all gaps, but does not tell where the
    tiles are.
    """
    for colours, least in ((outer, AROUND), (elsewhere, 0.0)):
        values, counts = np.unique(_keys(colours), return_counts=True)
        if len(counts) and counts.max() >= least * counts.sum():
            return int(values[counts.argmax()])
    return -1


def page_holds(pixels: Pixels, signature: Signature) -> bool:
    """Whether the page between and around the tiles is what it was; 0.2 ms."""
    if not len(signature.page):
        return True
    gone = colour_distance(pixels[signature.points].astype(np.int16), signature.page) > LEVELS
    return bool(gone.sum() <= max(MOVED * len(gone), 3))


def standing_tiles(pixels: Pixels, signature: Signature) -> NDArray[np.bool_]:
    """Which of N tiles still stand where they were, bool (N,); 0.5 ms for 49.

    A tile is gone when its edge no longer shows, or when something larger covers the page around it. A
    speaker's frame around the tile has one colour and does not count as gone.
    """
    outer = pixels[signature.outside].astype(np.int16)
    jumps = _jumps(pixels, signature.inside, outer)
    shown = jumps.mean(axis=1) >= FADED * signature.edges
    lost = signature.paged & (colour_distance(outer, signature.colour) > LEVELS)
    paged = signature.paged.sum(axis=1)
    for index in np.flatnonzero((paged >= FEW) & (lost.sum(axis=1) > (1 - PAGE_KEPT) * paged)):
        colours = outer[index][lost[index]]
        alike = colour_distance(colours, np.median(colours, axis=0)) <= 2 * LEVELS
        shown[index] &= bool(alike.mean() >= FRAMED)
    return np.asarray(shown & ~_moved_along(signature.paged, lost, signature.jumps, jumps), np.bool_)


def _moved_along(
    paged: NDArray[np.bool_], lost: NDArray[np.bool_], jumped: NDArray[np.bool_], jumps: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Which of N tiles ended only at two opposite sides, bool (N,); arguments are bool (N, S).

    A side ended where the page outside it is gone, or where page is now on both of its sides.
    """
    had, gone, before, after = (
        part.reshape(-1, 4, SEAM_POINTS).sum(axis=2) for part in (paged, lost, jumped, jumps)
    )
    able = had >= SIDE_LOST * SEAM_POINTS
    kept = able & (gone <= (1 - SIDE_LOST) * had)
    empty_now = kept & (before >= SIDE_LOST * SEAM_POINTS) & (after <= (1 - SIDE_LOST) * before)
    ended = (able & (gone >= SIDE_LOST * had)) | empty_now
    flat, upright = slice(0, 2), slice(2, 4)
    return np.asarray(
        (ended[:, upright].all(axis=1) & kept[:, flat].any(axis=1))
        | (ended[:, flat].all(axis=1) & kept[:, upright].any(axis=1))
    )


def without_tiles(signature: Signature, gone: NDArray[np.bool_]) -> Signature:
    """The signature without the tiles in ``gone``, bool (N,)."""
    left = ~gone
    return replace(
        signature,
        inside=(signature.inside[0][left], signature.inside[1][left]),
        outside=(signature.outside[0][left], signature.outside[1][left]),
        paged=signature.paged[left],
        jumps=signature.jumps[left],
    )


def empty(pixels: Pixels, box: Box, colour: NDArray[np.int16]) -> bool:
    """Whether a box shows only the page's colour, so that its participant left."""
    part = box.of(pixels)
    step = max(part.shape[0] // 8, 1), max(part.shape[1] // 8, 1)
    return bool(part.size and (np.abs(part[:: step[0], :: step[1]].astype(np.int16) - colour).max() <= 3))


def _page_points(layout: Layout) -> Points:
    """The points of a grid and of the gaps between the tiles that lie outside every tile."""
    xs = (np.arange(GRID[0]) * layout.width // GRID[0]).astype(np.intp)
    ys = (np.arange(GRID[1]) * layout.height // GRID[1]).astype(np.intp)
    columns, lines = (part.ravel() for part in np.meshgrid(xs, ys))
    gap = [
        (x, y)
        for slot in layout.slots
        for x, y in (
            (slot.box.left - 2, slot.box.top + slot.box.height // 2),
            (slot.box.right + 1, slot.box.top + slot.box.height // 3),
            (slot.box.left + slot.box.width // 2, slot.box.top - 2),
            (slot.box.left + slot.box.width // 3, slot.box.bottom + 1),
        )
        if 0 <= x < layout.width and 0 <= y < layout.height
    ]
    if gap:
        columns = np.concatenate([columns, np.array([x for x, _ in gap], np.intp)])
        lines = np.concatenate([lines, np.array([y for _, y in gap], np.intp)])
    outside = np.ones(len(columns), np.bool_)
    for slot in layout.slots:
        box = slot.box
        outside &= (columns < box.left) | (columns >= box.right) | (lines < box.top) | (lines >= box.bottom)
    return lines[outside], columns[outside]


def _edge_points(layout: Layout) -> tuple[Points, Points]:
    """Pixels inside and outside the tiles' edges, in pairs: index arrays (N, 4 SEAM_POINTS)."""
    boxes = np.array(
        [(slot.box.left, slot.box.top, slot.box.width, slot.box.height) for slot in layout.slots], np.float64
    ).reshape(-1, 4)
    left, top, width, height = (boxes[:, index, None] for index in range(4))
    along = np.linspace(0.12, 0.88, SEAM_POINTS)[None]
    x, y, zero = left + along * width, top + along * height, 0 * along
    inside = (
        np.concatenate([top + 2 + zero, top + height - 3 + zero, y, y], 1),
        np.concatenate([x, x, left + 2 + zero, left + width - 3 + zero], 1),
    )
    outside = (
        np.concatenate([top - 2 + zero, top + height + 1 + zero, y, y], 1),
        np.concatenate([x, x, left - 2 + zero, left + width + 1 + zero], 1),
    )
    return _in_frame(inside, layout), _in_frame(outside, layout)


def _in_frame(points: tuple[NDArray[np.float64], NDArray[np.float64]], layout: Layout) -> Points:
    lines = np.clip(points[0], 0, max(layout.height - 1, 0)).astype(np.intp)
    columns = np.clip(points[1], 0, max(layout.width - 1, 0)).astype(np.intp)
    return lines, columns


def _jumps(pixels: Pixels, inside: Points, outer: NDArray[np.int16]) -> NDArray[np.bool_]:
    """Where inside and outside of each tile's edge differ, bool (N, S)."""
    return np.asarray(colour_distance(pixels[inside].astype(np.int16), outer) > SEAM_LEVELS, np.bool_)
