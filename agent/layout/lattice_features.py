"""Measures how well a lattice is drawn into a picture, and what its cells hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from agent.layout.captions import caption
from agent.layout.cell_evidence import BORDER, STANDS_OUT, surrounded
from agent.layout.cell_texture import lopsided
from agent.layout.edges import Edges
from agent.layout.lattice import ASPECTS, WIDEST, Lattice
from agent.layout.page import Mask, Page
from agent.layout.picture import Picture
from agent.layout.seams import nested
from agent.values import Box

INSIDE = 0.97
"""Minimum share of a cell inside a larger component at which the whole cell counts as inside."""


@dataclass(frozen=True, slots=True)
class Features:
    """The features that tell a gallery from another grid. Shares are 0..1.

    - ``cells``, ``video``: number of cells, and of cells with video.
    - ``area``: share of the picture covered by the cells.
    - ``sides``, ``weakest``: share of sides that stand out, over all cells and in the row with the fewest.
    - ``outer``: share of sides beside which there is no other cell.
    - ``seams``, ``video_sides``: share of the sides between cells, and of the video cells' sides, that show;
      1 where the cells do not touch.
    - ``merged``: most cells hold several equal tiles.
    - ``gap``, ``uneven``: larger gap, and difference of the two gaps; both as a share of ``shorter``.
    - ``shorter``: shorter side of a cell in pixels. ``aspect``: its width over its height.
    - ``purity``: share of the gaps that is page.
    - ``caption``: share of the strip below a typical cell that is not page.
    - ``labels``: share of cells with a name.
    - ``foreign``: area of components that lie half inside the cells, as a share of the cells' area.
    - ``nested``: share of cells with two equal components inside.
    - ``captioned``, ``panels``: share of video cells that end in page at one end, and that have a flat
      margin.
    - ``variety``: median entropy of the video cells in bits.
    - ``rim``: share of the video cells' sides that is flat.
    - ``ragged``: share of the rows above the last that are shorter than the longest row.
    """

    cells: int
    area: float
    sides: float
    weakest: float
    outer: float
    seams: float
    video_sides: float
    merged: bool
    gap: float
    shorter: int
    uneven: float
    purity: float
    caption: float
    labels: float
    foreign: float
    nested: float
    captioned: float
    panels: float
    video: int
    variety: float
    aspect: float
    rim: float
    ragged: float


def support(lattice: Lattice, edges: Edges, mask: Mask) -> float:
    """The share of all sides of the lattice's cells that show, 0..1, as an edge or as the end of the page."""
    seen: list[bool] = []
    for box in lattice.boxes:
        ends = zip(edges.sides(box), surrounded(box, mask), rims(box, mask), strict=True)
        seen += [edge >= STANDS_OUT or (outside >= 0.9 and inside <= 0.3) for edge, outside, inside in ends]
    return float(np.mean(seen)) if seen else 0.0


def rims(box: Box, mask: Mask) -> tuple[float, float, float, float]:
    """The share of page, 0..1, in a three pixel strip just inside the left, top, right and bottom side."""
    inner = mask[box.top : box.bottom, box.left : box.right]
    dy, dx = box.height // 10, box.width // 10
    rows, cols = inner[dy : box.height - dy], inner[:, dx : box.width - dx]
    left, top, right, bottom = (
        float(strip.mean()) if strip.size else 1.0
        for strip in (rows[:, 2:5], cols[2:5], rows[:, -5:-2], cols[-5:-2])
    )
    return left, top, right, bottom


def merged(lattice: Lattice, edges: Edges) -> bool:
    """Whether most cells hold several equal tiles side by side or one above the other."""
    for parts in (2, 3, 4):
        for upright in (True, False):
            lines = [_inner(box, parts, upright, edges) for box in lattice.boxes]
            if np.quantile(lines, 0.2) >= 1.3 and np.median(lines) >= 2:
                return True
    return False


def _inner(box: Box, parts: int, upright: bool, edges: Edges) -> float:
    """How much the weakest of the lines that cut ``box`` into equal parts stands out."""
    found = []
    for part in range(1, parts):
        if upright:
            x = box.left + box.width * part // parts
            found.append(edges.vertical.strength(x, box.top, box.bottom, slack=3))
        else:
            y = box.top + box.height * part // parts
            found.append(edges.horizontal.strength(y, box.left, box.right, slack=3))
    return min(found)


def purity(lattice: Lattice, mask: Mask) -> float:
    """The share of the gaps between neighbouring tiles that is page, 0..1; 1 without gaps."""
    parts: list[float] = []
    for row in lattice.rows:
        for a, b in pairwise(row):
            between = mask[a.top : a.bottom, a.right : b.left]
            if between.size:
                parts.append(_page_between(between.T))
    for upper, lower in pairwise(lattice.rows):
        left, right = max(upper[0].left, lower[0].left), min(upper[-1].right, lower[-1].right)
        between = mask[upper[0].bottom : lower[0].top, left:right]
        if between.size:
            parts.extend([_page_between(between)] * len(lower))
    return float(np.mean(parts)) if parts else 1.0


def _page_between(lines: Mask) -> float:
    """The share of a gap, bool (lines along it, length), that is page.

    Resizing a screenshot mixes all but the middle of a narrow gap with the tiles beside it.
    """
    shares = lines.mean(axis=1)
    return float(shares.max() if len(shares) <= BORDER else shares.mean())


def foreign(lattice: Lattice, page_components: Sequence[Box], edges: Edges) -> float:
    """The area of large components that the cells cut through, as a share of the cells' area.

    A tool bar that touches a tile makes one component of both. A cell inside that component that is drawn
    with four sides does not cut it.
    """
    if lattice.gap == (0, 0):
        return 0.0
    boxes = lattice.boxes
    crossed = 0
    for other in page_components:
        shared = sum(box.intersection(other) for box in boxes)
        comparable = 0.3 <= other.area / lattice.whole.area <= 4
        if not comparable or not 0.1 * other.area < shared < 0.75 * other.area:
            continue
        whole = [box for box in boxes if box.intersection(other) >= INSIDE * box.area]
        joined = sum(box.intersection(other) for box in whole) == shared
        if not joined or any(min(edges.sides(box)) < STANDS_OUT for box in whole):
            crossed += other.area
    return crossed / sum(box.area for box in boxes)


def features(lattice: Lattice, picture: Picture, page: Page, components: Sequence[Box]) -> Features:
    """Measure a lattice that was suggested on one page of a picture.

    ``components`` are those on any page so far.
    """
    edges, contents, mask = picture.edges, picture.contents, page.mask
    boxes = lattice.boxes
    first = lattice.whole
    shorter = min(first.width, first.height)
    gaps = lattice.gap
    on = [box for box in boxes if contents.camera_on(box)]
    # Only touching cells need these two.
    seams = _seams(lattice, edges) if max(gaps) == 0 else []
    video_sides = support(Lattice((tuple(on),), gaps), edges, mask) if max(gaps) == 0 else 1.0
    rows = [support(Lattice((row,), gaps), edges, mask) for row in lattice.rows]
    return Features(
        cells=len(boxes),
        area=sum(box.area for box in boxes) / (edges.width * edges.height),
        sides=sum(share * len(row) for share, row in zip(rows, lattice.rows, strict=True)) / len(boxes),
        weakest=min(rows),
        outer=_outer(lattice),
        seams=float(np.mean(seams)) if seams else 1.0,
        video_sides=video_sides,
        merged=merged(lattice, edges),
        gap=max(gaps) / shorter,
        shorter=shorter,
        uneven=max(abs(gaps[0] - gaps[1]) - 2, 0) / shorter,
        purity=purity(lattice, mask),
        caption=caption(lattice, page),
        labels=float(np.mean([contents.has_label(box) for box in boxes])),
        foreign=foreign(lattice, page.components, edges),
        nested=nested(lattice, components),
        captioned=float(np.mean([lopsided(box, mask) for box in on])) if on else 0.0,
        panels=float(np.mean([contents.has_margin(box) for box in on])) if on else 0.0,
        video=len(on),
        variety=float(np.median([contents.variety(box) for box in on])) if on else 0.0,
        aspect=first.width / first.height,
        rim=float(np.mean([contents.flat_rim(box) for box in on])) if on else 0.0,
        ragged=_ragged(lattice),
    )


def _outer(lattice: Lattice) -> float:
    between = sum(len(row) - 1 for row in lattice.rows) + sum(map(len, lattice.rows[1:]))
    return 1 - between / (2 * len(lattice.boxes))


def _seams(lattice: Lattice, edges: Edges) -> list[bool]:
    """Whether each side between two cells stands out."""
    upright = [edges.sides(right)[0] for row in lattice.rows for _, right in pairwise(row)]
    level = [edges.sides(box)[1] for row in lattice.rows[1:] for box in row]
    return [side >= STANDS_OUT for side in upright + level]


def _ragged(lattice: Lattice) -> float:
    longest = max(map(len, lattice.rows))
    return float(np.mean([len(row) < longest for row in lattice.rows[:-1]])) if len(lattice.rows) > 1 else 0.0


def plausible(lattice: Lattice, edges: Edges, mask: Mask, least: float) -> bool:
    """Whether a lattice is worth measuring: a fast test of shape, size and sides.

    ``least`` is the minimum share of the picture that its cells cover.
    """
    first = lattice.whole
    # Touching tiles are cut from blocks, which can be cut into wide bars of any kind.
    widest = WIDEST if min(lattice.gap) > 0 else ASPECTS[1]
    usual = ASPECTS[0] <= first.width / first.height <= widest
    if not usual or first.area > 0.97 * edges.width * edges.height:
        return False
    return sum(box.area for box in lattice.boxes) >= least * edges.width * edges.height and (
        support(lattice, edges, mask) >= 0.5
    )
