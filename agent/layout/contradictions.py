"""Finds marks of a page of photos that no gallery has, beside and across a lattice."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from agent.colour_distance import colour_distance
from agent.layout.cell_evidence import BORDER, sides_seen
from agent.layout.contents import Contents
from agent.layout.edges import Edges
from agent.layout.label import NAMELESS, names_shown
from agent.layout.lattice import Lattice, same_size
from agent.layout.picture import Picture
from agent.layout.scrolling import in_call, scrolls_off
from agent.values import Box, Pixels

CROSSED = 0.3
"""Minimum share of cells crossed by other pictures at which the cells are no tiles; a menu covers one or
two."""
INSIDE = 0.9
"""Minimum share of a box inside another one at which it counts as inside."""
CROWDED = 0.5
"""Minimum share of cells with several pictures inside at which the cells are parts of a wall of photos."""
STRAYS = 0.5
"""Maximum number of components of the tiles' size beside the lattice, as a share of its cells; more are rows
of films or pages of cards. A gallery has none."""
NAMELESS_STRAYS = 0.25
"""The same where hardly any cell has a name: photos, some of which were not separated from their row."""
ROW = 3
"""Minimum number of equal pictures in a row inside a cell that make it a page; camera video shows none."""
FOOTED = 0.5
"""Minimum share of cells with a footer at which they are cards."""
FOOTER = 0.1
"""Minimum height of a footer, as a share of the cell's: a card has its text there, a tile has its name on the
video. One line of text below a portrait takes 0.1 to 0.17."""
PAPER = 0.3
"""Minimum share of paper in a row of pixels, also where a bold headline stands."""
SHEET = 0.7
"""Minimum share of paper in a footer."""
PAPER_LEVELS = 4
"""Maximum difference in levels between paper and its colour next to compressed text."""
UPRIGHT = 0.8
"""Width over height below which a cell with a name may be a portrait on a page that scrolls."""
ALONE = 16
"""Shorter side of a single picture over the maximum gap to others on the same wall of photos."""
FEW = 4
"""Minimum number of cells with names beside which pictures of other sizes are unrelated; fewer may be any
pictures."""


def contradicted(lattice: Lattice, labels: float, picture: Picture, components: Sequence[Box]) -> bool:
    """Whether something in a picture shows that a lattice in it is no gallery.

    ``labels`` is the share of its cells with a name; ``components`` are those on any page that was tried.
    """
    edges = picture.edges
    ordered = sorted(set(components), key=lambda box: (box.top, box.left))
    count = len(lattice.boxes)
    around = neighbours(lattice, ordered, edges)
    walled = around >= max(STRAYS * count, 2) and (count < FEW or not names_shown(labels))
    nameless = labels < NAMELESS
    called = in_call(lattice, picture.contents)
    upright = lattice.whole.width < UPRIGHT * lattice.whole.height
    part, least = (NAMELESS_STRAYS, 1) if nameless else (STRAYS, 2)
    return (
        strays(lattice, ordered, edges.height) > max(part * count, least)
        or walled
        or around > count
        or ((nameless or upright) and goes_on(lattice, ordered, edges.height))
        or (nameless and sections(lattice, ordered, edges.height))
        or (widened(lattice, ordered, edges) and not called)
        or scrolls(lattice, ordered, edges.height)
        or scrolls_off(lattice, picture.contents, upright=upright)
        or (cards(lattice, picture.contents) and not called)
        or crossed(lattice, ordered, edges) >= CROSSED
        or crowded(lattice, ordered, edges) >= CROWDED
    )


def crossed(lattice: Lattice, components: Sequence[Box], edges: Edges) -> float:
    """The share of cells crossed by other pictures that are drawn with four sides."""
    found: set[int] = set()
    drawn: dict[Box, bool] = {}
    for index, cell in enumerate(lattice.boxes):
        for component in components:
            shared = cell.intersection(component)
            if shared < 0.1 * min(cell.area, component.area) or not 0.3 <= component.area / cell.area <= 4:
                continue
            if shared >= INSIDE * min(cell.area, component.area):
                continue
            if component not in drawn:
                drawn[component] = _has_sides(component, edges)
            if drawn[component]:
                found.add(index)
                break
    return len(found) / len(lattice.boxes)


def _has_sides(component: Box, edges: Edges) -> bool:
    """Whether all four sides of a component stand out or lie on the picture's border."""
    return sides_seen(component, edges) == 4


def strays(lattice: Lattice, components: Sequence[Box], height: int) -> int:
    """Number of components outside the lattice that have the size of its cells.

    ``height`` is the picture's. Where its upper or lower edge cuts the lattice, components up to twice as
    high as the cells count too.
    """
    first, inner = lattice.whole, lattice.bounds
    slack = max(2, first.width // 40), max(2, first.height // 40)
    cut = inner.top <= 1 or inner.bottom >= height - 1

    def same(component: Box) -> bool:
        high = abs(component.height - first.height) <= slack[1]
        high = high or (cut and first.height < component.height <= 2 * first.height)
        return high and abs(component.width - first.width) <= slack[0]

    alike = [component for component in components if same(component)]
    outside: list[Box] = []
    for component in alike:
        if not any(component.intersection(box) for box in chain(lattice.boxes, outside)):
            outside.append(component)
    return len(outside)


def neighbours(lattice: Lattice, components: Sequence[Box], edges: Edges) -> int:
    """Number of pictures of other sizes that are as close to the lattice as its cells are to each other."""
    first = lattice.whole
    # The distance to the pictures beside a single one is unknown.
    alone = len(lattice.boxes) == 1
    inner = lattice.bounds
    reach = BORDER + (min(first.width, first.height) // ALONE if alone else max(lattice.gap))
    size = inner.width + 2 * reach, inner.height + 2 * reach
    around = Box(inner.left - reach, inner.top - reach, *size)
    found: list[Box] = []
    for component in components:
        if not 0.3 <= component.area / first.area <= 3 or not component.intersection(around):
            continue
        if not any(component.intersection(box) for box in chain(lattice.boxes, found)) and _has_sides(
            component, edges
        ):
            found.append(component)
    return len(found)


def crowded(lattice: Lattice, components: Sequence[Box], edges: Edges) -> float:
    """The share of cells filled by several pictures that are each drawn with four sides."""

    def holds(cell: Box) -> bool:
        inside: list[Box] = []
        for component in sorted(components, key=lambda box: -box.area):
            fits = (
                0.1 * cell.area <= component.area <= 0.7 * cell.area
                and cell.intersection(component) == component.area
            )
            if fits and not any(component.intersection(o) for o in inside) and _has_sides(component, edges):
                inside.append(component)
        full = len(inside) > 1 and sum(box.area for box in inside) >= 0.5 * cell.area
        return full or _row_in(cell, components, edges)

    return float(np.mean([holds(cell) for cell in lattice.boxes]))


def _row_in(cell: Box, components: Sequence[Box], edges: Edges) -> bool:
    """Whether a cell holds a row of three equal pictures drawn with four sides, so that it is a page."""
    inside = [
        component
        for component in components
        if 0.02 * cell.area <= component.area < 0.5 * cell.area
        and cell.intersection(component) == component.area
    ]
    for group in same_size(inside):
        drawn = [box for box in group if len(group) >= ROW and _has_sides(box, edges)]
        for first in drawn:
            row = [box for box in drawn if abs(box.top - first.top) <= 3 and not box.intersection(first)]
            if len({box.left for box in row}) >= ROW - 1:
                return True
    return False


def widened(lattice: Lattice, components: Sequence[Box], edges: Edges) -> bool:
    """Whether half of the rows continue beside the lattice, close to it, with pictures of their height.

    Such rows are films of which the screen cuts off the last ones; the others alone are no gallery.
    """
    first, inner = lattice.whole, lattice.bounds
    reach = first.height // 8

    def beside(row: Sequence[Box], component: Box) -> bool:
        gap = max(inner.left - component.right, component.left - inner.right)
        level = abs(component.top - row[0].top) <= 3 and abs(component.height - row[0].height) <= 3
        return (
            0 <= gap <= reach
            and level
            and component.width <= 4 * first.width
            and _has_sides(component, edges)
        )

    count = sum(any(beside(row, component) for component in components) for row in lattice.rows)
    return count >= max(2, len(lattice.rows) / 2)


def sections(lattice: Lattice, components: Sequence[Box], height: int) -> bool:
    """Whether a block as wide as the lattice and a whole number of its rows high stands above or below it.

    Such blocks are photos under a heading each, in which no photo was separated from its row.
    """
    inner, first = lattice.bounds, lattice.whole
    slack = max(4, first.height // 20)
    pitch = first.height + lattice.gap[1]

    def section(component: Box) -> bool:
        same = abs(component.left - inner.left) <= slack and abs(component.right - inner.right) <= slack
        rows = max(round((component.height + lattice.gap[1]) / pitch), 1)
        whole = abs(component.height - (rows * pitch - lattice.gap[1])) <= 1.5 * slack
        return same and whole and not component.intersection(inner) and component.height < height / 2

    return any(section(component) for component in components)


def goes_on(lattice: Lattice, components: Sequence[Box], height: int) -> bool:
    """Whether a cut row in the same columns follows the last row or precedes the first one.

    The row is cut short by something else, or by the edge of the picture at any distance.
    """
    # The gap below a single row is unknown; it is about that beside its cells.
    reach = (lattice.gap[1] if len(lattice.rows) > 1 else max(lattice.gap)) + BORDER
    if min(row[0].height for row in lattice.rows) < 0.95 * lattice.whole.height:
        return True

    def cut(cell: Box, component: Box) -> bool:
        below, above = component.top - cell.bottom, cell.top - component.bottom
        near = 0 <= below <= reach or 0 <= above <= reach
        near = near or (below >= 0 and component.bottom >= height - 1) or (above >= 0 and component.top <= 1)
        return near and component.height < 0.95 * cell.height

    return _in_columns(lattice, components, cut, 2)


def scrolls(lattice: Lattice, components: Sequence[Box], height: int) -> bool:
    """Whether the picture's edge cuts a row in the same columns, further away than the next row would be.

    Such rows are films with a heading above each; in the cropped picture of a gallery all rows are equally
    far apart.
    """
    reach = lattice.gap[1] + BORDER

    def cut(cell: Box, component: Box) -> bool:
        below, above = component.top - cell.bottom, cell.top - component.bottom
        return (below > reach and component.bottom >= height - 1) or (above > reach and component.top <= 1)

    return _in_columns(lattice, components, cut, 3)


def _in_columns(
    lattice: Lattice, components: Sequence[Box], cut: Callable[[Box, Box], bool], fewest: int
) -> bool:
    """Whether components form a cut row in the columns of the first or last row.

    At least ``fewest`` columns, and half of the row's, must hold such a component. ``cut`` tells for a cell
    and a component in its column whether the component belongs to a cut row. Tiles of the lattice do not
    count: the edge of a cropped screenshot cuts its rows too.
    """
    components = [one for one in components if not any(one.intersection(box) for box in lattice.boxes)]
    for row in (lattice.rows[0], lattice.rows[-1]):
        count = sum(
            any(
                abs(component.left - cell.left) <= 3
                and abs(component.right - cell.right) <= 3
                and cut(cell, component)
                for component in components
            )
            for cell in row
        )
        if count >= max(fewest, len(row) / 2):
            return True
    return False


def cards(lattice: Lattice, contents: Contents) -> bool:
    """Whether most cells with video have paper with text below the picture, and no such bar above it."""
    on = [box.of(contents.pixels) for box in lattice.boxes if contents.camera_on(box)]
    return bool(on) and float(np.mean([_has_footer(tile) for tile in on])) >= FOOTED


def _has_footer(tile: Pixels) -> bool:
    """Whether the lower part of a tile has one flat colour, apart from text, and the upper part does not."""
    side = max(tile.shape[1] // 12, 3)
    inner = tile[:: max(tile.shape[0] // 96, 1), side:-side].astype(np.int16)
    end = len(inner) - max(len(inner) // 25, 1)
    colour = np.median(inner[end - max(len(inner) // 12, 1) : end].reshape(-1, 3), axis=0)
    paper: NDArray[np.float64] = (colour_distance(inner, colour) <= PAPER_LEVELS).mean(axis=1)
    footer = paper[int((1 - FOOTER) * len(paper)) : end]
    above = paper[: int(FOOTER * len(paper))].mean()
    return bool((footer >= PAPER).mean() >= 0.9 and footer.mean() >= SHEET and above < footer.mean() / 2)
