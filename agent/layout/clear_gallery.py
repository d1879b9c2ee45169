"""Decides whether a gallery is drawn so clearly that the search for tiles may end with it."""

from __future__ import annotations

from agent.layout.gallery_rules import (
    ALL_NAMED,
    CERTAIN_AREA,
    CLEAR,
    CLOSE,
    FEW_CELLS,
    PERFECT,
    RIM_CLEAR,
    RIM_PERFECT,
    is_usual,
)
from agent.layout.label import names_shown
from agent.layout.lattice_features import Features

FAULTLESS = 0.99
"""Minimum shares of sides, of page in the gaps, and of cells with a name, of a few tiles without a fault."""


def is_certain(found: Features) -> bool:
    """Whether a gallery is drawn so clearly that no other page colour needs to be tried."""
    # Pillarboxed video has flat sides too; a second search at twice the time would not change that.
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
        and is_usual(found.aspect, CLOSE)
    )
