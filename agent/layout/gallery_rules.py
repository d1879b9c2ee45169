"""Decides from a lattice's features whether it is a gallery rather than another grid.

The bounds were chosen on drawn screens, meetings and others: the loosest that accept the meetings. They are
shares, as in ``Features``, unless a constant names another unit.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from agent.layout.label import NAMELESS, names_shown
from agent.layout.lattice import ASPECTS, WIDEST
from agent.layout.lattice_features import Features

SHAPES = (16 / 9, 4 / 3, 1.0, 3 / 4, 9 / 16)
"""Aspect ratios (width over height) of the video that programs show."""
LYING = 0.7
"""Aspect ratio above which a cell does not stand upright."""
CLOSE, NEAR, ABOUT = 0.03, 0.04, 0.05
"""Maximum relative deviation of the aspect ratio from one of SHAPES, smaller with less other evidence."""

LIFE = 2.4
"""Minimum median entropy, in bits, of the tiles with video; text and drawings have less than 2."""
NAMELESS_LIFE = 2.6
"""The same where hardly any tile has a name: coloured bars in the days of a calendar have 2.5."""
DIM_LIFE = 2.0
"""The same beside the controls of a call, for people who sit in the dark."""

ALL_NAMED, MANY_NAMED, HALF_NAMED = 0.8, 0.7, 0.5
"""Minimum shares of cells with a name that make up for other missing evidence."""


@dataclass(frozen=True, slots=True)
class DrawnBounds:
    """Minimum share of the cells' ``sides`` that shows, and of the gaps that is page (``purity``)."""

    sides: float
    purity: float

    def fits(self, found: Features) -> bool:
        """Whether a lattice reaches both bounds."""
        return found.sides >= self.sides and found.purity >= self.purity


VAGUE, NAMED = DrawnBounds(0.65, 0.6), DrawnBounds(0.55, 0.6)
"""The minimum for every lattice, and that with ALL_NAMED: names show that cells are tiles whose sides are
hard to see."""
THIN_GAP = 4
"""Maximum pixels between tiles at which compression may leave hardly any page there."""
BLURRED = DrawnBounds(0.95, 0.3)
"""The minimum for such gaps, with ALL_NAMED: JPEG at quality 40 leaves half of 3 pixels."""
FEW_CELLS = 4
"""Minimum number of cells that rarely occurs by chance; fewer must look like tiles in every respect."""
OF_FEW = DrawnBounds(0.85, 0.75)
DARK, CLEAR, PERFECT = DrawnBounds(0.98, 0.9), DrawnBounds(0.9, 0.9), DrawnBounds(0.97, 0.97)
SIDES_OF_ALL, SIDES_OF_BLOCK, SIDES_NAMELESS = 0.8, 0.8, 0.7
"""Minimum share of sides that shows: where cells fill the picture, where they touch, and without names."""
PARTS = 6
"""Maximum number of touching cells that may be halves, thirds or so of a window; they need SIDES_OF_BLOCK of
the sides between them."""
SIDES_ODD = 0.9
"""The same for touching cells with names that have no video's aspect ratio."""
WEAK, WEAK_NAMELESS = 0.5, 0.65
"""Minimum share of the sides that shows in each row: of touching cells, whatever text is in them (at a cell
height of 26 pixels every list of files has names, but not the sides of tiles), and of cells without names."""

RIM, RIM_CLEAR, RIM_PERFECT, RIM_BLOCK, RIM_WIDE = 0.15, 0.1, 0.25, 0.3, 0.5
"""Maximum flat share of the sides of video; above it they may be photos with margins. In order: few cells or
cells with names; certain galleries; perfect galleries (pillarboxed video has flat sides too); touching
cells; cells so wide that whole videos have bars at both sides."""

GAP = 0.42
"""Maximum gap between tiles, as a share of the shorter side."""
GAP_PURE, PURE = 0.12, 0.88
"""Gap, as a share of the shorter side, above which the gaps need at least PURE purity: captions of a page of
photos stand in wider gaps."""
GAP_NAMELESS = 0.1
"""Maximum gap, as a share of the shorter side, between cells without names: wider gaps are those between
photos on a slide, unless cells are small or many."""
UNEVEN, FOREIGN, CAPTION = 0.1, 0.15, 0.012
"""Maximum difference of the two gaps, area of components that lie half inside cells, and share covered by
captions."""

LEAST_AREA = 0.08
"""Minimum share of the picture covered by touching cells, unless ALL_NAMED have a name: any block of pictures
can be cut into such cells."""
SINGLE = 0.1
"""Minimum share of the picture covered by a rectangle with text in it that may be the only tile."""
UNNAMED_AREA = 0.15
"""Minimum share of the picture covered by cells without names: thumbnails beside a film and profiles in a
list cover less, those of 364 drawn meetings half or more."""
CERTAIN_AREA, DARK_AREA = 0.2, 0.02
WHOLE, NEARLY_WHOLE = 0.95, 0.9
"""Maximum shares of the picture covered by the cells; those that cover more may be the picture, cut up."""

TINY, MANY = 42, 20
"""Minimum pixels of the shorter side for fewer than MANY cells without names; smaller ones are buttons or
portraits in a list. Tiles of 80x45 are those of a page of 49."""
SMALL, DOZEN = 100, 12
"""Pixels of the shorter side below which, and number of cells from which, tiles without names may stand far
apart."""

CAPTIONED = 0.5
"""Minimum share of the video cells, but more than one, with captions below that makes them photos."""
NESTED = 0.5
"""Minimum share of cells with two equal components inside at which they hold pairs of photos."""
PANELS = 0.6
"""Minimum share of the video cells with a flat margin at which they are charts or texts, unless names are
shown."""


def is_gallery(found: Features, *, in_call: bool = False) -> bool:
    """Whether a lattice with these features is a gallery of video tiles, judged by the picture alone.

    ``in_call``: the controls of a call stand beside it.
    """
    if in_call and found.variety >= DIM_LIFE:
        found = replace(found, variety=max(found.variety, NAMELESS_LIFE))
    if not found.video or found.variety < LIFE or not ASPECTS[0] <= found.aspect <= WIDEST:
        return False
    if found.aspect > ASPECTS[1] and not _is_wide(found):
        return False
    if found.cells == 1:
        return _is_single(found)
    return not (found.merged or any(refuses(found) for refuses in REFUSALS))


def _is_wide(found: Features) -> bool:
    """Whether cells wider than usual are drawn clearly and named: banners on pages are wide too."""
    drawn = CLEAR.fits(found) and found.gap > 0 and found.rim <= RIM_WIDE
    return drawn and found.cells >= FEW_CELLS and found.labels >= ALL_NAMED and found.area >= CERTAIN_AREA


def _is_single(found: Features) -> bool:
    """Whether the only cell is one participant's video: of a usual shape, with all four sides and a name."""
    usual = is_usual(found.aspect, ABOUT) and found.aspect > LYING
    drawn = found.sides == 1 and found.rim == 0 and not found.merged and not found.nested
    return usual and drawn and SINGLE < found.area < WHOLE and found.labels > 0 and not found.captioned


def _of_something_else(found: Features) -> bool:
    """Whether the cells hold pairs of photos, pictures with captions, or charts."""
    charts = found.panels >= PANELS and not names_shown(found.labels)
    captions = found.captioned >= CAPTIONED and found.captioned * found.video > 1
    return found.nested >= NESTED or captions or charts


def _badly_drawn(found: Features) -> bool:
    """Whether too few sides show, too little of the gaps is page, or captions stand below the cells."""
    least = NAMED if found.labels >= ALL_NAMED else VAGUE
    blurred = found.labels >= ALL_NAMED and found.gap * found.shorter <= THIN_GAP and BLURRED.fits(found)
    return not (least.fits(found) or blurred) or found.caption > CAPTION


def _too_few(found: Features) -> bool:
    """Whether there are few cells that are drawn too badly, or that touch and do not all show video."""
    if found.cells >= FEW_CELLS:
        return False
    touching = found.gap == 0
    dead = touching and (found.video < found.cells or found.labels < HALF_NAMED)
    return dead or not OF_FEW.fits(found) or (touching and found.rim > RIM_BLOCK)


def _by_chance(found: Features) -> bool:
    """Whether equal pictures, or equal parts of one picture, may be arranged like this by chance."""
    # A few pictures with margins that have no video's aspect ratio, whatever text is in them.
    few = found.cells < FEW_CELLS and found.rim > RIM and not is_usual(found.aspect, ABOUT)
    # Stories in a row at the top of a social site are upright and have names.
    unnamed = not names_shown(found.labels) or found.aspect < LYING
    small = unnamed and found.area < UNNAMED_AREA and not _half_named_but_perfect(found)
    return (
        few
        or small
        or (found.gap == 0 and _any_block(found))
        or (found.labels < NAMELESS and _nameless_chance(found))
    )


def _half_named_but_perfect(found: Features) -> bool:
    """Whether several cells are drawn without a fault, though names hardly show on bright rooms."""
    drawn = PERFECT.fits(found) and found.gap > 0 and found.rim <= RIM_CLEAR and is_usual(found.aspect, CLOSE)
    return drawn and found.cells > PARTS and found.labels >= HALF_NAMED


def _nameless_chance(found: Features) -> bool:
    """Whether cells without names may be arranged like this by chance."""
    if found.sides < SIDES_NAMELESS or found.weakest < WEAK_NAMELESS or found.variety < NAMELESS_LIFE:
        return True
    if found.shorter < TINY and found.cells < MANY:
        return True
    # Photos on a slide stand further apart, and may have below them a line of text that elsewhere is no
    # caption.
    apart = found.gap > GAP_NAMELESS and found.shorter >= SMALL
    few = found.cells < FEW_CELLS and (found.caption > 0 or not is_usual(found.aspect, ABOUT))
    return few or (found.cells < DOZEN and apart)


def _any_block(found: Features) -> bool:
    """Whether cells without a gap could be equal parts of anything, such as photos with text below.

    Photos with white margins on a white page seem to touch each other too.
    """
    usual = is_usual(found.aspect, NEAR)
    if found.weakest < WEAK and not (usual and _only_cards_join(found)):
        return True
    if found.labels >= ALL_NAMED:
        # People in front of dark walls have flat rims too, but all sides of their tiles are not seen by
        # chance.
        return not usual and (found.sides < SIDES_ODD or (found.rim > RIM and found.sides < 1))
    return not usual or found.area < LEAST_AREA or found.sides < SIDES_OF_BLOCK or found.rim > RIM_BLOCK


def _only_cards_join(found: Features) -> bool:
    """Whether cells are tiles between which no side shows where cards of one colour touch each other."""
    return found.labels >= ALL_NAMED and found.video > 1 and found.video_sides >= PERFECT.sides


def _captions_between(found: Features) -> bool:
    """Whether the gaps are wide and not all page."""
    return found.gap > GAP_PURE and found.purity < PURE


def _picture_cut_up(found: Features) -> bool:
    """Whether the cells cover nearly the whole picture, but lack names or some of their sides.

    A desktop with a window in its middle can be cut into six cells, most of which have some text in a corner.
    """
    odd = found.area > WHOLE and found.gap == 0 and not is_usual(found.aspect, NEAR)
    least = PERFECT.sides if odd else SIDES_OF_ALL
    # A gallery that fills the screen, with its names switched off: no picture has such gaps.
    gaps = (
        found.gap > 0 and PERFECT.fits(found) and is_usual(found.aspect, CLOSE) and found.cells >= FEW_CELLS
    )
    whole = found.labels >= HALF_NAMED or gaps
    return found.area > NEARLY_WHOLE and (not whole or found.sides < least)


def _halved(found: Features) -> bool:
    """Whether a picture or window is cut into a few cells, between which too few sides show.

    Its own sides are half of those of four cells, and the lines through its middle cut other things.
    """
    return found.cells <= PARTS and found.seams < SIDES_OF_BLOCK and not _only_cards_join(found)


def _uneven(found: Features) -> bool:
    """Whether the gaps are too wide or too different, or other components lie across the cells."""
    return not (found.gap <= GAP and found.uneven <= UNEVEN and found.foreign <= FOREIGN)


REFUSALS: tuple[Callable[[Features], bool], ...] = (
    _of_something_else,
    _badly_drawn,
    _too_few,
    _by_chance,
    _captions_between,
    _picture_cut_up,
    _halved,
    _uneven,
)
"""The rules, any of which shows that several cells are no gallery."""


def is_usual(aspect: float, slack: float) -> bool:
    """Whether an aspect ratio is a video's, but for this relative deviation."""
    return any(abs(aspect / shape - 1) < slack for shape in SHAPES)


def is_dark_page(found: Features, *, in_call: bool = False) -> bool:
    """Whether a lattice looks like tiles whose cameras are all off; many dialogs look like that too.

    ``in_call``: the controls of a call stand beside it; cards may then have any shape, as Teams stretches
    them to fill the window.
    """
    usual = (is_usual(found.aspect, CLOSE) or in_call) and LYING < found.aspect <= WIDEST
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
