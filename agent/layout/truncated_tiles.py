"""Adds tiles that are hard to see: cut off by an edge of the picture, or nearly of the page's colour."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations, islice

from agent.layout.cell_evidence import sides_seen
from agent.layout.edges import Edges
from agent.layout.lattice import Lattice
from agent.layout.picture import Picture
from agent.values import Box

LEAST = 0.35
"""Minimum share of a cut tile that remains: a smaller remainder shows no face."""
WHOLE = 0.95
"""Minimum share of a tile's height at which it counts as whole."""
CUT = 20
"""Maximum part of a tile, one in so many, that the edge may cut off from a cell that is added unseen."""
SLACK = 3
"""Maximum distance in pixels of a tile from its expected place."""


def add_truncated_tiles(lattice: Lattice, components: Sequence[Box], edges: Edges) -> Lattice | None:
    """``lattice`` extended by the tiles that the edges of the picture cut off; None if there are none.

    ``components`` were found on the same page; ``edges`` are the picture's.
    """
    found = [list(_beside(row, lattice.gap[0], components, edges)) for row in lattice.rows]
    rows = _with_whole_columns(found, lattice, edges)
    columns = [box for row in rows for box in row]
    above, below = (_row_at(edge, lattice, columns, components, edges) for edge in (0, edges.height))
    rows = [row for row in (above, *rows, below) if row]
    extended = Lattice(tuple(map(tuple, rows)), lattice.gap)
    if len(extended.boxes) == len(lattice.boxes):
        return None
    apart = not any(a.intersection(b) for a, b in combinations(extended.boxes, 2))
    return extended if apart else None


def add_hidden_tiles(lattice: Lattice, picture: Picture) -> Lattice:
    """``lattice`` with the missing cells at the ends of rows that only cards of the page's colour can fill.

    - A row before the last one is full or centred; the last row may also begin at the left and be short.
    - A row between two full ones is full: cards at both of its ends make it look centred.
    - Where a name stands in the last row, there is a card.
    """
    lattice = _named_ends(lattice, picture)
    rows = [tuple(_filled(row, lattice, picture.edges)) for row in lattice.rows]
    longest = max(rows, key=len)
    for index in range(1, len(rows) - 1):
        between = len(rows[index - 1]) == len(rows[index + 1]) == len(longest)
        if between and len(rows[index]) % 2 == len(longest) % 2:
            top, first = rows[index][0].top, longest[0].top
            rows[index] = tuple(box.shifted(0, top - first) for box in longest)
    return Lattice(tuple(rows), lattice.gap)


def _named_ends(lattice: Lattice, picture: Picture) -> Lattice:
    """``lattice`` with the cells beside its last row, in the columns of the other rows, that hold a name."""
    *above, last = lattice.rows
    if not above:
        return lattice
    left, right = min(row[0].left for row in above), max(row[-1].right for row in above)
    across = lattice.whole.width + lattice.gap[0]
    row = list(last)
    for step in (-across, across):
        while True:
            cell = row[0 if step < 0 else -1].shifted(step, 0)
            inside = left - SLACK <= cell.left and cell.right <= right + SLACK
            cell = cell.clipped(picture.edges.width, picture.edges.height)
            if not inside or not picture.contents.has_label(cell):
                break
            row.insert(0 if step < 0 else len(row), cell)
    return Lattice((*above, tuple(row)), lattice.gap)


def _filled(row: Sequence[Box], lattice: Lattice, edges: Edges) -> Sequence[Box]:
    across = lattice.whole.width + lattice.gap[0]
    before = (row[0].left - min(box.left for box in lattice.boxes)) / across
    after = (max(box.right for box in lattice.boxes) - row[-1].right) / across
    missing = round(abs(before - after))
    if not missing or abs(abs(before - after) - missing) > 0.1:
        return row
    if before < after and row is lattice.rows[-1] and before < 0.25:
        return row
    step, end = (-across, row[0]) if before > after else (across, row[-1])
    cells = [end.shifted(step * count, 0) for count in range(1, missing + 1)]
    # The edge of the picture may cut off a little of them, as of the other rows' tiles.
    most = max(SLACK, lattice.whole.width // CUT)
    if any(cell.left < -most or cell.right > edges.width + most for cell in cells):
        return row
    cells = [cell.clipped(edges.width, edges.height) for cell in cells]
    return [*cells[::-1], *row] if step < 0 else [*row, *cells]


def _beside(row: Sequence[Box], gap: int, components: Sequence[Box], edges: Edges) -> Iterator[Box]:
    """A row with the remainders of tiles at the left and right edge of the picture."""

    def left_over(tile: Box, at_left: bool) -> Iterator[Box]:
        for box in components:
            cut = box.left <= 1 if at_left else box.right >= edges.width - 1
            apart = tile.left - box.right if at_left else box.left - tile.right
            if cut and abs(apart - gap) <= SLACK and _narrower(box, tile):
                yield box

    yield from islice(left_over(row[0], at_left=True), 1)
    yield from row
    yield from islice(left_over(row[-1], at_left=False), 1)


def _with_whole_columns(rows: Sequence[list[Box]], lattice: Lattice, edges: Edges) -> list[list[Box]]:
    """The rows, each with a remainder where most others have one, or where three of its sides are seen.

    The remainder of a dark tile, or one joined to its neighbour, is no component.
    """
    longest = max(lattice.rows, key=len)
    found = list(rows)
    for end in (0, -1):
        new = [row[end] for row, old in zip(rows, lattice.rows, strict=True) if row[end] != old[end]]
        for index, old in enumerate(lattice.rows):
            if not new or rows[index][end] != old[end] or abs(old[end].left - longest[end].left) > SLACK:
                continue
            place = Box(new[0].left, old[end].top, new[0].width, old[end].height)
            if 2 * len(new) >= len(rows) or sides_seen(place, edges) >= 3:
                found[index] = [place, *found[index]] if end == 0 else [*found[index], place]
    return found


def _narrower(box: Box, tile: Box) -> bool:
    in_line = max(abs(box.top - tile.top), abs(box.bottom - tile.bottom)) <= SLACK
    return in_line and LEAST <= box.width / tile.width < 1


def _row_at(
    edge: int, lattice: Lattice, columns: Sequence[Box], components: Sequence[Box], edges: Edges
) -> list[Box]:
    """The row that the upper (``edge`` 0) or lower edge of the picture cuts.

    It lies in the columns of the other rows, or is shifted by half a column as a centred row is.
    """
    first = lattice.whole
    end = lattice.rows[-1][0].bottom + lattice.gap[1] if edge else lattice.rows[0][0].top - lattice.gap[1]
    half = (first.width + lattice.gap[0]) / 2

    def fits(box: Box) -> bool:
        cut, whole = (box.bottom >= edges.height - 1, box.top) if edge else (box.top <= 1, box.bottom)
        if not cut or abs(whole - end) > SLACK or not LEAST <= box.height / first.height < WHOLE:
            return False
        if any(max(abs(box.left - o.left), abs(box.right - o.right)) <= SLACK for o in columns):
            return True
        shifted = abs((box.left - first.left + half / 2) % half - half / 2) <= 2 * SLACK
        return shifted and abs(box.width - first.width) <= SLACK

    return sorted(filter(fits, components), key=lambda box: box.left)
