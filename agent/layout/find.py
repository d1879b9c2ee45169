"""Finds the tiles of one picture: tries lattices on each possible page, then checks and refines the best."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import chain

import cv2
import numpy as np

from agent.layout.assembly import assembled, highest
from agent.layout.captions import Captions
from agent.layout.cell_evidence import STANDS_OUT
from agent.layout.choice import Candidate, likeliest
from agent.layout.contents import Contents
from agent.layout.contradictions import contradicted
from agent.layout.edge_refinement import refine_edges
from agent.layout.edges import Edges
from agent.layout.gallery_rank import rank
from agent.layout.gallery_rules import VAGUE, is_certain, is_dark_page, is_gallery
from agent.layout.label import names_shown
from agent.layout.lattice import Lattice, Pitch, complete, connected_components, fit, same_size
from agent.layout.lattice_features import features, plausible, purity
from agent.layout.lone_tile import lone_tile
from agent.layout.merged_blocks import merge_blocks
from agent.layout.page import Mask, flat_pixels
from agent.layout.seams import cored, cut, next_to, tightened
from agent.layout.search_profile import COARSE, EXACT, HAIRLINES, PHOTO, SearchProfile, masks
from agent.layout.self_view import with_self_view
from agent.layout.speaker_view import is_staged, stage
from agent.layout.strips import mixed, stacked, strips
from agent.layout.tilt import Straightened, straightened
from agent.layout.truncated_tiles import add_hidden_tiles, add_truncated_tiles
from agent.values import Box, Layout, Pixels, check_pixels

WORKING_WIDTH = 1920
WORKING_HEIGHT = 1200
"""Maximum width and height in pixels; larger pictures are reduced by a whole factor, so that flat colours
stay exact."""
NOISY = 0.2
"""Minimum share of flat pixels; a picture with fewer is treated as a photo of a screen."""
CERTAIN = 1e6
"""Rank of a gallery that is so clear that no other is tried."""
LONE = 1e-4
"""Rank of the only tile of a call, which is taken where nothing else is found."""
SMALLEST_PICTURE = 48
MORE = 0.5
"""Minimum share of cells with visible sides in the next row or column at which more tiles may stand there."""
WELL_DRAWN, AGAIN = 0.8, 12
"""Minimum share of the sides that shows, and maximum number, of the refused lattices that are tried again."""
GROUPS = 8
"""Maximum number of groups of equal rectangles that are tried for each page."""
LEAST_BLOCK = 0.03
"""Minimum share of the picture that a block of touching tiles covers."""


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


def find_layout(pixels: Pixels, *, expecting: bool = False, compressed: bool = False) -> Layout:
    """Find the tiles of a gallery in a picture, RGB uint8 (H, W, 3); no slots when it shows none.

    ``expecting``: a gallery was on the screen a moment ago. Only then is a gallery accepted that shows no
    video, such as a last page with one participant whose camera is off. ``compressed``: the picture comes
    from a video, whose colours are seldom exact, so the pass with tolerance runs first.

    Raises PictureError for anything that is not such a picture.
    """
    check_pixels(pixels)
    height, width = pixels.shape[:2]
    if min(width, height) < SMALLEST_PICTURE:
        return Layout(width, height)
    factor = max(1, round(max(width / WORKING_WIDTH, height / WORKING_HEIGHT)))
    small = _reduced(pixels, factor)
    # Photos of a monitor and strongly compressed pictures have no exact colours: search again without their
    # noise.
    edges, contents = Edges(small), Contents(small)
    untouched = Straightened(small)
    # In a recorded lesson this takes 0.1 s; the pass with exact colours takes 0.7 s and fails.
    first = best_lattices(contents, edges, COARSE, expecting) if compressed else None
    if first and first[0].rank >= CERTAIN:
        return assembled(pixels, [(first, untouched)], factor)
    earlier = Earlier()
    looks = [(best_lattices(contents, edges, EXACT, expecting, earlier), untouched)]
    if highest(looks) < CERTAIN:
        tilted = straightened(small)
        if tilted.lens is not None:
            denoised = _denoised(tilted.pixels)
            looks.append((best_lattices(Contents(denoised), Edges(denoised), PHOTO, expecting), tilted))
    if highest(looks) < CERTAIN:
        # Denoising is worth its time only for a picture with hardly any flat pixel.
        if float(flat_pixels(small).mean()) < NOISY:
            calm = _denoised(small)
            first = best_lattices(Contents(calm), Edges(calm), COARSE, expecting, earlier)
        elif first is None:
            first = best_lattices(contents, edges, COARSE, expecting, earlier)
        looks.append((first, untouched))
    # In the photo of a screen, the tilt breaks such lines.
    if highest(looks) < CERTAIN and not any(found for found, picture in looks if picture is not untouched):
        looks.append((best_lattices(contents, edges, HAIRLINES, expecting, earlier), untouched))
    return assembled(pixels, looks, factor)


def _reduced(pixels: Pixels, factor: int) -> Pixels:
    if factor == 1:
        return np.ascontiguousarray(pixels)
    height, width = pixels.shape[0] // factor, pixels.shape[1] // factor
    whole = np.ascontiguousarray(pixels[: height * factor, : width * factor])
    return np.asarray(cv2.resize(whole, (width, height), interpolation=cv2.INTER_AREA), np.uint8)


def _denoised(pixels: Pixels) -> Pixels:
    return np.asarray(cv2.medianBlur(pixels, 5), np.uint8)


def best_lattices(
    contents: Contents,
    edges: Edges,
    profile: SearchProfile,
    expecting: bool,
    earlier: Earlier | None = None,
) -> list[Candidate]:
    """The likeliest gallery in a picture, then others that share no cell with it.

    Boxes are in the picture's pixels; ``contents`` and ``edges`` are the picture's. A gallery that is so
    clear that no other is tried has rank CERTAIN. ``earlier`` collects what the pass for HAIRLINES uses.
    """
    pixels = contents.pixels
    earlier = earlier or Earlier()
    again = earlier.likeliest_refused() if profile is HAIRLINES else []
    candidates: list[Candidate] = []
    blocks: set[Box] = set()
    components = [*earlier.components] if profile is HAIRLINES else []
    for mask, colour in masks(pixels, profile):
        captions = Captions(contents, colour)
        page_components = connected_components(mask)
        components += page_components
        earlier.components += page_components
        # The components on a shaded page that compression broke up have been cut on other pages already.
        whole = colour is None and profile is not EXACT
        tried = _hypotheses(page_components, mask, edges, contents, None if whole else blocks)
        # Several groups of components suggest the same lattice.
        for lattice in dict.fromkeys(chain(tried, again)):
            if len(lattice.boxes) < profile.fewest or not plausible(lattice, edges, mask, profile.least):
                continue
            if profile is HAIRLINES and purity(lattice, mask) < VAGUE.purity:
                continue
            found = features(lattice, contents, edges, mask, page_components, components)
            if mixed(lattice) and not names_shown(found.labels):
                # Photos of many shapes stand in such rows too, but without names.
                continue
            believed = (
                is_gallery(found)
                or (expecting and is_dark_page(found))
                or (is_dark_page(found, in_call=True) and _in_call(lattice, contents))
            )
            if not believed:
                if found.gap > 0 and found.cells >= HAIRLINES.fewest and found.sides >= WELL_DRAWN:
                    earlier.refused.append(Candidate(rank(found), lattice, found.labels))
                continue
            if (
                profile.certain
                and is_certain(found)
                and not stacked(lattice)
                and _alone(lattice, edges)
                and not contradicted(lattice, found.labels, contents, edges, components)
            ):
                return [Candidate(CERTAIN, _finished(lattice, contents, edges, components), found.labels)]
            if not captions.below(lattice):
                candidates.append(Candidate(rank(found), lattice, found.labels))
    return _best_of(candidates, contents, edges, components, profile)


def _best_of(
    candidates: Sequence[Candidate],
    contents: Contents,
    edges: Edges,
    components: Sequence[Box],
    profile: SearchProfile,
) -> list[Candidate]:
    """The likeliest candidates, refined to the pixel; for a stage, the strip beside it."""

    # The choice asks of one candidate up to three times.
    @cache
    def denied(one: Candidate) -> bool:
        # Only now are all components known that may lie across the lattice.
        return contradicted(one.lattice, one.labels, contents, edges, components)

    def strip_of(one: Candidate) -> Lattice:
        if len(one.lattice.boxes) > 1:
            return one.lattice
        staged = [
            other.lattice
            for other in candidates
            if is_staged(other.lattice, one.lattice.whole, components, contents, edges) and not denied(other)
        ]
        return max(staged, key=lambda strip: len(strip.boxes), default=one.lattice)

    found = likeliest(candidates, denied, snugly=profile.snugly)
    if not found and (lone := lone_tile(components, contents, edges)):
        found = [Candidate(LONE, lone, 1.0)]
    return [replace(one, lattice=_finished(strip_of(one), contents, edges, components)) for one in found]


def _in_call(lattice: Lattice, contents: Contents) -> bool:
    """Whether the bar with the controls of a call stands beside a lattice, over none of its cells."""
    return any(
        bar.serves(lattice.bounds) and not any(box.intersection(bar.button) for box in lattice.boxes)
        for bar in contents.call_bars()
    )


def _finished(lattice: Lattice, contents: Contents, edges: Edges, components: Sequence[Box]) -> Lattice:
    """A lattice refined to the pixel, with its stage and with the names found in the unrefined boxes.

    ``components`` are those on any page that was tried.
    """
    named = tuple(map(contents.has_label, lattice.boxes))
    found = replace(
        refine_edges(lattice, edges), named=named, stage=stage(lattice, components, contents, edges)
    )
    return with_self_view(found, components, contents, edges)


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


def _hypotheses(
    found: Sequence[Box], mask: Mask, edges: Edges, contents: Contents, blocks: set[Box] | None
) -> Iterator[Lattice]:
    """Lattices suggested by the components ``found`` on one page.

    ``blocks`` collects the blocks that were cut, so that each is cut only once for all pages. With None, no
    block is cut.
    """
    yield from strips(found)
    groups = same_size(found)
    several = [group for group in groups if len(group) > 1][:GROUPS]
    single = [group for group in groups if len(group) == 1][:GROUPS]
    lonely = [(pitch, [group]) for group in single if (pitch := next_to(group[0], mask))]
    for fitted in chain((fit(group) for group in several + single), lonely):
        lattice = add_hidden_tiles(complete(*fitted, edges, mask, found), edges, contents)
        longer = add_truncated_tiles(lattice, found, edges)
        yield from (longer, lattice) if longer else (lattice,)
    if blocks is None:
        return
    for block in (*found, *merge_blocks(found)):
        if block.area >= LEAST_BLOCK * edges.width * edges.height and block not in blocks:
            blocks.add(block)
            for part in dict.fromkeys((block, tightened(block, edges), cored(block, mask))):
                for lattice in cut(part, edges, mask):
                    yield lattice
                    # A shorter last row may stand apart from the block, beside or below it.
                    longer = complete(
                        _pitch(lattice), [list(row) for row in lattice.rows], edges, mask, found
                    )
                    yield add_hidden_tiles(longer, edges, contents)


def _pitch(lattice: Lattice) -> Pitch:
    first = lattice.whole
    return Pitch(first.width, first.height, first.width + lattice.gap[0], first.height + lattice.gap[1])
