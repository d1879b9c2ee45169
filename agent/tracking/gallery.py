"""Finds the tiles of each frame with the ids of the participants in them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from agent.layout.camera import look_into
from agent.tracking.cameras import Cameras
from agent.tracking.change import Thumbnails, changed, cut, thumbnails
from agent.tracking.identity import TURNED, Identity
from agent.tracking.layout_search import BlockingSearch, FindLayout, Search
from agent.tracking.layout_watch import LayoutWatch
from agent.tracking.people import NewId, random_id
from agent.tracking.slow_changes import SlowChanges
from agent.tracking.speaking import speakers
from agent.values import Box, Frame, Slot, Tile


class GalleryTracker:
    """Follows a gallery: layout, ids, who speaks, and which tiles changed since they were last analysed.

    ``find_layout`` is the slow path from pixels, RGB uint8 (H, W, 3), to a Layout; ``find_expected`` is the
    same where a gallery was in sight a moment ago. ``search`` decides whether it blocks or runs in the
    background. Time is each frame's own. ``new_id`` gives the ids: by default random, so that those of two
    sessions cannot be linked.
    """

    def __init__(
        self,
        find_layout: FindLayout,
        new_id: NewId = random_id,
        find_expected: FindLayout | None = None,
        search: Callable[[FindLayout, FindLayout | None], Search] = BlockingSearch,
    ) -> None:
        self._watch = LayoutWatch(find_layout, find_expected, search)
        self._identity = Identity(new_id)
        self._boxes: tuple[Box, ...] = ()
        self._places: list[tuple[int, int]] = []
        self._ids: tuple[str, ...] = ()
        self._ever: set[str] = set()
        self._on: tuple[bool, ...] = ()
        self._cameras = Cameras()
        self._before: Thumbnails = thumbnails(np.zeros((1, 1, 3), np.uint8), ())
        self._analysed = self._before
        self._owed: NDArray[np.bool_] = np.zeros(0, np.bool_)
        self._slow = SlowChanges()

    @property
    def searching(self) -> bool:
        """Whether the layout is being searched in the background."""
        return self._watch.searching

    def try_another(self, frame: Frame) -> bool:
        """Whether other tiles are held from now on; after each search, each set found is tried once."""
        return self._watch.try_another(frame)

    def close(self) -> None:
        """End the search for layouts; may be called twice."""
        self._watch.close()

    def update(self, frame: Frame) -> tuple[Tile, ...]:
        """The tiles of one frame in reading order; none while no gallery shows.

        While the layout is searched in the background, tiles that no longer look like themselves are reported
        as unchanged. They keep their ids unless they carry the name of a known participant. A slot that this
        leaves to an unknown participant is omitted for a moment: otherwise half a tile was a new participant
        for a frame or two.
        """
        slots, small, cuts, same = self._look(frame)
        boxes = tuple(slot.box for slot in slots)
        cuts |= self._owed
        held = self._held(cuts, same)
        self._owed = np.zeros(len(boxes), np.bool_)
        if held is None:
            if same:
                slots = self._cameras_seen(frame, slots, cuts, small)
            else:
                self._cameras.restart(frame.time, small)
        ids = self._identity.update(frame.pixels, slots, cuts, frame.time, clear=self._watch.clear)
        if not same:
            self._slow.restart()
        if self._watch.clear:
            self._identity.doubt(frame.pixels, self._slow.update(small, cuts, frame.time), frame.time)
        fresh = self._fresh(slots, ids, small, same)
        if held is not None:
            # A known participant is there if a slot has their name. Anything else in the slot may be a part
            # of two tiles.
            moved = [one != other and one in self._ever for one, other in zip(ids, self._ids, strict=True)]
            held &= ~np.array(moved, np.bool_)
            self._owed = cuts & held
            fresh &= ~held
        if not same:
            self._analysed = small.copy()
        self._analysed[fresh] = small[fresh]
        self._boxes, self._before, self._ids = boxes, small, ids
        self._places = _places(slots)
        self._ever.update(ids)
        self._on = tuple(slot.camera_on for slot in slots)
        speaking = speakers(frame.pixels, boxes)
        unproven = self._identity.unproven
        is_held = np.array(self._identity.unsettled, np.bool_)
        if held is not None:
            is_held |= held
        states = zip(ids, slots, speaking.tolist(), fresh.tolist(), unproven, is_held.tolist(), strict=True)
        return tuple(
            Tile(*state)
            for state, doubtful in zip(states, self._identity.doubtful, strict=True)
            if not doubtful
        )

    def _look(self, frame: Frame) -> tuple[tuple[Slot, ...], Thumbnails, NDArray[np.bool_], bool]:
        """The N slots of this frame, their thumbnails, their cuts (N,), and whether their boxes stayed."""
        small = thumbnails(frame.pixels, self._boxes)
        cuts = cut(small, self._before)
        slots = self._watch.update(frame, bool(len(cuts) and cuts.mean() > TURNED)).slots
        boxes = tuple(slot.box for slot in slots)
        moved = self._watch.moved
        if moved is not None and boxes == tuple(box.shifted(*moved) for box in self._boxes):
            # The same tiles with the same pictures, at another place.
            self._identity.shift(*moved)
            self._boxes, small = boxes, thumbnails(frame.pixels, boxes)
            cuts = cut(small, self._before)
        same = boxes == self._boxes
        if not same:
            small = thumbnails(frame.pixels, boxes)
            # After a resize each slot shows the same picture as before; on a turned page it does not.
            resized = bool(boxes) and _places(slots) == self._places
            cuts = cut(small, self._analysed) if resized else np.ones(len(boxes), np.bool_)
            self._owed = np.zeros(len(boxes), np.bool_)
        return slots, small, cuts, same

    def _held(self, cuts: NDArray[np.bool_], same: bool) -> NDArray[np.bool_] | None:
        """Which of N tiles show something else while the layout is searched, bool (N,); otherwise None."""
        if not same or not self._watch.searching or self._watch.clear:
            return None
        held = np.asarray(cuts | ~self._watch.stands)
        # The boxes of all tiles lie elsewhere by now, also of those that happen to look the same.
        return held | (held.mean() > TURNED) if held.size else held

    def _fresh(
        self, slots: Sequence[Slot], ids: tuple[str, ...], small: Thumbnails, same: bool
    ) -> NDArray[np.bool_]:
        if not same:
            return np.ones(len(slots), np.bool_)
        fresh = changed(small, self._analysed)
        for index, slot in enumerate(slots):
            fresh[index] |= ids[index] != self._ids[index] or slot.camera_on != self._on[index]
        return fresh

    def _cameras_seen(
        self, frame: Frame, slots: tuple[Slot, ...], cuts: NDArray[np.bool_], small: Thumbnails
    ) -> tuple[Slot, ...]:
        """The slots with their cameras updated where the picture says that a camera may have changed."""
        off = np.array([not slot.camera_on for slot in slots], np.bool_)
        for index in np.flatnonzero(self._cameras.due(frame.time, small, cuts, off)).tolist():
            slot = slots[index]
            on, video = look_into(frame.pixels, slot.box)
            if on != slot.camera_on or (cuts[index] and on):
                self._watch.patch(index, replace(slot, camera_on=on, video=video))
        return self._watch.layout.slots


def _places(slots: Sequence[Slot]) -> list[tuple[int, int]]:
    """Row and column of each slot."""
    return [(slot.row, slot.col) for slot in slots]
