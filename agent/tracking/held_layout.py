"""Holds the tiles that are believed, and tells which of them the picture still shows.

Only what stands still is compared: the page between and around the tiles, and the edges of each tile.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from agent.tracking.layout_signature import (
    Signature,
    empty,
    make_signature,
    page_holds,
    standing_tiles,
    without_tiles,
)
from agent.tracking.places import numbered
from agent.tracking.window_shift import shift_of, shifted
from agent.values import Frame, Layout, Pixels, Slot

GONE = 0.8
"""Seconds after which a tile that no longer stands is dropped; a tooltip or a flash is shorter."""
ALL_GONE = 0.25
"""The same when no tile stands: that is another page or window, not something over the tiles."""
STANDS = 0.6
"""Minimum share of their former edges that tiles must show at their new place."""


class HeldLayout:
    """The layout held, and when each of its tiles was last seen to stand where it was.

    ``incomplete``: tiles were dropped since a search last found what is held.
    """

    def __init__(self) -> None:
        self.layout = Layout(0, 0)
        self.incomplete = False
        self._pixels: Pixels | None = None
        self._signature: Signature | None = None
        self._stood: NDArray[np.float64] = np.zeros(0)
        self._covered: list[Signature] = []

    @property
    def has_tiles(self) -> bool:
        """Whether any tile is held."""
        return bool(self.layout.slots)

    def hold(self, frame: Frame, layout: Layout) -> None:
        """Hold these tiles of a frame from now on."""
        self.layout = layout
        self.renew(frame)
        self._pixels, self.incomplete, self._covered = frame.pixels, False, []

    def renew(self, frame: Frame) -> None:
        """Compare with this frame from now on: a search found the held tiles in it."""
        self._compare_with(make_signature(frame.pixels, self.layout) if self.has_tiles else None, frame.time)

    def _compare_with(self, signature: Signature | None, time: float) -> None:
        self._signature = signature
        # As floats, whatever type the first time has.
        self._stood = np.full(len(self.layout.slots), time, np.float64)

    def standing(self, time: float) -> NDArray[np.bool_]:
        """Which of N tiles stood where they were in the frame of this time, bool (N,)."""
        return np.asarray(self._stood >= time)

    def is_seen(self, frame: Frame) -> bool:
        """Whether the frame shows the page and every tile as held; False without tiles. Notes which stand."""
        if self._signature is None:
            return False
        stands = standing_tiles(frame.pixels, self._signature)
        self._stood[stands | (self._stood > frame.time)] = frame.time
        return bool(stands.all()) and page_holds(frame.pixels, self._signature)

    def remember(self, pixels: Pixels) -> None:
        """Remember a picture that looked as held, for ``follow``."""
        self._pixels = pixels

    def reappeared(self, pixels: Pixels) -> bool:
        """Whether a dropped tile shows again: whatever covered it has gone."""
        return any(standing_tiles(pixels, gone).any() for gone in self._covered)

    def follow(self, frame: Frame) -> tuple[int, int] | None:
        """Move all tiles with their window: the shift in pixels (right, down), or None.

        It takes a thirtieth of the time of a search.
        """
        if self._signature is None or self._pixels is None:
            return None
        moved = shift_of(self._pixels, frame.pixels, self.layout)
        if moved is None:
            return None
        there = shifted(self.layout, moved)
        signature = make_signature(frame.pixels, there)
        if (signature.edges < STANDS * self._signature.edges).any():
            return None
        self.layout, self._covered = there, []
        self._compare_with(signature, frame.time)
        return moved

    def participants_left(self, pixels: Pixels, kept: Collection[int]) -> bool:
        """Whether every tile but the ``kept`` ones, given by index, shows the page: its participant left."""
        if not kept or self._signature is None or not len(self._signature.page):
            return False
        colour = self._signature.colour
        others = [slot.box for index, slot in enumerate(self.layout.slots) if index not in kept]
        return all(empty(pixels, box, colour) for box in others)

    def drop_unseen(self, time: float) -> tuple[bool, Signature | None]:
        """Drop the tiles whose edges have not been seen for too long.

        Returns whether any was dropped and, when none is left, what they looked like.
        """
        unseen = time - self._stood
        gone = unseen >= (GONE if (unseen == 0).any() else ALL_GONE)
        if self._signature is None or not gone.any():
            return False, None
        former = self._signature
        slots = numbered([slot for slot, left in zip(self.layout.slots, gone, strict=True) if not left])
        self.layout = replace(self.layout, slots=slots)
        self._covered = [*self._covered, without_tiles(former, ~gone)] if slots else []
        self._signature = without_tiles(former, gone) if slots else None
        self._stood = self._stood[~gone]
        self.incomplete = bool(slots)
        return True, None if slots else former

    def patch(self, index: int, slot: Slot) -> None:
        """Note that the camera of one tile went on or off."""
        slots = list(self.layout.slots)
        slots[index] = slot
        self.layout = replace(self.layout, slots=tuple(slots))
