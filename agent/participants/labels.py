"""Describes and compares pictures of name labels, by which participants are told apart.

A label is the picture of the written name in a tile's lower left corner, as meeting programs draw it. It is
no face and holds nothing of the video. ``describe`` extracts a label from a frame; ``similarity`` compares
two labels, also of tiles of different size:

    label = describe(frame.pixels, tile.slot)
    if label is not None and any(similarity(label, known) >= SAME for known in excluded):
        ...
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from agent.participants.label_correlation import correlate_labels
from agent.participants.label_image import (
    StrokeMap,
    normalised,
    rescaled,
    text_strokes,
    usual_scale,
)
from agent.values import Pixels, Slot

SAME = 0.7
"""Minimum similarity of two labels with the same name: different names reach 0.68, the same name over another
video 0.83 or more."""
READ = 20
TEXT_PIXELS = 26
"""Minimum number of stroke pixels of a readable label; three letters have about 60."""
STRONGEST = 80
"""Number of strongest pixels that give a label's contrast: a short name's strokes have about as many."""
SCALES = tuple(1.06**step for step in range(-9, 10))
"""Factors by which the text of two labels may differ in size: another tile size, or another program."""


@dataclass(frozen=True, slots=True, eq=False)
class Label:
    """The picture of one written name.

    - ``raw``: float32 (ROWS, COLS), levels by which each pixel stands out as a stroke of text, 0 to 190.
    - ``strokes``: made from ``raw``, without its local mean and of norm 1.
    """

    raw: StrokeMap
    strokes: StrokeMap = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "strokes", normalised(self.raw))

    @property
    def contrast(self) -> float:
        """Levels by which the strongest strokes stand out, 0..190: 90 and more are plain to read."""
        # Most of the thousands of pixels are zero; partitioning those takes forty times as long as sorting.
        strong = np.sort(self.raw[self.raw > READ])[-STRONGEST:]
        return float(strong.sum()) / STRONGEST


def describe(pixels: Pixels, slot: Slot, scale: float | None = None) -> Label | None:
    """The label of a tile of a frame, RGB uint8 (H, W, 3), or None where no text can be read; 0.3 ms.

    ``scale`` is the factor by which it is enlarged; by default the usual one for tiles of this size.
    """
    raw = text_strokes(pixels, slot.box, scale or usual_scale(slot.box, pixels.shape[0]))
    return Label(raw) if int((raw > READ).sum()) >= TEXT_PIXELS else None


def similarity(one: Label, other: Label) -> float:
    """Similarity of two labels, 0..1, whatever the size and place of their text; the same name from SAME on.

    Takes 0.3 ms where both texts have the same size, 4 ms where they do not.
    """
    alike = float(correlate_labels(one.strokes[None], other.strokes[None])[0, 0])
    if alike < SAME:
        sizes = np.stack([normalised(rescaled(other.raw, factor)) for factor in SCALES])
        alike = float(correlate_labels(one.strokes[None], sizes, slack=2).max())
    return min(max(alike, 0.0), 1.0)
