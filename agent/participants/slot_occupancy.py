"""Keeps who has each slot of a gallery, and checks cheaply that the name in the slot is still the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from agent.colour_distance import colour_distance
from agent.participants.label_image import ROWS, StrokeMap, region
from agent.participants.labels import Label
from agent.participants.people import TrackedPerson
from agent.values import Pixels, Slot

POINTS = 40
"""Number of pixels of a label that are compared."""
POINT_LEVELS = 36
POINTS_STAY = 0.7
"""Minimum share of the points that keep their colour while the name is the same: video may shine through the
others."""


@dataclass(slots=True, eq=False)
class SlotOccupancy:
    """A slot and who has it.

    - ``checked``: when the label was last compared in full.
    - ``doubted``: since when the label fits nobody.
    - ``unproven``: the picture was cut, and no label has told since who is in the slot.
    - ``points``: rows and columns of the P pixels to check; ``colours``: their former colours, int16 (P, 3).
    """

    slot: Slot
    person: TrackedPerson
    checked: float
    points: tuple[NDArray[np.intp], NDArray[np.intp]] | None = None
    colours: NDArray[np.int16] | None = None
    doubted: float | None = None
    unproven: bool = False

    def shift(self, right: int, down: int) -> None:
        """Move the slot by so many pixels with everything known of it: the whole window was moved."""
        self.slot = replace(self.slot, box=self.slot.box.shifted(right, down))
        self.person.last_box = self.slot.box
        if self.points is not None:
            self.points = self.points[0] + down, self.points[1] + right

    def assign(
        self, person: TrackedPerson, label: Label | None, pixels: Pixels, scale: float, time: float
    ) -> None:
        """Give the slot to somebody, and learn their label, which was enlarged by ``scale``."""
        self.person = person
        person.last_box, self.checked, self.doubted = self.slot.box, time, None
        self.unproven = False
        self.points = self.colours = None
        if label is not None:
            self._mark(label, person.learn(label), pixels, scale)

    def keep(self, cut: bool, clear: bool, time: float) -> None:
        """Leave the slot to whoever has it, though no label confirms it.

        Where its picture was ``cut``, that is in doubt, once it is ``clear`` that nothing covers the slot.
        """
        self.unproven |= cut
        if self.unproven and clear:
            self.person.doubt(time)
            self.unproven = False

    def _mark(self, label: Label, strokes: StrokeMap, pixels: Pixels, scale: float) -> None:
        """Choose the pixels of the frame that are most likely text, and note their colours."""
        weight = (label.raw * strokes).ravel()
        text = np.flatnonzero(weight > 0)
        if len(text) < POINTS:
            return
        ys, xs = np.divmod(text[np.argsort(weight[text])[-POINTS:]], strokes.shape[1])
        height, width = pixels.shape[:2]
        part = region(self.slot.box, height).clipped(width, height)
        columns = np.clip(part.left + (xs + 0.5) / scale, 0, width - 1).astype(np.intp)
        lines = np.clip(part.bottom - (ROWS - ys - 0.5) / scale, 0, height - 1).astype(np.intp)
        self.points = lines, columns
        self.colours = pixels[lines, columns].astype(np.int16)


def text_gone(pixels: Pixels, occupancies: Sequence[SlotOccupancy]) -> NDArray[np.bool_]:
    """Which of N slots no longer show their text where it was, bool (N,); 0.2 ms for 49."""
    gone = np.zeros(len(occupancies), np.bool_)
    marked = [
        (index, *occupancy.points, occupancy.colours)
        for index, occupancy in enumerate(occupancies)
        if occupancy.points is not None and occupancy.colours is not None
    ]
    if not marked:
        return gone
    indices, lines, columns, colours = (list(column) for column in zip(*marked, strict=True))
    now = pixels[np.stack(lines), np.stack(columns)].astype(np.int16)
    near = colour_distance(now, np.stack(colours)) <= POINT_LEVELS
    gone[indices] = near.mean(axis=1) < POINTS_STAY
    return gone
