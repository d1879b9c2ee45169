"""Treats the whole frame of a camera without a gallery as one tile: that of the participant before it."""

from __future__ import annotations

import math
from collections.abc import Callable

from agent.participants.people import random_id
from agent.rate_limits import Backoff
from agent.tracking.change import Thumbnails, changed, cut, thumbnails
from agent.tracking.gallery import GalleryTracker
from agent.values import Box, Frame, Slot, Tile

LOOK = 1.0
"""Seconds for which a gallery is searched at a time."""

FIRST_PAUSE, LONGEST_PAUSE = 4.0, 60.0
"""Minimum and maximum seconds between such searches; the pause doubles after each that found none."""


AWAY = 12.0
"""Seconds without a frame after which somebody else may sit before the camera; frames may be 10 s apart."""


class SingleParticipantTracker:
    """The tiles of a gallery, or the whole frame of a camera that shows none.

    ``camera`` gives the number of the camera that frames come from, or None where they come from no camera. A
    camera may show a gallery all the same: programs such as OBS offer a screen as a camera. The participant
    before the camera gets another id after each gallery or change of size. With another camera, after a long
    pause or with another picture the id stays, because no label tells who it is, but it is ``unproven``.
    """

    def __init__(self, gallery: GalleryTracker, camera: Callable[[], int | None]) -> None:
        self._gallery = gallery
        self._camera = camera
        self._number: int | None = None
        self._time = -math.inf
        self._pauses = Backoff(FIRST_PAUSE, LONGEST_PAUSE)
        self._look, self._pause = -math.inf, self._pauses.next()
        self._alone: Tile | None = None
        self._before: Thumbnails | None = None
        self._analysed: Thumbnails | None = None

    @property
    def searching(self) -> bool:
        """Whether the layout is being searched in the background."""
        return self._gallery.searching

    def try_another(self, frame: Frame) -> bool:
        """Whether other tiles of a gallery are held from now on."""
        return self._alone is None and self._gallery.try_another(frame)

    def close(self) -> None:
        """End the search for layouts; may be called twice."""
        self._gallery.close()

    def update(self, frame: Frame) -> tuple[Tile, ...]:
        """The tiles of one frame in reading order."""
        number = self._camera()
        if number is None:
            self._alone = None
            return self._gallery.update(frame)
        tiles = self._gallery.update(frame) if self._looks(frame.time) else ()
        if tiles:
            self._alone = None
            return tiles
        return self._whole(frame, number)

    def _looks(self, time: float) -> bool:
        """Whether a gallery is searched at this time; a search in vain costs most here."""
        if self._alone is None:
            # A gallery was in sight, however long ago: there may be less than one frame a second.
            self._pauses.reset()
            self._look, self._pause = time, self._pauses.next()
        elif time - self._look >= LOOK + self._pause:
            self._look, self._pause = time, self._pauses.next()
        return time - self._look <= LOOK

    def _whole(self, frame: Frame, camera: int) -> tuple[Tile, ...]:
        box = Box(0, 0, frame.width, frame.height)
        small = thumbnails(frame.pixels, (box,))
        alone, before, analysed = self._alone, self._before, self._analysed
        fresh, unproven = True, None
        if alone is None or alone.slot.box != box or before is None or analysed is None:
            name = random_id()
        else:
            name, fresh = alone.id, bool(changed(small, analysed)[0])
            is_same = camera == self._number and 0 <= frame.time - self._time < AWAY
            unproven = alone.unproven if is_same and not cut(small, before)[0] else frame.time
        if fresh:
            self._analysed = small
        self._before, self._number, self._time = small, camera, frame.time
        slot = Slot(box, 0, 0, box, camera_on=True)
        self._alone = Tile(name, slot, speaking=False, changed=fresh, unproven=unproven)
        return (self._alone,)
