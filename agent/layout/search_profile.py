"""The passes of a search for tiles: which pages each of them tries, and what it accepts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from agent.layout.framed_pages import framed
from agent.layout.hairlines import hairline_pages
from agent.layout.lattice import connected_components
from agent.layout.page import (
    LENS,
    TOLERANCE,
    Mask,
    Page,
    coarse_mask,
    coarse_shaded_pages,
    page_colours,
    page_mask,
    photo_mask,
    shaded_pages,
)
from agent.values import Pixels


@dataclass(frozen=True, slots=True)
class SearchProfile:
    """Parameters of one search pass.

    - ``mask_of``: gives the mask of the page from a picture and the page's colour; None tries no colours.
    - ``apart``: two candidate page colours differ by more than this many levels.
    - ``snugly``: a lattice whose tiles lie snugly inside another's is preferred to that other.
    - ``fewest``: minimum number of tiles.
    - ``shaded``: finds the masks of pages whose colour changes from one side to the other.
    - ``certain``: whether a clearly drawn gallery ends the search.
    - ``least``: minimum share of the picture that the tiles cover.
    - ``steps``: maximum difference in levels between neighbours of one flat colour.
    """

    mask_of: Callable[[Pixels, tuple[int, int, int]], Mask] | None
    apart: int = TOLERANCE
    snugly: bool = False
    fewest: int = 1
    shaded: Callable[[Pixels], Iterable[Mask]] | None = None
    certain: bool = True
    least: float = 0.008
    steps: int = 1


EXACT = SearchProfile(page_mask, shaded=shaded_pages)
COARSE = SearchProfile(coarse_mask, shaded=coarse_shaded_pages, steps=2)
# The surroundings of the screen are a page too; on it a whole window looks like its tiles, only larger. In
# the photo of a spreadsheet, its selection and its window passed for two tiles.
PHOTO = SearchProfile(photo_mask, LENS, snugly=True, fewest=4, certain=False)
HAIRLINES = SearchProfile(None, shaded=hairline_pages, fewest=4, certain=False, least=0.05)


def pages(pixels: Pixels, profile: SearchProfile) -> Iterator[Page]:
    """The pages of a picture, RGB uint8 (H, W, 3), that one pass tries, the likeliest first."""
    if profile.mask_of:
        for colour in page_colours(pixels, profile.apart, profile.steps):
            mask = profile.mask_of(pixels, colour)
            page = Page(mask, connected_components(mask), colour)
            yield page
            yield from framed(page)
    if profile.shaded:
        for mask in profile.shaded(pixels):
            yield Page(mask, connected_components(mask))
