"""Finds the self-view of a call: a small tile that floats over a corner of the gallery or beside it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from agent.layout.camera import centred_card
from agent.layout.cell_evidence import sides_seen
from agent.layout.covering import CORNER, covers
from agent.layout.edges import LEAST_JUMP, jumps
from agent.layout.gallery_rules import ABOUT, LIFE, SHAPES
from agent.layout.lattice import SMALLEST, Lattice
from agent.layout.picture import Picture
from agent.values import Box, Pixels

WIDE, HIGH = 0.34, 0.45
"""Size of the corner of the gallery in which a self-view is searched, as a share of the gallery's."""
BEYOND = 0.6
"""How far that corner reaches beyond the gallery, as a share of a tile's height."""
LEAST, PIXELS = 0.02, 4000
"""Minimum area of a self-view beside the gallery in tiles, and of any one in pixels: programs keep it large
enough to see oneself, also where tiles are small."""
NAME, MIDDLE = (0.3, 0.15), 0.12
"""Size of the lower left corner of a tile that holds its name, and maximum distance of a profile photo from
the middle; both as shares of the tile's size."""
FLUSH = 2
"""Maximum distance in pixels of sides that coincide."""
LARGEST = 0.75
"""Maximum width and height of a self-view in tiles, of those tiles that it may float over."""
ALIKE, FEWEST = 4, 2
"""Maximum difference in pixels of tiles of one size, and minimum number of tiles that the self-view does not
touch."""
SEEN = 0.8
"""Minimum share of each of its sides that jumps, rounded corners apart."""
LONGEST = 28
"""Number of straight lines of one direction that are tried as sides."""
TRIED = 40
"""Maximum number of rectangles that are looked into."""
BREAK = 5
"""Maximum length in pixels of a break in such a line."""


def self_view(lattice: Lattice, components: Sequence[Box], picture: Picture) -> Box | None:
    """The self-view that floats over a corner of a gallery in a call, or None.

    ``components`` are those on any page that was tried. It is searched beside the controls of a call only: on
    other pages a poster in a room or a portrait on a slide may look the same.
    """
    if not any(bar.serves(lattice.bounds) for bar in picture.contents.call_bars()):
        return None
    apart = [box for box in set(components) if _is_apart(box, lattice) and not _has_equals(box, components)]
    framed = [
        one
        for zone in _corners(lattice, picture)
        for one in _framed(picture.pixels, zone, lattice.stage or lattice.whole)
        if any(one[1].intersection(tile) for tile in _tiles(lattice))
    ]
    likeliest = sorted(apart, key=lambda box: (-box.area, box.left, box.top))
    likeliest += [box for _, box in sorted(framed, key=lambda one: -one[0])]
    return next((box for box in likeliest if _is_self_view(box, lattice, picture)), None)


def with_self_view(lattice: Lattice, components: Sequence[Box], picture: Picture) -> Lattice:
    """``lattice`` with its self-view, and without what this adds to the tile that it sticks out of.

    Arguments as for ``self_view``. Such a tile is trimmed to the size of the others, if they have one size.
    """
    floating = self_view(lattice, components, picture)
    if floating is None:
        return lattice
    others = [box for box in lattice.boxes if not box.intersection(floating)]
    sizes = [(box.width, box.height) for box in others]
    if len(others) < FEWEST or np.ptp(sizes, axis=0).max() > ALIKE:
        return replace(lattice, floating=floating)
    width, height = (int(size) for size in np.median(sizes, axis=0))

    def trimmed(box: Box) -> Box:
        if box in others or max(box.right - floating.right, box.bottom - floating.bottom) > ALIKE:
            return box
        return Box(box.left, box.top, min(box.width, width), min(box.height, height))

    return replace(lattice, rows=tuple(tuple(map(trimmed, row)) for row in lattice.rows), floating=floating)


def _is_apart(box: Box, lattice: Lattice) -> bool:
    """Whether a component stands beside a gallery and its stage, near one of the corners at the right."""
    whole, tile = lattice.bounds, lattice.whole
    across = max(box.left - whole.right, whole.left - box.right)
    down = max(box.top - whole.bottom, whole.top - box.bottom)
    near = across <= tile.width and down <= tile.height and box.left >= whole.centre[0]
    small = LEAST * tile.area <= box.area and box.width < tile.width and box.height < tile.height
    return near and small and not any(box.intersection(other) for other in _tiles(lattice))


def _has_equals(box: Box, components: Sequence[Box]) -> bool:
    """Whether other components have the size of this one: it belongs to a list, such as one of films."""
    return any(
        abs(other.width - box.width) <= ALIKE
        and abs(other.height - box.height) <= ALIKE
        and not other.intersection(box)
        for other in components
    )


def _tiles(lattice: Lattice) -> tuple[Box, ...]:
    """The tiles of a gallery and its stage."""
    return (*lattice.boxes, *([lattice.stage] if lattice.stage else []))


def _corners(lattice: Lattice, picture: Picture) -> Iterator[Box]:
    """The right corners of a gallery, a little beyond its bounds: names stand in the lower left one."""
    whole, tile = lattice.bounds, lattice.whole
    wide = round(min(WIDE * whole.width, LARGEST * tile.width))
    high = round(min(HIGH * whole.height, LARGEST * tile.height))
    out = round(BEYOND * tile.height)
    for top in (whole.top - out, whole.bottom - high):
        corner = Box(whole.right - wide, top, wide + out, high + out)
        yield corner.clipped(picture.edges.width, picture.edges.height)


def _framed(pixels: Pixels, zone: Box, tile: Box) -> list[tuple[float, Box]]:
    """Rectangles in a zone with straight lines as sides, and the share of the worst side that jumps.

    ``pixels`` are the whole picture's, RGB uint8 (H, W, 3). The rectangles have a video's shape and are
    smaller than ``tile``.
    """
    across, down = jumps(zone.of(pixels))
    upright, level = _lines(across), _lines(np.ascontiguousarray(down.T))
    left, right = (upright[index] for index in np.triu_indices(len(upright), 1))
    top, bottom = (level[index] for index in np.triu_indices(len(level), 1))
    width, height = (right - left)[:, None], bottom - top
    fits = (width * height >= PIXELS) & (width <= LARGEST * tile.width) & (height <= LARGEST * tile.height)
    # Few of the pairs have a video's shape, and looking at the sides of all would take five times as long.
    x, y = np.nonzero(fits)
    shapes = (right - left)[x] / (bottom - top)[y]
    shaped = (np.abs(shapes[:, None] / np.array(SHAPES) - 1) < ABOUT).any(axis=1)
    x, y = x[shaped], y[shaped]
    sides = np.stack([left[x], top[y], right[x], bottom[y]], axis=1)
    worst = _worst_side(sides, across, down)
    best = np.argsort(-worst, kind="stable")[:TRIED]
    return [(float(worst[index]), _box(sides[index], zone)) for index in best if worst[index] >= SEEN]


def _box(sides: NDArray[np.intp], zone: Box) -> Box:
    left, top, right, bottom = sides.tolist()
    return Box(left, top, right - left, bottom - top).shifted(zone.left, zone.top)


def _worst_side(
    sides: NDArray[np.intp], across: NDArray[np.uint8], down: NDArray[np.uint8]
) -> NDArray[np.float64]:
    """The smallest share of a side that jumps, 0..1 (N,), of rectangles (N, 4): left, top, right, bottom.

    ``across`` and ``down`` are the jumps across upright and level lines. Rounded corners are left out.
    """
    left, top, right, bottom = sides.T
    round_x, round_y = (np.minimum(size // 8, CORNER) for size in (right - left, bottom - top))
    rows, columns = (top + round_y, bottom - round_y), (left + round_x, right - round_x)
    upright, level = (
        np.pad(np.cumsum(jumping >= LEAST_JUMP, axis=axis), [(1 - axis, 0), (axis, 0)])
        for axis, jumping in enumerate((across, down))
    )
    shares = [(upright[rows[1], at] - upright[rows[0], at]) / (rows[1] - rows[0]) for at in (left, right)]
    shares += [
        (level[at, columns[1]] - level[at, columns[0]]) / (columns[1] - columns[0]) for at in (top, bottom)
    ]
    return np.asarray(np.min(shares, axis=0))


def _lines(jumping: NDArray[np.uint8]) -> NDArray[np.intp]:
    """The columns with the longest straight lines, in ascending order."""
    seen = (jumping >= LEAST_JUMP).view(np.uint8)
    joined = cv2.morphologyEx(seen, cv2.MORPH_CLOSE, np.ones((BREAK, 1), np.uint8))
    least = np.ones((round(SMALLEST[1] * 0.75), 1), np.uint8)
    long = cv2.morphologyEx(joined, cv2.MORPH_OPEN, least).sum(axis=0)
    strength = long * jumping.mean(axis=0)
    peak = strength >= np.maximum(np.roll(strength, 1), np.roll(strength, -1))
    columns = np.flatnonzero(peak & (long > 0))
    return np.sort(columns[np.argsort(-strength[columns], kind="stable")][:LONGEST])


def _is_self_view(box: Box, lattice: Lattice, picture: Picture) -> bool:
    """Whether a box has four sides, holds a name and video or a card, and is smaller than a tile."""
    width, height = (int(size) for size in np.median([(b.width, b.height) for b in lattice.boxes], axis=0))
    # The self-view may stick out of the tile that it lies over, which then looks larger than the others.
    usual = [Box(b.left, b.top, min(b.width, width), min(b.height, height)) for b in lattice.boxes]
    tiles = (*usual, *([lattice.stage] if lattice.stage else []))
    shaped = box.area >= PIXELS and any(abs(box.width / box.height / shape - 1) < ABOUT for shape in SHAPES)
    placed = all(_floats_over(box, tile) for tile in tiles if tile.intersection(box))
    if not (shaped and placed and sides_seen(box, picture.edges) == 4 and picture.contents.has_label(box)):
        return False
    if not covers(box, [tile for tile in tiles if tile.intersection(box)], picture.edges):
        return False
    if picture.contents.camera_on(box):
        return picture.contents.variety(box) >= LIFE
    return centred_card(box.of(picture.pixels))


def _floats_over(box: Box, tile: Box) -> bool:
    """Whether a box lies over a corner of a tile, rather than being the tile or something in its room.

    Its name, profile photo and whatever the room's edge cuts are in the lower left, in the middle and at one
    side.
    """
    small = box.width <= LARGEST * tile.width and box.height <= LARGEST * tile.height
    name = Box(
        tile.left, tile.bottom - round(NAME[1] * tile.height), round(NAME[0] * tile.width), tile.height
    )
    (x, y), (middle_x, middle_y) = box.centre, tile.centre
    middle = max(abs(x - middle_x) / tile.width, abs(y - middle_y) / tile.height) <= MIDDLE
    ends, others = ((one.left, one.top, one.right, one.bottom) for one in (box, tile))
    flush = sum(abs(a - b) <= FLUSH for a, b in zip(ends, others, strict=True))
    out = box.intersection(tile) < box.area
    return small and not box.intersection(name) and not middle and (out or flush == 0)
