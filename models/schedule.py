"""The schedule of a training run: its learning rate and the size of its faces.

Both are functions of the progress 0..1 through a number of epochs or of minutes, so that a run always ends
with a learning rate of zero, however busy the machine is. Faces grow from 32 to 40 to 48 pixels during the
run.
"""

from __future__ import annotations

import math

SIDES = ((0.4, 32), (0.85, 40), (1.0, 48))
WARM_UP = 0.06


def rate_at(progress: float) -> float:
    """The learning rate as a share of its peak: a linear rise, then a cosine to zero."""
    if progress < WARM_UP:
        return 0.05 + 0.95 * progress / WARM_UP
    return 0.5 * (1 + math.cos(math.pi * min((progress - WARM_UP) / (1 - WARM_UP), 1)))


def side_at(progress: float) -> int:
    """The side of the training faces in pixels; it is smaller, and training faster, at the beginning."""
    return next(side for until, side in SIDES if progress < until or until == 1.0)
