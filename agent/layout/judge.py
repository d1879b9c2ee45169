"""Whether a lattice, by its features, is a gallery rather than any other grid, and how good a one."""

from __future__ import annotations

import numpy as np

from agent.layout.lattice import ASPECTS
from agent.layout.score import Features

LIFE = 2.4
"""Least median entropy of tiles with video (bits); text and drawings have less than 2."""
CAPTIONED = 0.5
"""Part of the cells with video from which captions below pictures make them a page of photos; one caption
below one of two pictures does not."""
PANELS = 0.6
"""Part of the cells with a flat margin from which they are charts or texts, unless names say otherwise."""
NAMED = 0.6
NAMELESS_LIFE = 2.6
"""The same as LIFE where no names stand: coloured bars in the days of a calendar have 2.5."""
TINY, MANY = 42, 20
"""Pixels of the shorter side under which fewer cells than MANY without names are buttons or portraits in a
list: tiles of 80x45 are those of a page of 49."""
SMALL = 100
"""Pixels of the shorter side of tiles that may stand far apart for their size, also without names."""

SHAPES = (16 / 9, 4 / 3, 1.0, 3 / 4, 9 / 16)
"""Width over height of the video that programs show."""
LEAST_AREA = 0.08
"""Part of the picture that cells must cover which any block of pictures can be cut into."""
SINGLE = 0.1
"""Part of the picture from which a rectangle with text in it may be the only tile."""
UNNAMED_AREA = 0.15
"""Part of the picture that cells must cover of which not most have names: thumbnails beside a film, photos in
a post, profiles in a list cover less; of 364 drawn meetings those without names cover half and more."""
ALL_NAMED = 0.8
WEAK = 0.5
"""Part of the sides of each row of touching cells that must show, whatever is written in them: in cells of 26
pixels every list of files has names, but not the sides of tiles."""


def is_gallery(found: Features) -> bool:  # noqa: PLR0911
    """Whether a lattice with these features is a gallery of video tiles, by the picture alone."""
    if not found.video or found.variety < LIFE or not ASPECTS[0] <= found.aspect <= ASPECTS[1]:
        return False
    if found.cells == 1:
        usual = _usual(found.aspect, 0.05) and found.aspect > 0.7
        drawn = found.sides == 1 and found.rim == 0 and not found.merged and not found.nested
        return usual and drawn and SINGLE < found.area < 0.95 and found.labels > 0 and not found.captioned
    if found.merged or _of_something_else(found):
        return False
    # Names say that cells are tiles whose sides are hard to see: in most of them, not in some.
    if found.sides < (0.55 if found.labels >= 0.8 else 0.65) or found.purity < 0.6 or found.caption > 0.012:
        return False
    if found.cells < 4 and found.gap == 0 and (found.video < found.cells or found.labels < 0.5):
        return False
    if found.cells < 4 and (
        found.sides < 0.85 or found.purity < 0.75 or (found.gap == 0 and found.rim > 0.3)
    ):
        return False
    if _by_chance(found):
        return False
    if found.gap > 0.12 and found.purity < 0.88:
        # Wide gaps with things in them: the captions of a page of photos.
        return False
    if found.area > 0.9 and (found.labels < 0.5 or found.sides < 0.8):
        return False
    return found.gap <= 0.42 and found.uneven <= 0.1 and found.foreign <= 0.15


def _of_something_else(found: Features) -> bool:
    """Whether the cells hold pairs of photos, pictures with captions, or charts."""
    charts = found.panels >= PANELS and found.labels < NAMED
    captions = found.captioned >= CAPTIONED and found.captioned * found.video > 1
    return found.nested >= 0.5 or captions or charts


def _by_chance(found: Features) -> bool:
    """Whether equal pictures, or equal parts of one, may stand so without being tiles."""
    # Few pictures of no video's shape, with margins, whatever text is in them.
    few = found.cells < 4 and found.rim > 0.15 and not _usual(found.aspect, 0.05)
    small = found.labels < NAMED and found.area < UNNAMED_AREA
    return (
        few
        or small
        or (found.gap == 0 and _any_block(found))
        or (found.labels < 0.3 and _nameless_chance(found))
    )


def _nameless_chance(found: Features) -> bool:
    """Whether cells without names stand so badly in the picture that chance may have put them there."""
    if found.sides < 0.7 or found.weakest < 0.65 or found.variety < NAMELESS_LIFE:
        return True
    if found.shorter < TINY and found.cells < MANY:
        return True
    # Photos on a slide stand further apart, and a line of text may follow that is no caption elsewhere.
    apart = found.gap > 0.1 and found.shorter >= SMALL
    few = found.cells < 4 and (found.caption > 0 or not _usual(found.aspect, 0.05))
    return few or (found.cells < 12 and apart)


def _any_block(found: Features) -> bool:
    """Whether cells without a gap could be equal parts of anything: of a picture, of photos with words below.

    Photos on white on a white page seem to touch each other, too.
    """
    usual = _usual(found.aspect, 0.04)
    if found.weakest < WEAK:
        return True
    if found.labels >= ALL_NAMED:
        # People before dark walls have flat rims, too, but not all sides of their tiles are seen by chance.
        return not usual and (found.sides < 0.9 or (found.rim > 0.15 and found.sides < 1))
    return not usual or found.area < LEAST_AREA or found.sides < 0.8 or found.rim > 0.3


def _usual(aspect: float, slack: float) -> bool:
    return any(abs(aspect / shape - 1) < slack for shape in SHAPES)


def is_dark_page(found: Features) -> bool:
    """Whether a lattice looks like tiles that all have their camera off; many a dialog does too."""
    usual = _usual(found.aspect, 0.03) and found.aspect > 0.7
    spaced = found.cells == 1 or 0 < found.gap <= 0.42
    drawn = found.sides >= 0.98 and found.purity >= 0.9 and found.caption == 0 and found.uneven <= 0.1
    return (
        usual
        and spaced
        and drawn
        and not found.video
        and not found.merged
        and found.labels >= 0.7
        and 0.02 < found.area < 0.95
        and found.foreign <= 0.15
    )


def is_certain(found: Features) -> bool:
    """Whether a gallery is drawn so clearly that no other colour of the page needs to be tried."""
    # Video between bars has flat sides too, which a second search at twice the time would not change.
    perfect = found.sides >= 0.97 and found.purity >= 0.97 and found.labels >= 0.8 and found.cells >= 6
    clear = found.sides >= 0.9 and found.purity >= 0.9 and found.labels >= 0.6
    drawn = (
        clear
        and found.rim < (0.25 if perfect else 0.1)
        and found.cells >= 4
        and found.video * 2 >= found.cells
    )
    return (drawn or _few_but_perfect(found)) and found.gap > 0 and found.area >= 0.2


def _few_but_perfect(found: Features) -> bool:
    """Whether two to five tiles are drawn without a fault: trying every colour would take 1 to 3 s."""
    return (
        found.cells >= 2
        and found.video == found.cells
        and min(found.sides, found.purity, found.labels) >= 0.99
        and max(found.foreign, found.caption, found.nested, found.captioned) == 0
        and found.rim <= 0.25
        and _usual(found.aspect, 0.03)
    )


def rank(found: Features) -> float:
    """Orders the galleries found in one picture: the more tiles, area and life, the higher."""
    life = min(max((found.variety - LIFE + 0.2) / 1.2, 0.02), 1.0) * (0.3 + 0.7 * found.video / found.cells)
    single = 0.1 if found.cells == 1 else 1.0
    # Touching tiles are also what a window of spaced ones looks like when it is cut into equal parts.
    tight = (1 - found.rim) * (1.0 if found.gap else 0.8)
    return (
        float(np.sqrt(found.cells))
        * found.area
        * found.sides
        * life
        * single
        * tight
        * (0.5 + found.labels / 2)
    )
