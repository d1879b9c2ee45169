"""Finds the factor that enlarges labels so that a name is as large as before in this session."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from agent.participants.label_correlation import correlate_labels
from agent.participants.label_image import usual_scale
from agent.participants.labels import SAME, describe
from agent.participants.people import TrackedPerson
from agent.values import Pixels, Slot

FITS = 0.85
"""Minimum correlation of known names at which the size of the text is right."""
NOBODY = SAME + 0.05
"""Correlation below which no known participant is in sight, so that sizes cannot be compared."""
RECENT = 60
"""Maximum number of participants whose names are compared, those last seen: two pages of 25, or one of 49.
Where no known participant is in sight, that takes 30 comparisons of all these names with five labels."""
REMEMBERED = 3
ROUGH = np.geomspace(1 / 3, 3.0, 38)
"""Factors of the last text size that are tried: a small window and a whole screen differ by a factor of
2.5."""
FINE = (0.97, 0.985, 1.0, 1.015, 1.03)


class LabelScale:
    """The label scale for each tile size.

    Programs keep the size of their text or scale it with the tile; the right scale is the one at which known
    names match. ``others`` are scales that were right before, the last one first.
    """

    def __init__(self) -> None:
        self.value: float | None = None
        self.others: tuple[float, ...] = ()
        self.settled = True
        """False while the scale is kept from another tile size because no known name is in sight."""
        self._for_size: dict[tuple[int, int], float] = {}

    def fit(self, pixels: Pixels, slots: Sequence[Slot], people: Sequence[TrackedPerson]) -> float:
        """The label scale for the tiles of another layout, which has at least one."""
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
        # Without a known participant in sight the sizes cannot be compared now; a later attempt may succeed.
        self.settled = fit(fine) >= NOBODY
        return self._for_size.setdefault(size, fine) if self.settled else kept
