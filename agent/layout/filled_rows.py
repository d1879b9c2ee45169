"""Finds rows whose tiles are stretched to fill the width of the others: two wide tiles below three."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from agent.colour_distance import colour_distance
from agent.layout.cell_evidence import BORDER, STANDS_OUT
from agent.layout.label import names_shown
from agent.layout.lattice import Lattice, same_size
from agent.layout.picture import Picture
from agent.layout.strips import WIDTHS
from agent.values import Box, Pixels

PARTED, ALIKE = 0.5, 12
"""Minimum share of a gap between two cells that has the page's colour, and the maximum distance from it in
levels, where these cells are tiles. Whatever lies over the gap between two tiles joins them into one
component, but the rest of the gap shows."""
SAME_COLOUR = 4
"""Maximum distance in levels of the usual colour of such pixels from the page's."""


def with_filled_rows(lattice: Lattice, components: Sequence[Box], picture: Picture) -> Lattice:
    """``lattice`` with the rows of fewer or more tiles that are as wide together as its longest row.

    Such a row has names. It replaces cells that would cut its tiles, or stands above or below the lattice.
    ``components`` are those on any page that was tried.
    """
    if max(map(len, lattice.rows)) == 1:
        return lattice
    gaps = _Gaps(picture, _page_colour(lattice.rows, picture.pixels))
    whole = [row for row in lattice.rows if gaps.part(row)]
    if not whole:
        return lattice
    longest = max(whole, key=len)
    around = _Surroundings(longest, lattice.gap[0], components, gaps)
    alone = len(whole) == len(lattice.rows) - 1
    rows = [row if row in whole else around.instead_of(row, alone=alone) for row in lattice.rows]
    pitch = longest[0].height + lattice.gap[1]
    for beside, step in ((rows[0], -pitch), (rows[-1], pitch)):
        more = around.filling(beside[0].shifted(0, step))
        if around.are_named(more):
            rows = [more, *rows] if step < 0 else [*rows, more]
    return replace(lattice, rows=tuple(rows))


@dataclass(frozen=True, slots=True)
class _Gaps:
    """The gaps between the cells of ``picture``, where the ``page`` has this colour, float64 (3,)."""

    picture: Picture
    page: NDArray[np.float64]

    def part(self, row: Sequence[Box]) -> bool:
        """Whether there are gaps between the cells of ``row``, and each stands out or shows the page."""
        return len(row) > 1 and all(self.parts(a, b) for a, b in pairwise(row))

    def parts(self, a: Box, b: Box) -> bool:
        """Whether the gap between two cells, ``b`` on the right, stands out or shows the page."""
        sides = self.picture.edges.sides(a)[2], self.picture.edges.sides(b)[0]
        return max(sides) >= STANDS_OUT or self.shows_page(a, b)

    def shows_page(self, a: Box, b: Box) -> bool:
        """Whether the gap between two cells, ``b`` on the right, has the page's colour."""
        gap = _between(self.picture.pixels, a.right, b.left, a.top, a.bottom)
        alike = colour_distance(gap, self.page) <= ALIKE
        lines = alike.mean(axis=0)
        # Resizing mixes all but the middle of a narrow gap with the tiles beside it.
        if (lines.max() if len(lines) <= BORDER else lines.mean()) < PARTED:
            return False
        # The cards of cameras that are off may be as close to the page as the noise of JPEG.
        return bool(np.abs(np.median(gap[alike], axis=0) - self.page).max() <= SAME_COLOUR)


@dataclass(frozen=True, slots=True)
class _Surroundings:
    """What a row is compared with: the ``longest`` one, and the usual ``gap`` in pixels."""

    longest: Sequence[Box]
    gap: int
    components: Sequence[Box]
    gaps: _Gaps

    def instead_of(self, row: tuple[Box, ...], *, alone: bool) -> tuple[Box, ...]:
        """The tiles that the cells of ``row`` would cut, if these have more names; otherwise ``row``.

        ``alone``: no other row lacks its gaps. If several do, they are blurred rather than filled otherwise.
        """
        tiles = self.filling(row[0]) or (self._divided(row) if alone and len(row) > 1 else ())
        inside = [self.gaps.parts(a, b) for a, b in pairwise(row) if _within(tiles, a.right)]
        if 2 * sum(inside) > len(inside):
            return row
        names, before = self.names(tiles), self.names(row)
        # A tile has one name, so most of its parts have none; some contents look like one.
        if before - len(tiles) > (len(row) - len(tiles)) / 2 or not self.are_named(tiles):
            return row
        return tiles if (names / len(tiles), len(tiles)) > (before / len(row), len(row)) else row

    def names(self, row: Sequence[Box]) -> int:
        """The number of tiles that have names."""
        return sum(self.gaps.picture.contents.has_label(box) for box in row)

    def are_named(self, row: Sequence[Box]) -> bool:
        """Whether there are tiles, and enough of them have names."""
        return bool(row) and names_shown(self.names(row) / len(row))

    def filling(self, level: Box) -> tuple[Box, ...]:
        """The components, of another width than usual, that fill the width at the height of a box."""
        slack = max(BORDER, level.height // 20)
        left, right, usual = self.longest[0].left, self.longest[-1].right, self.longest[0].width
        near = [
            one
            for one in self.components
            if abs(one.top - level.top) <= slack
            and abs(one.bottom - level.bottom) <= slack
            and max(one.width, usual) >= WIDTHS * min(one.width, usual)
        ]
        for group in same_size(near):
            row: list[Box] = []
            for box in sorted(group, key=lambda one: one.left):
                # On another page the same tile may be another component.
                if not row or not box.intersection(row[-1]):
                    row.append(box)
            gaps = [b.left - a.right for a, b in pairwise(row)]
            ends = abs(row[0].left - left) <= slack and abs(row[-1].right - right) <= slack
            if ends and all(abs(one - self.gap) <= slack for one in gaps):
                return tuple(row)
        return ()

    def _divided(self, row: Sequence[Box]) -> tuple[Box, ...]:
        """The most equal tiles that fill the width and have no gap between the cells of ``row`` inside.

        The components of such tiles may be incomplete: what is dark in a video joins a dark page.
        """
        level, left, right = row[0], self.longest[0].left, self.longest[-1].right
        between = [a.right for a, b in pairwise(row) if self.gaps.shows_page(a, b)]
        for count in range(len(self.longest) + 1, 0, -1):
            step = (right - left + self.gap) / count
            lefts = [round(left + index * step) for index in range(count)]
            tiles = tuple(Box(at, level.top, round(step - self.gap), level.height) for at in lefts)
            if not any(_within(tiles, at) for at in between) and (count == 1 or self.gaps.part(tiles)):
                return tiles
        return ()


def _within(tiles: Sequence[Box], at: int) -> bool:
    """Whether a column of pixels runs through a tile."""
    return any(tile.left + BORDER < at < tile.right - BORDER for tile in tiles)


def _page_colour(rows: Sequence[Sequence[Box]], pixels: Pixels) -> NDArray[np.float64]:
    """The usual colour between the rows, or between the cells of the only row: float64 (3,)."""
    gaps = [
        _between(pixels, high[0].left, high[-1].right, high[0].bottom, low[0].top)
        for high, low in pairwise(rows)
    ] or [_between(pixels, a.right, b.left, a.top, a.bottom) for a, b in pairwise(rows[0])]
    return np.asarray(np.median(np.concatenate([gap.reshape(-1, 3) for gap in gaps]), axis=0))


def _between(pixels: Pixels, left: int, right: int, top: int, bottom: int) -> NDArray[np.int16]:
    """A section of the picture, int16 (H, W, 3), at least one pixel wide and high."""
    return pixels[top : max(bottom, top + 1), left : max(right, left + 1)].astype(np.int16)
