"""Decides when the layout is searched again, and which found layout to believe.

A search is the slow path. Between two searches only what stands still is compared. A tile whose edges are
gone is dropped, whether or not a search still finds it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from agent.overlap import overlaps
from agent.tracking.alternatives import SAME_PLACE, Alternatives, as_held
from agent.tracking.cameras import cameras_now
from agent.tracking.held_layout import HeldLayout
from agent.tracking.layout_search import BlockingSearch, FindLayout, LayoutAnswer, Search, SearchRequest
from agent.tracking.layout_signature import make_signature, standing_tiles
from agent.tracking.places import numbered
from agent.tracking.search_scheduler import RETRY, SearchScheduler
from agent.values import Frame, Layout, Slot

CONFIRM = (1.0, 3.0, 6.0, 12.0, 30.0, 60.0)
"""Seconds between searches while everything looks as before: a wrong first layout is corrected soon, and a
search takes 30 to 300 ms."""
TURN = (0.1, 0.3, 0.6, 1.2, 2.4, 4.0)
"""Seconds after the last search at which a turned page is searched: back-off while in vain, for tiles that
show a film with cuts."""
PATIENCE = 2.0
"""Seconds for which standing tiles are kept although a search no longer finds them."""
EXPECTED = 4.0
"""Seconds after tiles were last in sight during which a page that could also be a dialog is taken for a
gallery."""
SHIFT_EVERY = 0.3
"""Minimum seconds between two checks for a moved window, when the last one was in vain."""
OUTDATED = 0.5
"""Minimum share of the tiles found that must still stand in the newest frame. On a busy machine the searched
frame is a second old, and where tiles have moved since then no name can be read."""


@dataclass(slots=True)
class _Outcomes:
    """The outcome of the searches so far: when the last one ended, and how many in a row ended alike.

    ``confirmed``: what is held was found again. ``failed``: it was not. ``vain``: a page seemed to turn, and
    nothing had changed.
    """

    last: float = -np.inf
    confirmed: int = 0
    failed: int = 0
    vain: int = 0


class LayoutWatch:
    """Holds the layout that is believed, and searches it again when the picture demands it.

    ``find`` is the slow path from pixels, RGB uint8 (H, W, 3), to a Layout; ``find_expected`` is the same for
    pictures in which a gallery is likely, because one was in sight a moment ago. ``search`` decides whether
    it blocks or runs in the background. ``clear`` tells whether the last frame looked like the layout; if
    not, something may cover the tiles. ``moved`` is the shift in pixels (right, down) of all tiles in the
    last frame, because their window was moved, else None.
    """

    def __init__(
        self,
        find: FindLayout,
        find_expected: FindLayout | None = None,
        search: Callable[[FindLayout, FindLayout | None], Search] = BlockingSearch,
    ) -> None:
        self._search = search(find, find_expected)
        self.clear = False
        self.moved: tuple[int, int] | None = None
        self._held = HeldLayout()
        self._outcomes = _Outcomes()
        self._scheduler = SearchScheduler()
        self._alternatives = Alternatives()
        self._now = self._in_sight_at = self._followed_at = -np.inf
        self._missing_since: float | None = None
        self._turned = False

    @property
    def layout(self) -> Layout:
        """The layout held."""
        return self._held.layout

    @property
    def searching(self) -> bool:
        """Whether the layout is being searched; the result comes with a later frame."""
        return self._search.pending

    @property
    def stands(self) -> NDArray[np.bool_]:
        """Which of N tiles stood where they were in the last frame, bool (N,)."""
        return self._held.standing(self._now)

    def close(self) -> None:
        """End the search; may be called twice."""
        self._search.close()

    def patch(self, index: int, slot: Slot) -> None:
        """Note that the camera of one tile went on or off."""
        self._held.patch(index, slot)

    def update(self, frame: Frame, turned: bool = False) -> Layout:
        """The layout of this frame; ``turned``: most tiles show another picture, as on another page."""
        self._turned |= turned
        self._now = frame.time
        size_changed = (frame.width, frame.height) != (self.layout.width, self.layout.height)
        if size_changed:
            self._search.drop()
            self._scheduler.lost(None)
        self._take_answer(frame)
        if frame.time < self._outcomes.last:
            self._outcomes.last = -np.inf
        trusted = not size_changed and self._is_as_known(frame)
        self.moved = None if trusted or size_changed else self._follow(frame)
        trusted |= self.moved is not None
        if trusted:
            self._held.remember(frame.pixels)
            self._turned |= self._held.reappeared(frame.pixels)
        self.clear = trusted
        if not self.searching and (size_changed or self._due(frame, trusted)):
            self._ask(frame, trusted, size_changed)
        if not self.searching:
            self._drop_unseen(frame.time)
        if self._held.has_tiles:
            self._in_sight_at = frame.time
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

    def _is_as_known(self, frame: Frame) -> bool:
        """Whether the frame shows what is held or, if nothing is held, looks like what was searched last."""
        if not self._held.has_tiles:
            return not self._scheduler.another(frame.pixels)
        return self._held.is_seen(frame)

    def _follow(self, frame: Frame) -> tuple[int, int] | None:
        """Follow a window that was moved: the shift, or None."""
        if not self._held.has_tiles or self._held.incomplete:
            return None
        if 0 <= frame.time - self._followed_at < SHIFT_EVERY:
            return None
        moved = self._held.follow(frame)
        if moved is None:
            self._followed_at = frame.time
            return None
        # The pending search looks at a frame in which the tiles stood elsewhere.
        self._search.drop()
        self._alternatives.found(self.layout)
        # One search a while later tells whether that was right.
        self._outcomes = _Outcomes(last=frame.time, vain=self._outcomes.vain)
        self._missing_since, self._turned, self._followed_at = None, False, -np.inf
        return moved

    def _due(self, frame: Frame, trusted: bool) -> bool:
        past = self._outcomes
        waited = frame.time - past.last
        if not self._held.has_tiles:
            return self._scheduler.due(frame, waited, past.failed)
        if self._turned and waited >= TURN[min(past.vain, len(TURN) - 1)]:
            return True
        if trusted and not self._in_doubt:
            return waited >= CONFIRM[min(past.confirmed, len(CONFIRM) - 1)]
        # Something new is searched at once, also in the frame with which the last answer came: tiles of which
        # none stands are given up unless a search goes on.
        first = past.failed == 0 and not trusted
        return first or waited >= RETRY[min(past.failed, len(RETRY) - 1)]

    @property
    def _in_doubt(self) -> bool:
        """Whether the last search did not find what is held, or tiles were dropped since."""
        return self._missing_since is not None or self._held.incomplete

    def _ask(self, frame: Frame, trusted: bool, resized: bool) -> None:
        expected = 0 <= frame.time - self._in_sight_at <= EXPECTED
        request = SearchRequest(frame, expected, trusted, self._turned, resized)
        self._turned = False
        # Without tiles to read meanwhile, there is nothing to do but wait.
        self._search.ask(request, wait=resized or not self._held.has_tiles)
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
        past = self._outcomes
        past.last, past.vain = self._now, past.vain + 1 if turned else 0
        self._scheduler.searched(frame.pixels)
        if resized or not self._held.has_tiles:
            failed = past.failed + 1
            self._accept(frame, found, now)
            self._outcomes.failed = 0 if found.slots else failed
            return
        kept = _matches(self.layout, found)
        if len(kept) == len(found.slots) == len(self.layout.slots):
            self._confirm(frame, found, trusted, turned)
        elif len(kept) == len(found.slots) and not self._held.participants_left(frame.pixels, kept):
            self._miss(frame, found, now)
        elif trusted and not turned and not self._in_doubt:
            # Nothing that stands still has moved: one search alone does not overturn the layout.
            self._missing_since, past.confirmed, past.failed = frame.time, 0, 0
        else:
            self._accept(frame, found, now)

    def _confirm(self, frame: Frame, found: Layout, trusted: bool, turned: bool) -> None:
        """Note that the same tiles were found: only what is around them, or all that is in them, changed."""
        past = self._outcomes
        past.confirmed = past.confirmed + 1 if trusted and not turned else 0
        past.failed = 0 if trusted else past.failed + 1
        self._alternatives.found(found)
        self._held.renew(frame)
        self._missing_since, self._held.incomplete, self.clear = None, False, True

    def _miss(self, frame: Frame, found: Layout, now: Frame) -> None:
        """Keep the tiles for a while: fewer were found, but no page is where the others were."""
        self._outcomes.failed += 1
        if self._missing_since is None or frame.time < self._missing_since:
            self._missing_since = frame.time
        if frame.time - self._missing_since >= PATIENCE:
            self._accept(frame, found, now)

    def _drop_unseen(self, time: float) -> None:
        dropped, former = self._held.drop_unseen(time)
        if former is not None:
            self._scheduler.lost(former)
        if dropped:
            self._missing_since = None

    def _accept(self, frame: Frame, found: Layout, now: Frame) -> None:
        """Accept the layout found in a frame, without tiles that the newest frame no longer shows there.

        People may have changed places since: the cameras are those of the newest frame.
        """
        slots = found.slots
        if slots and now is not frame and now.pixels.shape == frame.pixels.shape:
            stands = standing_tiles(now.pixels, make_signature(frame.pixels, found))
            if stands.mean() < OUTDATED:
                return
            slots = numbered([slot for slot, stays in zip(slots, stands, strict=True) if stays])
            slots = cameras_now(slots, frame.pixels, now.pixels)
        self._hold(frame, Layout(frame.width, frame.height, slots))
        self._alternatives.found(found)
        self._outcomes = _Outcomes(last=self._outcomes.last)

    def _hold(self, frame: Frame, layout: Layout) -> None:
        """Hold these tiles of a frame from now on."""
        self._held.hold(frame, layout)
        self._missing_since, self.clear = None, True


def _matches(old: Layout, new: Layout) -> set[int]:
    """Indices of the old slots that are in the new layout too."""
    shared = overlaps([slot.box for slot in old.slots], [slot.box for slot in new.slots])
    return set(np.flatnonzero((shared >= SAME_PLACE).any(axis=1)).tolist())
