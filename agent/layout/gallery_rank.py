"""Ranks the galleries found in one picture by the features of their lattices."""

from __future__ import annotations

import numpy as np

from agent.layout.gallery_rules import FEW_CELLS, LIFE, WHOLE
from agent.layout.lattice_features import Features


def rank(found: Features) -> float:
    """The rank of a gallery, 0 or more: more tiles, area, names and video rank higher."""
    life = min(max((found.variety - LIFE + 0.2) / 1.2, 0.02), 1.0) * (0.3 + 0.7 * found.video / found.cells)
    single = 0.1 if found.cells == 1 else 1.0
    # A window of spaced tiles, cut into equal parts, looks like touching tiles.
    tight = (1 - found.rim) * (1.0 if found.gap else 0.8)
    # Most sides of halves and thirds of the whole picture are its own, which are always seen.
    few = found.cells < FEW_CELLS or not found.gap
    cut_up = 1 - found.outer if few and found.area > WHOLE else 1.0
    # Photos on a slide shared beside the gallery are few and have no names.
    nameless = 0.5 if found.cells >= FEW_CELLS else 0.25
    # Only the last row of a gallery is shorter; cells of a window behind the meeting's make others so.
    regular = 1 - found.ragged / 2
    return (
        float(np.sqrt(found.cells))
        * found.area
        * found.sides
        * life
        * single
        * tight
        * regular
        * cut_up
        * (nameless + (1 - nameless) * found.labels)
    )
