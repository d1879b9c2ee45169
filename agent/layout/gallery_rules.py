"""Whether a lattice, by its features, is a gallery rather than any other grid, and how good a one.

The bounds were chosen on drawn screens, meetings and others: the loosest that let the meetings pass. They are
parts, as ``Features`` tells them, unless another unit stands beside them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from agent.layout.label import NAMELESS, names_shown
from agent.layout.lattice import ASPECTS
from agent.layout.lattice_features import Features

SHAPES = (16 / 9, 4 / 3, 1.0, 3 / 4, 9 / 16)
"""Width over height of the video that programs show."""
LYING = 0.7
"""Width over height from which a cell does not stand upright."""
CLOSE, NEAR, ABOUT = 0.03, 0.04, 0.05
"""How far a cell may be from one of SHAPES, the less where the less else speaks for a meeting."""

LIFE = 2.4
"""Least median entropy of tiles with video (bits); text and drawings have less than 2."""
NAMELESS_LIFE = 2.6
"""The same where no names stand: coloured bars in the days of a calendar have 2.5."""

ALL_NAMED, MANY_NAMED, HALF_NAMED = 0.8, 0.7, 0.5
"""Parts of the cells with a name that take the place of what else does not show."""


@dataclass(frozen=True, slots=True)
class DrawnBounds:
    """How much must show of the cells' ``sides``, and how much of the gaps must be page (``purity``)."""

    sides: float
    purity: float

    def fits(self, found: Features) -> bool:
        """Whether a lattice is drawn so well."""
        return found.sides >= self.sides and found.purity >= self.purity


VAGUE, NAMED = DrawnBounds(0.65, 0.6), DrawnBounds(0.55, 0.6)
"""The least; with ALL_NAMED less: names say that cells are tiles whose sides are hard to see."""
FEW_CELLS = 4
"""Fewer cells than this are drawn by chance more often: they must look like tiles in all."""
OF_FEW = DrawnBounds(0.85, 0.75)
DARK, CLEAR, PERFECT = DrawnBounds(0.98, 0.9), DrawnBounds(0.9, 0.9), DrawnBounds(0.97, 0.97)
FAULTLESS = 0.99
SIDES_OF_ALL, SIDES_OF_BLOCK, SIDES_NAMELESS = 0.8, 0.8, 0.7
"""Least part of the sides that shows: where cells fill the picture, where they touch, and without names."""
SIDES_ODD = 0.9
"""The same of touching cells with names and of no video's shape."""
WEAK, WEAK_NAMELESS = 0.5, 0.65
"""Part of the sides of each row of touching cells that must show, whatever is written in them (in cells of 26
pixels every list of files has names, but not the sides of tiles); of any row without names."""

RIM, RIM_CLEAR, RIM_PERFECT, RIM_BLOCK = 0.15, 0.1, 0.25, 0.3
"""Flat part of the sides of video from which it may be photos with margins: of few cells or with names, in a
gallery that is certain or perfect (video between bars is flat there, too), of cells that touch."""

GAP = 0.42
"""Widest gap between tiles, of the shorter side."""
GAP_PURE, PURE = 0.12, 0.88
"""Gaps wider than this must be pure: captions of a page of photos stand in them."""
GAP_NAMELESS = 0.1
"""Where no names are, wider ones stand between photos on a slide, unless cells are small or many."""
UNEVEN, FOREIGN, CAPTION = 0.1, 0.15, 0.012
"""Most that the gaps may differ, that other things may lie half in cells, and that captions may cover."""

LEAST_AREA = 0.08
"""Part of the picture that cells must cover which any block of pictures can be cut into."""
SINGLE = 0.1
"""Part of the picture from which a rectangle with text in it may be the only tile."""
UNNAMED_AREA = 0.15
"""Part of the picture that cells must cover of which not most have names: thumbnails beside a film, photos in
a post, profiles in a list cover less; of 364 drawn meetings those without names cover half and more."""
CERTAIN_AREA, DARK_AREA = 0.2, 0.02
WHOLE, NEARLY_WHOLE = 0.95, 0.9
"""A window's frame is left over; what covers more may be the picture itself, cut up."""

TINY, MANY = 42, 20
"""Pixels of the shorter side under which fewer cells than MANY without names are buttons or portraits in a
list: tiles of 80x45 are those of a page of 49."""
SMALL, DOZEN = 100, 12
"""Tiles of fewer pixels in their shorter side, or of so many cells, may stand apart without names."""

CAPTIONED = 0.5
"""Part of the cells with video from which captions below pictures make them a page of photos; one caption
below one of two pictures does not."""
NESTED = 0.5
"""Part of the cells with two equal components in them from which they hold pairs of photos."""
PANELS = 0.6
"""Part of the cells with a flat margin from which they are charts or texts, unless names say otherwise."""


def is_gallery(found: Features) -> bool:
    """Whether a lattice with these features is a gallery of video tiles, by the picture alone."""
    if not found.video or found.variety < LIFE or not ASPECTS[0] <= found.aspect <= ASPECTS[1]:
        return False
    if found.cells == 1:
        return _is_single(found)
    return not (found.merged or any(refuses(found) for refuses in REFUSALS))


def _is_single(found: Features) -> bool:
    """Whether the only cell is somebody's video: of a usual shape, drawn in full, with a name in it."""
    usual = _usual(found.aspect, ABOUT) and found.aspect > LYING
    drawn = found.sides == 1 and found.rim == 0 and not found.merged and not found.nested
    return usual and drawn and SINGLE < found.area < WHOLE and found.labels > 0 and not found.captioned


def _of_something_else(found: Features) -> bool:
    """Whether the cells hold pairs of photos, pictures with captions, or charts."""
    charts = found.panels >= PANELS and not names_shown(found.labels)
    captions = found.captioned >= CAPTIONED and found.captioned * found.video > 1
    return found.nested >= NESTED or captions or charts


def _badly_drawn(found: Features) -> bool:
    """Whether too little of the cells shows, or of the gaps is page."""
    least = NAMED if found.labels >= ALL_NAMED else VAGUE
    return not least.fits(found) or found.caption > CAPTION


def _too_few(found: Features) -> bool:
    """Whether there are so few cells that they must be drawn better, and touching ones be all alive."""
    if found.cells >= FEW_CELLS:
        return False
    touching = found.gap == 0
    dead = touching and (found.video < found.cells or found.labels < HALF_NAMED)
    return dead or not OF_FEW.fits(found) or (touching and found.rim > RIM_BLOCK)


def _by_chance(found: Features) -> bool:
    """Whether equal pictures, or equal parts of one, may stand so without being tiles."""
    # Few pictures of no video's shape, with margins, whatever text is in them.
    few = found.cells < FEW_CELLS and found.rim > RIM and not _usual(found.aspect, ABOUT)
    small = not names_shown(found.labels) and found.area < UNNAMED_AREA
    return (
        few
        or small
        or (found.gap == 0 and _any_block(found))
        or (found.labels < NAMELESS and _nameless_chance(found))
    )


def _nameless_chance(found: Features) -> bool:
    """Whether cells without names stand so badly in the picture that chance may have put them there."""
    if found.sides < SIDES_NAMELESS or found.weakest < WEAK_NAMELESS or found.variety < NAMELESS_LIFE:
        return True
    if found.shorter < TINY and found.cells < MANY:
        return True
    # Photos on a slide stand further apart, and a line of text may follow that is no caption elsewhere.
    apart = found.gap > GAP_NAMELESS and found.shorter >= SMALL
    few = found.cells < FEW_CELLS and (found.caption > 0 or not _usual(found.aspect, ABOUT))
    return few or (found.cells < DOZEN and apart)


def _any_block(found: Features) -> bool:
    """Whether cells without a gap could be equal parts of anything: of a picture, of photos with words below.

    Photos on white on a white page seem to touch each other, too.
    """
    usual = _usual(found.aspect, NEAR)
    if found.weakest < WEAK:
        return True
    if found.labels >= ALL_NAMED:
        # People before dark walls have flat rims, too, but not all sides of their tiles are seen by chance.
        return not usual and (found.sides < SIDES_ODD or (found.rim > RIM and found.sides < 1))
    return not usual or found.area < LEAST_AREA or found.sides < SIDES_OF_BLOCK or found.rim > RIM_BLOCK


def _captions_between(found: Features) -> bool:
    """Whether wide gaps have things in them."""
    return found.gap > GAP_PURE and found.purity < PURE


def _picture_cut_up(found: Features) -> bool:
    """Whether cells cover nearly everything without names or without all their sides.

    A desktop with a window in its middle can be cut into six, of which most have some writing in a corner.
    """
    odd = found.area > WHOLE and found.gap == 0 and not _usual(found.aspect, NEAR)
    least = PERFECT.sides if odd else SIDES_OF_ALL
    return found.area > NEARLY_WHOLE and (found.labels < HALF_NAMED or found.sides < least)


def _uneven(found: Features) -> bool:
    """Whether the gaps are too wide or too different, or other things lie across the cells."""
    return not (found.gap <= GAP and found.uneven <= UNEVEN and found.foreign <= FOREIGN)


REFUSALS: tuple[Callable[[Features], bool], ...] = (
    _of_something_else,
    _badly_drawn,
    _too_few,
    _by_chance,
    _captions_between,
    _picture_cut_up,
    _uneven,
)
"""Why several cells are no gallery."""


def _usual(aspect: float, slack: float) -> bool:
    return any(abs(aspect / shape - 1) < slack for shape in SHAPES)


def is_dark_page(found: Features) -> bool:
    """Whether a lattice looks like tiles that all have their camera off; many a dialog does too."""
    usual = _usual(found.aspect, CLOSE) and found.aspect > LYING
    spaced = found.cells == 1 or 0 < found.gap <= GAP
    return (
        usual
        and spaced
        and DARK.fits(found)
        and found.caption == 0
        and found.uneven <= UNEVEN
        and not found.video
        and not found.merged
        and found.labels >= MANY_NAMED
        and DARK_AREA < found.area < WHOLE
        and found.foreign <= FOREIGN
    )


def is_certain(found: Features) -> bool:
    """Whether a gallery is drawn so clearly that no other colour of the page needs to be tried."""
    # Video between bars has flat sides too, which a second search at twice the time would not change.
    perfect = PERFECT.fits(found) and found.labels >= ALL_NAMED and found.cells >= 6
    drawn = (
        CLEAR.fits(found)
        and names_shown(found.labels)
        and found.rim < (RIM_PERFECT if perfect else RIM_CLEAR)
        and found.cells >= FEW_CELLS
        and found.video * 2 >= found.cells
    )
    return (drawn or _few_but_perfect(found)) and found.gap > 0 and found.area >= CERTAIN_AREA


def _few_but_perfect(found: Features) -> bool:
    """Whether two to five tiles are drawn without a fault: trying every colour would take 1 to 3 s."""
    return (
        found.cells >= 2
        and found.video == found.cells
        and min(found.sides, found.purity, found.labels) >= FAULTLESS
        and max(found.foreign, found.caption, found.nested, found.captioned) == 0
        and found.rim <= RIM_PERFECT
        and _usual(found.aspect, CLOSE)
    )


def rank(found: Features) -> float:
    """Orders the galleries found in one picture: the more tiles, area, names and life, the higher."""
    life = min(max((found.variety - LIFE + 0.2) / 1.2, 0.02), 1.0) * (0.3 + 0.7 * found.video / found.cells)
    single = 0.1 if found.cells == 1 else 1.0
    # Touching tiles are also what a window of spaced ones looks like when it is cut into equal parts.
    tight = (1 - found.rim) * (1.0 if found.gap else 0.8)
    # Photos on a slide that is shared beside the gallery are few, and have no names.
    nameless = 0.5 if found.cells >= FEW_CELLS else 0.25
    return (
        float(np.sqrt(found.cells))
        * found.area
        * found.sides
        * life
        * single
        * tight
        * (nameless + (1 - nameless) * found.labels)
    )
