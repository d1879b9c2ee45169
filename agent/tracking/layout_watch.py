"""Decides when the layout is searched again, which found layout to believe, and which tiles are gone.

A search is the slow path. Between two searches only what stands still is compared: the page between and
around the tiles, and the edges of each tile. A tile whose edges are gone is dropped, whether or not a search
still finds it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from agent.tracking.alternatives import SAME_PLACE, Alternatives, as_held
from agent.tracking.layout_search import BlockingSearch, FindLayout, LayoutAnswer, Search, SearchRequest
from agent.tracking.layout_signature import (
    Signature,
    empty,
    make_signature,
    page_holds,
    standing_tiles,
    without_tiles,
)
from agent.tracking.overlap import overlaps
from agent.tracking.places import numbered
from agent.tracking.search_scheduler import AT_ONCE, RETRY, SearchScheduler
from agent.tracking.window_shift import shift_of, shifted
from agent.values import Frame, Layout, Pixels, Slot

CONFIRM = (1.0, 3.0, 6.0, 12.0, 30.0, 60.0)
"""Seconds between searches while everything looks as before: a wrong first layout is corrected soon, and a
search takes 30 to 300 ms."""
TURN = (0.1, 0.3, 0.6, 1.2, 2.4, 4.0)
"""Seconds after the last search at which a turned page is searched: back-off while in vain, for tiles that
show a film with cuts."""
PATIENCE = 2.0
"""Seconds for which standing tiles are kept although a search no longer finds them."""
GONE = 0.8
"""Seconds after which a tile that no longer stands is dropped; a tooltip or a flash is shorter."""
ALL_GONE = 0.25
"""The same when no tile stands: that is another page or window, not something over the tiles."""
EXPECTED = 4.0
"""Seconds after tiles were last in sight during which a page that could also be a dialog is taken for a
gallery."""
SHIFT_EVERY = 0.3
"""Minimum seconds between two checks for a moved window, when the last one was in vain."""
STANDS = 0.6
"""Minimum share of their former edges that tiles must show at their new place."""
OUTDATED = 0.5
"""Minimum share of the tiles found that must still stand in the newest frame. On a busy machine the searched
frame is a second old, and where tiles have moved since then no name can be read."""


class LayoutWatch:
    """Holds the layout that is believed, and searches it again when the picture demands it.

    ``find`` is the slow path from pixels, RGB uint8 (H, W, 3), to a Layout; ``find_expected`` is the same for
    pictures in which a gallery is likely, because one was in sight a moment ago. ``search`` decides whether
    it blocks or runs in the background. ``clear`` tells whether the last frame looked like the layout; if
    not, something may cover the tiles.
    """

    def __init__(
        self,
        find: FindLayout,
        find_expected: FindLayout | None = None,
        search: Callable[[FindLayout, FindLayout | None], Search] = BlockingSearch,
    ) -> None:
        self._search = search(find, find_expected)
        self._held_at = -np.inf
        self._now = -np.inf
        self.layout = Layout(0, 0)
        self.clear = False
        self.moved: tuple[int, int] | None = None
        """Shift in pixels (right, down) of all tiles in the last frame, because their window was moved; else
        None."""
        self._last: Pixels | None = None
        self._sought_at = -np.inf
        self._signature: Signature | None = None
        self._found_at = -np.inf
        self._confirmed = 0
        self._failed = 0
        self._missing_since: float | None = None
        self._dropped = False
        self._covered: list[Signature] = []
        self._turned = False
        self._vain = 0
        self._stood: NDArray[np.float64] = np.zeros(0)
        self._scheduler = SearchScheduler()
        self._alternatives = Alternatives()

    @property
    def searching(self) -> bool:
        """Whether the layout is being searched; the result comes with a later frame."""
        return self._search.pending

    @property
    def stands(self) -> NDArray[np.bool_]:
        """Which of N tiles stood where they were in the last frame, bool (N,)."""
        return np.asarray(self._stood >= self._now)

    def close(self) -> None:
        """End the search; may be called twice."""
        self._search.close()

    def update(self, frame: Frame, turned: bool = False) -> Layout:
        """The layout of this frame; ``turned``: most tiles show another picture, as on another page."""
        self._turned |= turned
        self._now = frame.time
        size_changed = (frame.width, frame.height) != (self.layout.width, self.layout.height)
        if size_changed:
            self._search.drop()
            self._scheduler.lost(None)
        self._take_answer(frame)
        if frame.time < self._found_at:
            self._found_at = -np.inf
        trusted = not size_changed and self._trusted(frame)
        self.moved = None if trusted or size_changed else self._shift(frame)
        if self.moved is not None:
            # The pending search looks at a frame in which the tiles stood elsewhere.
            self._search.drop()
            trusted = True
        self._last = frame.pixels if trusted else self._last
        # Whatever covered the dropped tiles may have gone.
        self._turned |= trusted and any(standing_tiles(frame.pixels, gone).any() for gone in self._covered)
        self.clear = trusted
        if not self.searching and (size_changed or self._due(frame, trusted)):
            self._ask(frame, trusted, size_changed)
        if not self.searching:
            self._drop_gone(frame.time)
        if self.layout.slots:
            self._held_at = frame.time
        return self.layout

    def try_another(self, frame: Frame) -> bool:
        """Hold other tiles found in the same picture, because those held show no people in this frame.

        Each set is tried once after a search. When none is left, the first set is held again and this returns
        False.
        """
        following, untried = self._alternatives.following(self.layout)
        if following is not None:
            self._hold(frame, following)
        return untried

    def _trusted(self, frame: Frame) -> bool:
        """Whether the frame looks like the last one that was searched; notes which tiles stand."""
        if self._signature is None:
            return not self._scheduler.another(frame.pixels)
        stands = standing_tiles(frame.pixels, self._signature)
        self._stood[stands | (self._stood > frame.time)] = frame.time
        return bool(stands.all()) and page_holds(frame.pixels, self._signature)

    def _shift(self, frame: Frame) -> tuple[int, int] | None:
        """Follow a window that was moved; this takes a thirtieth of the time of a search."""
        if self._signature is None or self._last is None or not self.layout.slots or self._dropped:
            return None
        if 0 <= frame.time - self._sought_at < SHIFT_EVERY:
            return None
        moved = shift_of(self._last, frame.pixels, self.layout)
        there = None if moved is None else shifted(self.layout, moved)
        signature = None if there is None else make_signature(frame.pixels, there)
        if there is None or signature is None or (signature.edges < STANDS * self._signature.edges).any():
            self._sought_at = frame.time
            return None
        self.layout = there
        self._alternatives.found(there)
        self._update_signature(frame)
        # One search a while later tells whether that was right.
        self._found_at, self._confirmed, self._failed, self._turned = frame.time, 0, 0, False
        self._missing_since, self._covered, self._sought_at = None, [], -np.inf
        return moved

    def _due(self, frame: Frame, trusted: bool) -> bool:
        waited = frame.time - self._found_at
        if not self.layout.slots:
            return self._scheduler.due(frame, waited, self._failed)
        if self._turned and waited >= TURN[min(self._vain, len(TURN) - 1)]:
            return True
        if trusted and self._missing_since is None and not self._dropped:
            return waited >= CONFIRM[min(self._confirmed, len(CONFIRM) - 1)]
        # Something new is searched at once: a gallery that changed its shape must not wait.
        first = self._failed == 0 and not trusted
        return waited >= (AT_ONCE if first else RETRY[min(self._failed, len(RETRY) - 1)])

    def _ask(self, frame: Frame, trusted: bool, resized: bool) -> None:
        expected = 0 <= frame.time - self._held_at <= EXPECTED
        request = SearchRequest(frame, expected, trusted, self._turned, resized)
        self._turned = False
        # Without tiles to read meanwhile, there is nothing to do but wait.
        self._search.ask(request, wait=resized or not self.layout.slots)
        self._take_answer(frame)

    def _take_answer(self, now: Frame) -> None:
        answer = self._search.answer()
        if answer is not None:
            self._consider(answer, now)

    def _consider(self, answer: LayoutAnswer, now: Frame) -> None:
        """Accept the layout found, or keep the present one for a while; ``now`` is the newest frame."""
        frame, trusted = answer.request.frame, answer.request.trusted
        found = as_held(self.layout, answer.layout)
        resized, turned = answer.request.resized, answer.request.turned
        self._found_at = self._now
        self._scheduler.searched(frame.pixels)
        self._vain = self._vain + 1 if turned else 0
        if resized or not self.layout.slots:
            failed = self._failed + 1
            self._accept(frame, found, now)
            self._failed = 0 if found.slots else failed
            return
        kept = _matches(self.layout, found)
        if len(kept) == len(found.slots) == len(self.layout.slots):
            self._confirm(frame, found, trusted, turned)
        elif len(kept) == len(found.slots) and not self._left(frame, kept):
            self._miss(frame, found, now)
        elif trusted and not turned and self._missing_since is None and not self._dropped:
            # Nothing that stands still has moved: one search alone does not overturn the layout.
            self._missing_since, self._confirmed, self._failed = frame.time, 0, 0
        else:
            self._accept(frame, found, now)

    def _confirm(self, frame: Frame, found: Layout, trusted: bool, turned: bool) -> None:
        """Note that the same tiles were found: only what is around them, or all that is in them, changed."""
        self._missing_since, self._dropped = None, False
        self._alternatives.found(found)
        self._confirmed = self._confirmed + 1 if trusted and not turned else 0
        self._failed = 0 if trusted else self._failed + 1
        self._update_signature(frame)
        self.clear = True

    def _miss(self, frame: Frame, found: Layout, now: Frame) -> None:
        """Keep the tiles for a while: fewer were found, but no page is where the others were."""
        self._failed += 1
        if self._missing_since is None or frame.time < self._missing_since:
            self._missing_since = frame.time
        if frame.time - self._missing_since >= PATIENCE:
            self._accept(frame, found, now)

    def _left(self, frame: Frame, kept: set[int]) -> bool:
        """Whether every tile that was not found again shows the page, so that its participant left."""
        if not kept or self._signature is None or not len(self._signature.page):
            return False
        colour = self._signature.colour
        others = [slot.box for index, slot in enumerate(self.layout.slots) if index not in kept]
        return all(empty(frame.pixels, box, colour) for box in others)

    def _drop_gone(self, time: float) -> None:
        """Drop the tiles whose edges have not been seen for too long."""
        unseen = time - self._stood
        gone = unseen >= (GONE if (unseen == 0).any() else ALL_GONE)
        if self._signature is None or not gone.any():
            return
        slots = numbered([slot for slot, left in zip(self.layout.slots, gone, strict=True) if not left])
        if not slots:
            self._scheduler.lost(self._signature)
        self.layout = replace(self.layout, slots=slots)
        self._covered = [*self._covered, without_tiles(self._signature, ~gone)] if slots else []
        self._signature = without_tiles(self._signature, gone) if slots else None
        self._stood = self._stood[~gone]
        self._missing_since, self._dropped = None, bool(slots)

    def _accept(self, frame: Frame, found: Layout, now: Frame) -> None:
        """Accept the layout found in a frame, except tiles that the newest frame no longer shows there."""
        slots = found.slots
        if slots and now is not frame and now.pixels.shape == frame.pixels.shape:
            stands = standing_tiles(now.pixels, make_signature(frame.pixels, found))
            if stands.mean() < OUTDATED:
                return
            slots = numbered([slot for slot, stays in zip(slots, stands, strict=True) if stays])
        self._hold(frame, Layout(frame.width, frame.height, slots))
        self._alternatives.found(found)
        self._confirmed = self._failed = self._vain = 0

    def _hold(self, frame: Frame, layout: Layout) -> None:
        """Hold these tiles of a frame from now on."""
        self.layout, self._last = layout, frame.pixels
        self._update_signature(frame)
        self.clear = True
        self._missing_since, self._dropped, self._covered = None, False, []

    def _update_signature(self, frame: Frame) -> None:
        self._signature = make_signature(frame.pixels, self.layout) if self.layout.slots else None
        # As floats, whatever type the first time has.
        self._stood = np.full(len(self.layout.slots), frame.time, np.float64)

    def patch(self, index: int, slot: Slot) -> None:
        """Note that the camera of one tile went on or off."""
        slots = list(self.layout.slots)
        slots[index] = slot
        self.layout = replace(self.layout, slots=tuple(slots))


def _matches(old: Layout, new: Layout) -> set[int]:
    """Indices of the old slots that are in the new layout too."""
    shared = overlaps([slot.box for slot in old.slots], [slot.box for slot in new.slots])
    return set(np.flatnonzero((shared >= SAME_PLACE).any(axis=1)).tolist())
