"""How much labels must be enlarged so that a name is as large as it ever was in this session."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from agent.tracking.label_correlation import correlate_labels
from agent.tracking.label_image import usual_scale
from agent.tracking.labels import SAME, describe
from agent.tracking.people import TrackedPerson
from agent.values import Pixels, Slot

FITS = 0.85
"""Correlation of known names from which the size of the text is right."""
NOBODY = SAME + 0.05
"""Correlation below which nobody known is here, so that sizes cannot be compared."""
RECENT = 60
"""How many people's names are compared, those last seen: two pages of 25, or one of 49. Where nobody is known
that takes 30 comparisons of every name with five."""
REMEMBERED = 3
ROUGH = np.geomspace(1 / 3, 3.0, 38)
"""Sizes of text to try beside the last: between a small window and a whole screen lies a factor of 2.5."""
FINE = (0.97, 0.985, 1.0, 1.015, 1.03)


class LabelScale:
    """The scale for each size of tile. Programs keep the size of their text or scale it with the tile: what
    makes known names match is right. ``others`` are those that were right before, the last first.
    """

    def __init__(self) -> None:
        self.value: float | None = None
        self.others: tuple[float, ...] = ()
        self.settled = True
        """Whether it is not the one of another size, for want of a known name in sight."""
        self._for_size: dict[tuple[int, int], float] = {}

    def fit(self, pixels: Pixels, slots: Sequence[Slot], people: Sequence[TrackedPerson]) -> float:
        """The scale for the tiles of another layout, of which there is at least one."""
        known = sorted((person for person in people if person.labels), key=lambda person: person.seen)
        before, self.value = self.value, self._fit(pixels, slots, known[-RECENT:])
        if before is not None:
            used = (before, *self.others)
            self.others = tuple(one for one in dict.fromkeys(used) if one != self.value)[:REMEMBERED]
        return self.value

    def _fit(self, pixels: Pixels, slots: Sequence[Slot], known: Sequence[TrackedPerson]) -> float:
        box = slots[0].box
        size = (box.width, box.height)
        self.settled = True
        if size in self._for_size:
            return self._for_size[size]
        kept = self.value or usual_scale(box, pixels.shape[0])
        if not known:
            return self._for_size.setdefault(size, kept)
        some = slots[:: max(len(slots) // 5, 1)][:5]
        theirs = np.stack([person.labels[-1].strokes for person in known])

        def fit(scale: float) -> float:
            labels = [describe(pixels, slot, scale) for slot in some]
            ours = [label.strokes for label in labels if label is not None]
            if not ours:
                return 0.0
            best = correlate_labels(np.stack(ours), theirs).max(axis=1)
            return float(np.sort(best)[-max(len(best) // 2, 1) :].mean())

        if fit(kept) >= FITS:
            return self._for_size.setdefault(size, kept)
        rough = max((kept * float(step) for step in ROUGH), key=fit)
        fine = max((rough * step for step in FINE), key=fit)
        # With nobody known here the sizes cannot be compared now, perhaps another time.
        self.settled = fit(fine) >= NOBODY
        return self._for_size.setdefault(size, fine) if self.settled else kept
