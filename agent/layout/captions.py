"""What stands on the page below tiles: the captions of a page of photos, which no gallery has."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np

from agent.layout.cell_texture import lopsided
from agent.layout.contents import Contents
from agent.layout.lattice import Lattice
from agent.layout.page import Mask, coarse_mask
from agent.values import Box

NARROW = 0.08
"""Gap, as a part of the tile's height, into which no caption fits, but a speaker's border does."""
LARGE = 0.4
"""Part of a tile's height from which what begins below it is another picture, a slide or a panel."""
ACROSS = 0.5
"""Part of the width of a gap between two tiles over which a line of text must run to belong to neither."""

MOST = 0.5
"""Part of the cells with video that end in page from which they are pictures with captions; one of two says
nothing."""


class Captions:
    """Tells pictures with captions in their cells from tiles where compression spoils the page around text.

    For cells in ``contents`` on a page of ``colour`` (None for a shaded page, of which it says nothing). At
    JPEG 76 a fifth of a line of text is exactly of the page's colour, and 0.7 give or take what JPEG changes.
    """

    def __init__(self, contents: Contents, colour: tuple[int, int, int] | None) -> None:
        self._contents, self._colour = contents, colour
        self._mask: Mask | None = None

    def below(self, lattice: Lattice) -> bool:
        """Whether most cells with video end in page at one end only."""
        on = [box for box in lattice.boxes if self._contents.camera_on(box)]
        if self._colour is None or not on:
            return False
        if self._mask is None:
            # 20 ms at 1080p: only for the few lattices that pass for galleries.
            self._mask = coarse_mask(self._contents.pixels, self._colour)
        mask = self._mask
        count = sum(lopsided(box, mask) for box in on)
        return count >= MOST * len(on) and (count > 1 or len(on) == 1)


def caption(lattice: Lattice, mask: Mask, page_components: Sequence[Box]) -> float:
    """How much of the strip below a typical tile is not page: captions stand there, names inside tiles.

    ``page_components`` are the connected components on the page. What runs on below the gap between two tiles
    is no caption: subtitles of what is said, a bar of buttons.
    """
    height = lattice.whole.height
    if len(lattice.rows) > 1 and lattice.gap[1] < NARROW * height:
        return 0.0
    tall = height * (7 if len(lattice.rows) > 1 else 4) // 20
    found: list[float] = []
    for index, row in enumerate(lattice.rows):
        end = row[0].bottom + tall
        if index + 1 < len(lattice.rows):
            end = min(end, lattice.rows[index + 1][0].top - 1)
        elif index > 0:
            # Below the last row the tool bar may begin; the rows above tell.
            continue
        strip = Box(row[0].left, row[0].bottom + 2, row[-1].right - row[0].left, 0)
        strip = Box(strip.left, strip.top, strip.width, _end(strip, end, height, page_components) - strip.top)
        taken = _without_lines_across(row, strip, mask)
        for box in row:
            shares = taken[:, box.left - strip.left : box.right - strip.left].mean(axis=1)
            # Where the whole width is taken the window, or the page, ends.
            ends = np.flatnonzero(shares >= 0.95)
            shares = shares[: ends[0]] if len(ends) else shares
            if len(shares) >= 3:
                found.append(float(shares.mean()))
    # Of two tiles both must have one: below one of them another's own picture may float.
    return float(np.quantile(found, 0.5, method="lower")) if found else 0.0


def _end(strip: Box, end: int, height: int, page_components: Sequence[Box]) -> int:
    """Where the first large thing below a row begins, or ``end``."""
    tops = [
        other.top
        for other in page_components
        if other.height >= LARGE * height
        and strip.top <= other.top + 2 < end
        and other.left < strip.right
        and other.right > strip.left
    ]
    return max(min([end, *tops]), strip.top)


def _without_lines_across(row: Sequence[Box], strip: Box, mask: Mask) -> Mask:
    """What is not page in a strip, bool (H, W), without the lines that run on below a gap of the row."""
    taken: Mask = ~mask[strip.top : strip.bottom, strip.left : strip.right]
    gaps = [(a.right - strip.left, b.left - strip.left) for a, b in pairwise(row) if b.left > a.right]
    for first, last in _lines(taken):
        if any(taken[first:last, left:right].any(axis=0).mean() >= ACROSS for left, right in gaps):
            taken[first:last] = False
    return taken


def _lines(taken: Mask) -> Iterator[tuple[int, int]]:
    """First row and the one after the last of each run of rows in which anything stands."""
    ends = np.flatnonzero(np.diff(taken.any(axis=1).astype(np.int8), prepend=0, append=0))
    return zip(ends[::2].tolist(), ends[1::2].tolist(), strict=True)
