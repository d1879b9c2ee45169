"""One pass of the search for tiles: tries lattices on each possible page, then refines the best."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import chain

import numpy as np

from agent.layout.captions import Captions
from agent.layout.cell_evidence import STANDS_OUT
from agent.layout.choice import Candidate, likeliest
from agent.layout.clear_gallery import is_certain
from agent.layout.compression_grid import is_grid
from agent.layout.contradictions import contradicted
from agent.layout.drawn_grids import bare_page, drawn_grids, is_drawn_gallery, on_page, shows_between
from agent.layout.edge_refinement import refine_edges
from agent.layout.edges import Edges
from agent.layout.filled_rows import with_filled_rows
from agent.layout.framed_pages import fills
from agent.layout.gallery_rank import rank
from agent.layout.gallery_rules import VAGUE, is_dark_page, is_gallery
from agent.layout.label import names_shown
from agent.layout.lattice import Lattice
from agent.layout.lattice_features import Features, features, plausible, purity
from agent.layout.lone_tile import lone_tile
from agent.layout.page import Page
from agent.layout.picture import Picture
from agent.layout.search_profile import COARSE, EXACT, HAIRLINES, PHOTO, SearchProfile, pages
from agent.layout.self_view import with_self_view
from agent.layout.speaker_view import is_staged, stage
from agent.layout.strips import joined, mixed, stacked
from agent.layout.suggestions import suggested
from agent.values import Box

CERTAIN = 1e6
"""Rank of a gallery that is so clear that no other is tried."""
LONE = 1e-4
"""Rank of the only tile of a call, which is taken where nothing else is found."""
MORE = 0.5
"""Minimum share of cells with visible sides in the next row or column at which more tiles may stand there."""
WELL_DRAWN, AGAIN = 0.8, 12
"""Minimum share of the sides that shows, and maximum number, of the refused lattices that are tried again."""


@dataclass(slots=True)
class Earlier:
    """What earlier passes over the same picture found, for the pass for HAIRLINES.

    - ``refused``: lattices between whose well drawn cells is no page of one colour.
    - ``components``: those on any page that was tried.
    """

    refused: list[Candidate] = field(default_factory=list)
    components: list[Box] = field(default_factory=list)

    def likeliest_refused(self) -> list[Lattice]:
        """The refused lattices of the highest ranks, without repetition."""
        ordered = sorted(self.refused, key=lambda one: -one.rank)
        return list(dict.fromkeys(one.lattice for one in ordered))[:AGAIN]


def best_lattices(
    picture: Picture, profile: SearchProfile, expecting: bool, earlier: Earlier | None = None
) -> list[Candidate]:
    """The likeliest gallery in a picture, then others that share no cell with it.

    Boxes are in the picture's pixels. A gallery that is so clear that no other is tried has rank CERTAIN.
    ``earlier`` collects what the pass for HAIRLINES uses.
    """
    earlier = earlier or Earlier()
    again = earlier.likeliest_refused() if profile is HAIRLINES else []
    candidates: list[Candidate] = []
    blocks: set[Box] = set()
    components = [*earlier.components] if profile is HAIRLINES else []
    for page in pages(picture.pixels, profile):
        captions = Captions(picture.contents, page.colour)
        # What lies in a frame says nothing against the galleries of other pages.
        if page.frame is None:
            components += page.components
            earlier.components += page.components
        # The components on a shaded page that compression broke up have been cut on other pages already.
        whole = page.colour is None and profile is not EXACT
        # Several groups of components suggest the same lattice.
        for lattice in dict.fromkeys(
            chain(suggested(picture, page, None if whole else blocks, compressed=profile is COARSE), again)
        ):
            found = _measured(lattice, picture, page, components, profile)
            if found is None:
                continue
            candidate = Candidate(rank(found), lattice, found.labels)
            if not _is_believed(lattice, found, picture, expecting):
                if found.gap > 0 and found.cells >= HAIRLINES.fewest and found.sides >= WELL_DRAWN:
                    earlier.refused.append(candidate)
            elif profile.certain and is_certain(found) and _ends_search(candidate, picture, components):
                return [replace(candidate, rank=CERTAIN, lattice=_finished(lattice, picture, components))]
            elif not captions.below(lattice):
                candidates.append(candidate)
    return _best_of(candidates, picture, components, profile)


def drawn_in_photo(picture: Picture, expecting: bool) -> list[Candidate]:
    """``best_lattices`` of the grids that straight lines draw in the straightened photo of a screen."""
    grids = drawn_grids(picture)
    candidates: list[Candidate] = []
    components: list[Box] = []
    for page in pages(picture.pixels, PHOTO) if grids else ():
        captions = Captions(picture.contents, page.colour)
        if page.frame is None:
            components += page.components
        for lattice in dict.fromkeys(on_page(grids, picture, page)):
            found = _measured(lattice, picture, page, components, PHOTO)
            believed = found is not None and _is_believed(lattice, found, picture, expecting)
            if found and believed and not captions.below(lattice):
                candidates.append(Candidate(rank(found), lattice, found.labels))
    return _best_of(candidates, picture, components, PHOTO)


def drawn_without_page(picture: Picture) -> list[Candidate]:
    """``best_lattices`` of the grids between whose cells no page shows, as on a wallpaper."""
    candidates: list[Candidate] = []
    for grid in drawn_grids(picture):
        page = bare_page(grid.lattice, picture)
        found = _measured(grid.lattice, picture, page, page.components, COARSE)
        if found and is_drawn_gallery(found):
            candidates.append(Candidate(rank(found), grid.lattice, found.labels))
    # Most pictures have no such grid: looking for their pages first took 0.7 s more.
    for page in pages(picture.pixels, COARSE) if candidates else ():
        candidates = [one for one in candidates if not shows_between(one.lattice, page)]
    return _best_of(candidates, picture, (), COARSE)


def _measured(
    lattice: Lattice, picture: Picture, page: Page, components: Sequence[Box], profile: SearchProfile
) -> Features | None:
    """The features of a lattice suggested on a page; None for one that cannot be a gallery.

    ``components`` are those on any page so far, without those that only a frame separates.
    """
    if len(lattice.boxes) < profile.fewest:
        return None
    frame = page.frame
    if frame and not fills(lattice, page.mask, frame, in_call=_in_call(lattice, picture)):
        return None
    edges = picture.edges
    if not plausible(lattice, edges, page.mask, profile.least) or is_grid(lattice, edges):
        return None
    if profile is HAIRLINES and purity(lattice, page.mask) < VAGUE.purity:
        return None
    if mixed(lattice) and joined(lattice, page.mask):
        return None
    found = features(lattice, picture, page, components)
    # Photos of many shapes stand in such rows too, but without names.
    return found if not mixed(lattice) or names_shown(found.labels) else None


def _is_believed(lattice: Lattice, found: Features, picture: Picture, expecting: bool) -> bool:
    """Whether a lattice with these features is a gallery, also one without video where that may be."""
    return (
        is_gallery(found)
        or (expecting and is_dark_page(found))
        or (
            _in_call(lattice, picture)
            and (is_gallery(found, in_call=True) or is_dark_page(found, in_call=True))
        )
    )


def _ends_search(one: Candidate, picture: Picture, components: Sequence[Box]) -> bool:
    """Whether nothing beside or across a clearly drawn gallery suggests that another one is right."""
    return (
        not stacked(one.lattice)
        and _alone(one.lattice, picture.edges)
        and not contradicted(one.lattice, one.labels, picture, components)
    )


def _best_of(
    candidates: Sequence[Candidate], picture: Picture, components: Sequence[Box], profile: SearchProfile
) -> list[Candidate]:
    """The likeliest candidates, refined to the pixel; for a stage, the strip beside it."""

    # The choice asks of one candidate up to three times.
    @cache
    def denied(one: Candidate) -> bool:
        # Only now are all components known that may lie across the lattice.
        return contradicted(one.lattice, one.labels, picture, components)

    def strip_of(one: Candidate) -> Lattice:
        if len(one.lattice.boxes) > 1:
            return one.lattice
        staged = [
            other.lattice
            for other in candidates
            if is_staged(other.lattice, one.lattice.whole, components, picture) and not denied(other)
        ]
        return max(staged, key=lambda strip: len(strip.boxes), default=one.lattice)

    found = likeliest(candidates, denied, snugly=profile.snugly)
    if not found and (lone := lone_tile(components, picture)):
        found = [Candidate(LONE, lone, 1.0)]
    return [replace(one, lattice=_finished(strip_of(one), picture, components)) for one in found]


def _in_call(lattice: Lattice, picture: Picture) -> bool:
    """Whether the bar with the controls of a call stands beside a lattice, over none of its cells."""
    return any(
        bar.serves(lattice.bounds) and not any(box.intersection(bar.button) for box in lattice.boxes)
        for bar in picture.contents.call_bars()
    )


def _finished(lattice: Lattice, picture: Picture, components: Sequence[Box]) -> Lattice:
    """A lattice refined to the pixel, with its stage and with the names found in the unrefined boxes.

    ``components`` are those on any page that was tried.
    """
    refined = refine_edges(lattice, picture.edges)
    # The names are looked for in the unrefined boxes, which other candidates share.
    unrefined = dict(zip(refined.boxes, lattice.boxes, strict=True))
    filled = with_filled_rows(refined, components, picture)
    named = tuple(picture.contents.has_label(unrefined.get(box, box)) for box in filled.boxes)
    in_call = _in_call(lattice, picture)
    found = replace(filled, named=named, in_call=in_call, stage=stage(lattice, components, picture))
    return with_self_view(found, components, picture)


def _alone(lattice: Lattice, edges: Edges) -> bool:
    """Whether no tiles stand where one more row or column would be.

    On a shaded page the rest of the tiles may show only with another page colour, and reactions may join
    tiles.
    """
    across, down = lattice.whole.width + lattice.gap[0], lattice.whole.height + lattice.gap[1]
    for cells in (
        [row[0].shifted(-across, 0) for row in lattice.rows],
        [row[-1].shifted(across, 0) for row in lattice.rows],
        [box.shifted(0, -down) for box in lattice.rows[0]],
        *([box.shifted(half, down) for box in lattice.rows[-1]] for half in (0, across // 2, -across // 2)),
    ):
        inside = [cell for cell in cells if cell == cell.clipped(edges.width, edges.height)]
        seen = [sum(side >= STANDS_OUT for side in edges.sides(cell)) >= 3 for cell in inside]
        if inside and np.mean(seen) >= MORE:
            return False
    return True
