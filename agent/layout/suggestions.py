"""Suggests lattices on one page: fitted to equal components, or cut from blocks of touching tiles."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from agent.layout.edge_refinement import refine_edges
from agent.layout.edges import Edges
from agent.layout.lattice import Lattice, Pitch, complete, fit, same_size
from agent.layout.merged_blocks import merge_blocks
from agent.layout.page import Page
from agent.layout.picture import Picture
from agent.layout.seams import cored, cut, next_to, tightened
from agent.layout.side_panel import without_panel
from agent.layout.strips import strips
from agent.layout.truncated_tiles import add_hidden_tiles, add_truncated_tiles
from agent.values import Box

GROUPS = 8
"""Maximum number of groups of equal rectangles that are tried for each page."""
FEW = 5
"""Maximum number of cells from which further ones are looked for once more. A page of 15 portraits passed for
a gallery once the last of them was found beside 14."""
LEAST_BLOCK = 0.03
"""Minimum share of the picture that a block of touching tiles covers."""


def suggested(
    picture: Picture, page: Page, blocks: set[Box] | None, *, compressed: bool = False
) -> Iterator[Lattice]:
    """Lattices suggested by the components on one page; several of them may suggest the same one.

    ``blocks`` collects the blocks that were cut, so that each is cut only once for all pages. With None, no
    block is cut.
    """
    yield from strips(page.components)
    yield from _fitted(picture, page, compressed)
    if blocks is None:
        return
    least = LEAST_BLOCK * picture.edges.width * picture.edges.height
    for block in (*page.components, *merge_blocks(page.components)):
        if block.area >= least and block not in blocks:
            blocks.add(block)
            yield from _cut_from(block, picture, page, compressed)


def _fitted(picture: Picture, page: Page, compressed: bool) -> Iterator[Lattice]:
    """Lattices of which equal components are tiles, each with and without the tiles that are cut off."""
    edges = picture.edges
    groups = same_size(page.components)
    several = [group for group in groups if len(group) > 1][:GROUPS]
    single = [group for group in groups if len(group) == 1][:GROUPS]
    lonely = [(pitch, [group]) for group in single if (pitch := next_to(group[0], page.mask))]
    for fitted in chain((fit(group) for group in several + single), lonely):
        found = complete(*fitted, edges, page)
        yield from _with_others(found, picture, page)
        if compressed:
            yield from _again(found, picture, page)


def _again(found: Lattice, picture: Picture, page: Page) -> Iterator[Lattice]:
    """A lattice of more cells where those of ``found`` were fitted to what compression had made of tiles.

    Components are then up to 7 pixels too large, and a cell a few tiles on misses the sides of its tile.
    """
    if 1 < len(found.boxes) <= FEW and min(found.gap) > 0:
        again = complete(*fit(_sharpened(found, picture.edges)), picture.edges, page)
        if len(again.boxes) > len(found.boxes):
            yield from _with_others(again, picture, page)


def _sharpened(lattice: Lattice, edges: Edges) -> list[Box]:
    """The cells with the sides of each row and of each column where the picture changes most."""

    def refined(line: Lattice) -> dict[Box, Box]:
        return dict(zip(line.boxes, refine_edges(refine_edges(line, edges), edges).boxes, strict=True))

    columns: dict[int, list[Box]] = {}
    for box in lattice.boxes:
        columns.setdefault(box.left, []).append(box)
    across: dict[Box, Box] = {}
    for column in columns.values():
        across |= refined(Lattice(tuple((box,) for box in column), lattice.gap))
    down: dict[Box, Box] = {}
    for row in lattice.rows:
        down |= refined(Lattice((row,), lattice.gap))
    return [
        Box(across[box].left, down[box].top, across[box].width, down[box].height) for box in lattice.boxes
    ]


def _with_others(found: Lattice, picture: Picture, page: Page) -> Iterator[Lattice]:
    """A lattice with the tiles that something lies over and, before it, that with those that are cut off."""
    lattice = add_hidden_tiles(found, picture)
    longer = add_truncated_tiles(lattice, page.components, picture.edges)
    yield from (longer, lattice) if longer else (lattice,)


def _cut_from(block: Box, picture: Picture, page: Page, compressed: bool) -> Iterator[Lattice]:
    """Lattices of tiles that fill a block, each also with further tiles beside or below the block."""
    edges = picture.edges
    parts = [block, tightened(block, edges), cored(block, page.mask)]
    if beside := without_panel(block, picture):
        parts += [beside, tightened(beside, edges)]
    for part in dict.fromkeys(parts):
        for lattice in cut(part, edges, page.mask):
            yield lattice
            # A shorter last row may stand apart from the block, beside or below it.
            longer = complete(_pitch(lattice), [list(row) for row in lattice.rows], edges, page)
            yield add_hidden_tiles(longer, picture)
            if compressed:
                yield from _again(longer, picture, page)


def _pitch(lattice: Lattice) -> Pitch:
    first = lattice.whole
    return Pitch(first.width, first.height, first.width + lattice.gap[0], first.height + lattice.gap[1])
