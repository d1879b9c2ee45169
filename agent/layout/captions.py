"""Finds captions below tiles: a page of photos has them, a gallery does not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np

from agent.layout.cell_texture import lopsided
from agent.layout.contents import Contents
from agent.layout.lattice import Lattice
from agent.layout.page import Mask, Page, coarse_mask
from agent.values import Box

NARROW = 0.08
"""Gap between rows, as a share of the tile's height, below which no caption fits; a speaker's border does."""
LARGE = 0.4
"""Minimum height, as a share of the tile's, of a component below a tile that is another picture, a slide or a
panel."""
ACROSS = 0.5
"""Minimum share of the gap between two tiles that a line of text must cover to belong to neither tile."""

MOST = 0.5
"""Minimum share of the video cells that end in page colour at which they are pictures with captions. With two
cells, one is not enough."""


class Captions:
    """Tells pictures with captions from tiles where compression spoils the page around text.

    ``contents`` are those of the picture. ``colour`` is the page's; None for a shaded page, on which no
    captions are reported. At JPEG quality 76, a fifth of a line of text has exactly the page's colour; within
    JPEG's error, 0.7 of it has.
    """

    def __init__(self, contents: Contents, colour: tuple[int, int, int] | None) -> None:
        self._contents, self._colour = contents, colour
        self._mask: Mask | None = None

    def below(self, lattice: Lattice) -> bool:
        """Whether most cells with video end in page colour at one end only."""
        on = [box for box in lattice.boxes if self._contents.camera_on(box)]
        if self._colour is None or not on:
            return False
        if self._mask is None:
            # 20 ms at 1080p, so only for the few lattices that look like galleries.
            self._mask = coarse_mask(self._contents.pixels, self._colour)
        mask = self._mask
        count = sum(lopsided(box, mask) for box in on)
        return count >= MOST * len(on) and (count > 1 or len(on) == 1)


def caption(lattice: Lattice, page: Page) -> float:
    """Median share of the strips below the tiles that is not page, 0..1.

    Captions stand there; names stand inside tiles. Whatever continues below the gap between two tiles is no
    caption, but subtitles or a button bar.
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
            # A tool bar may begin below the last row, so only the rows above count.
            continue
        strip = Box(row[0].left, row[0].bottom + 2, row[-1].right - row[0].left, 0)
        strip = Box(strip.left, strip.top, strip.width, _end(strip, end, height, page) - strip.top)
        taken = _without_lines_across(row, strip, page.mask)
        for box in row:
            shares = taken[:, box.left - strip.left : box.right - strip.left].mean(axis=1)
            # Where nothing of the whole width is page, the window or the page ends.
            ends = np.flatnonzero(shares >= 0.95)
            shares = shares[: ends[0]] if len(ends) else shares
            if len(shares) >= 3:
                found.append(float(shares.mean()))
    # With two tiles, both need a caption: another participant's floating picture may lie below one of them.
    return float(np.quantile(found, 0.5, method="lower")) if found else 0.0


def _end(strip: Box, end: int, height: int, page: Page) -> int:
    """Top of the first large component below a row, or ``end``."""
    tops = [
        other.top
        for other in page.components
        if other.height >= LARGE * height
        and strip.top <= other.top + 2 < end
        and other.left < strip.right
        and other.right > strip.left
    ]
    return max(min([end, *tops]), strip.top)


def _without_lines_across(row: Sequence[Box], strip: Box, mask: Mask) -> Mask:
    """Mask, bool (H, W), of what is not page in a strip, except lines that run on below a gap of the row."""
    taken: Mask = ~mask[strip.top : strip.bottom, strip.left : strip.right]
    gaps = [(a.right - strip.left, b.left - strip.left) for a, b in pairwise(row) if b.left > a.right]
    for first, last in _lines(taken):
        if any(taken[first:last, left:right].any(axis=0).mean() >= ACROSS for left, right in gaps):
            taken[first:last] = False
    return taken


def _lines(taken: Mask) -> Iterator[tuple[int, int]]:
    """First row and end row (exclusive) of each run of rows that are not all page."""
    ends = np.flatnonzero(np.diff(taken.any(axis=1).astype(np.int8), prepend=0, append=0))
    return zip(ends[::2].tolist(), ends[1::2].tolist(), strict=True)
