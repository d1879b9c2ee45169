"""Finds the tiles of each frame with the ids of the participants in them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from agent.layout.camera import look_into
from agent.participants.identity import TURNED, Identity
from agent.participants.people import NewId, random_id
from agent.tracking.cameras import Cameras
from agent.tracking.change import Thumbnails, changed, cut, thumbnails
from agent.tracking.layout_search import BlockingSearch, FindLayout, Search
from agent.tracking.layout_watch import LayoutWatch
from agent.tracking.slow_changes import SlowChanges
from agent.tracking.speaking import speakers
from agent.values import Box, Frame, Slot, Tile


@dataclass(frozen=True, slots=True)
class _Look:
    """What a frame shows of N slots: their thumbnails, their ``cuts`` (N,), and whether the boxes stayed."""

    slots: tuple[Slot, ...]
    small: Thumbnails
    cuts: NDArray[np.bool_]
    same: bool


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
        self._slots: tuple[Slot, ...] = ()
        self._ids: tuple[str, ...] = ()
        self._ever: set[str] = set()
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
        look = self._look(frame)
        held = self._held(look)
        if held is None:
            look = replace(look, slots=self._cameras_seen(frame, look))
        clear = self._watch.clear
        ids = self._identity.update(frame.pixels, look.slots, look.cuts, frame.time, clear=clear)
        if not look.same:
            self._slow.restart()
        if clear:
            changed_since = self._slow.update(look.small, look.cuts, frame.time)
            self._identity.doubt(frame.pixels, changed_since, frame.time)
        still_held = self._still_held(held, ids)
        if held is not None:
            # Where a known participant was found meanwhile, the slot has the camera of whoever was there.
            look = replace(look, slots=self._patched(frame, look.slots, held & ~still_held))
        fresh = self._fresh(look, ids) & ~still_held
        self._owed = look.cuts & still_held
        self._remember(look, ids, fresh)
        return self._tiles(frame, ids, fresh, still_held)

    def _still_held(self, held: NDArray[np.bool_] | None, ids: tuple[str, ...]) -> NDArray[np.bool_]:
        """The held slots of N without those in which a known participant's name appeared, bool (N,).

        Anything else in such a slot may be a part of two tiles.
        """
        if held is None:
            return np.zeros(len(ids), np.bool_)
        pairs = zip(ids, self._ids, strict=True)
        return held & ~np.array([one != former and one in self._ever for one, former in pairs], np.bool_)

    def _remember(self, look: _Look, ids: tuple[str, ...], fresh: NDArray[np.bool_]) -> None:
        """Remember what this frame shows, to compare the next one with it."""
        if not look.same:
            self._analysed = look.small.copy()
        self._analysed[fresh] = look.small[fresh]
        self._slots, self._before, self._ids = look.slots, look.small, ids
        self._ever.update(ids)

    def _tiles(
        self, frame: Frame, ids: tuple[str, ...], fresh: NDArray[np.bool_], held: NDArray[np.bool_]
    ) -> tuple[Tile, ...]:
        """The tiles of those slots in which there is no doubt that a participant is."""
        speaking = speakers(frame.pixels, _boxes(self._slots)).tolist()
        is_held = (held | np.array(self._identity.unsettled, np.bool_)).tolist()
        unproven, doubtful = self._identity.unproven, self._identity.doubtful
        states = zip(ids, self._slots, speaking, fresh.tolist(), unproven, is_held, strict=True)
        return tuple(Tile(*state) for state, doubt in zip(states, doubtful, strict=True) if not doubt)

    def _look(self, frame: Frame) -> _Look:
        former = _boxes(self._slots)
        small = thumbnails(frame.pixels, former)
        cuts = cut(small, self._before)
        slots = self._watch.update(frame, bool(len(cuts) and cuts.mean() > TURNED)).slots
        boxes = _boxes(slots)
        moved = self._watch.moved
        if moved is not None and boxes == tuple(box.shifted(*moved) for box in former):
            # The same tiles with the same pictures, at another place.
            self._identity.shift(*moved)
            former, small = boxes, thumbnails(frame.pixels, boxes)
            cuts = cut(small, self._before)
        same = boxes == former
        if not same:
            # Slots may be those of before without one that is gone: the others may show other people by now.
            other = {box for box, moved_on in zip(former, cuts | self._owed, strict=True) if moved_on}
            slots = self._patched(frame, slots, np.array([box in other for box in boxes], np.bool_))
            small = thumbnails(frame.pixels, boxes)
            # After a resize each slot shows the same picture as before; on a turned page it does not.
            resized = bool(boxes) and _places(slots) == _places(self._slots)
            cuts = cut(small, self._analysed) if resized else np.ones(len(boxes), np.bool_)
            self._owed = np.zeros(len(boxes), np.bool_)
        return _Look(slots, small, cuts | self._owed, same)

    def _held(self, look: _Look) -> NDArray[np.bool_] | None:
        """Which of N tiles show something else while the layout is searched, bool (N,); otherwise None."""
        if not look.same or not self._watch.searching or self._watch.clear:
            return None
        held = np.asarray(look.cuts | ~self._watch.stands)
        # The boxes of all tiles lie elsewhere by now, also of those that happen to look the same.
        return held | (held.mean() > TURNED) if held.size else held

    def _fresh(self, look: _Look, ids: tuple[str, ...]) -> NDArray[np.bool_]:
        """Which of N slots changed since they were last analysed, bool (N,)."""
        if not look.same:
            return np.ones(len(look.slots), np.bool_)
        fresh = changed(look.small, self._analysed)
        for index, (slot, former) in enumerate(zip(look.slots, self._slots, strict=True)):
            fresh[index] |= ids[index] != self._ids[index] or slot.camera_on != former.camera_on
        return fresh

    def _cameras_seen(self, frame: Frame, look: _Look) -> tuple[Slot, ...]:
        """The slots with their cameras updated where the picture says that a camera may have changed."""
        if not look.same:
            self._cameras.restart(frame.time, look.small)
            return look.slots
        off = np.array([not slot.camera_on for slot in look.slots], np.bool_)
        due = self._cameras.due(frame.time, look.small, look.cuts, off)
        return self._patched(frame, look.slots, due, look.cuts)

    def _patched(
        self,
        frame: Frame,
        slots: tuple[Slot, ...],
        due: NDArray[np.bool_],
        cuts: NDArray[np.bool_] | None = None,
    ) -> tuple[Slot, ...]:
        """The slots with the cameras of those that are ``due``; after a cut the video is measured too."""
        for index in np.flatnonzero(due).tolist():
            slot = slots[index]
            on, video = look_into(frame.pixels, slot.box)
            if on != slot.camera_on or (on and (cuts is None or cuts[index])):
                self._watch.patch(index, replace(slot, camera_on=on, video=video))
        return self._watch.layout.slots


def _boxes(slots: Sequence[Slot]) -> tuple[Box, ...]:
    """Box of each slot."""
    return tuple(slot.box for slot in slots)


def _places(slots: Sequence[Slot]) -> list[tuple[int, int]]:
    """Row and column of each slot."""
    return [(slot.row, slot.col) for slot in slots]
