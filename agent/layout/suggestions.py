"""Suggests lattices on one page: fitted to equal components, or cut from blocks of touching tiles."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from agent.layout.lattice import Lattice, Pitch, complete, fit, same_size
from agent.layout.merged_blocks import merge_blocks
from agent.layout.page import Page
from agent.layout.picture import Picture
from agent.layout.seams import cored, cut, next_to, tightened
from agent.layout.strips import strips
from agent.layout.truncated_tiles import add_hidden_tiles, add_truncated_tiles
from agent.values import Box

GROUPS = 8
"""Maximum number of groups of equal rectangles that are tried for each page."""
LEAST_BLOCK = 0.03
"""Minimum share of the picture that a block of touching tiles covers."""


def suggested(picture: Picture, page: Page, blocks: set[Box] | None) -> Iterator[Lattice]:
    """Lattices suggested by the components on one page; several of them may suggest the same one.

    ``blocks`` collects the blocks that were cut, so that each is cut only once for all pages. With None, no
    block is cut.
    """
    yield from strips(page.components)
    yield from _fitted(picture, page)
    if blocks is None:
        return
    least = LEAST_BLOCK * picture.edges.width * picture.edges.height
    for block in (*page.components, *merge_blocks(page.components)):
        if block.area >= least and block not in blocks:
            blocks.add(block)
            yield from _cut_from(block, picture, page)


def _fitted(picture: Picture, page: Page) -> Iterator[Lattice]:
    """Lattices of which equal components are tiles, each with and without the tiles that are cut off."""
    edges = picture.edges
    groups = same_size(page.components)
    several = [group for group in groups if len(group) > 1][:GROUPS]
    single = [group for group in groups if len(group) == 1][:GROUPS]
    lonely = [(pitch, [group]) for group in single if (pitch := next_to(group[0], page.mask))]
    for fitted in chain((fit(group) for group in several + single), lonely):
        lattice = add_hidden_tiles(complete(*fitted, edges, page), picture)
        longer = add_truncated_tiles(lattice, page.components, edges)
        yield from (longer, lattice) if longer else (lattice,)


def _cut_from(block: Box, picture: Picture, page: Page) -> Iterator[Lattice]:
    """Lattices of tiles that fill a block, each also with further tiles beside or below the block."""
    edges = picture.edges
    for part in dict.fromkeys((block, tightened(block, edges), cored(block, page.mask))):
        for lattice in cut(part, edges, page.mask):
            yield lattice
            # A shorter last row may stand apart from the block, beside or below it.
            longer = complete(_pitch(lattice), [list(row) for row in lattice.rows], edges, page)
            yield add_hidden_tiles(longer, picture)


def _pitch(lattice: Lattice) -> Pitch:
    first = lattice.whole
    return Pitch(first.width, first.height, first.width + lattice.gap[0], first.height + lattice.gap[1])
