"""A lesson over time: the room's trend, alerts, and the moments that somebody marked.

A pure state machine: times are arguments, and it reads no clock. ``mark`` may be called from
another thread than ``take``: a deque's append and popleft are atomic.
"""

from __future__ import annotations

import dataclasses
import math
from collections import deque
from collections.abc import Sequence

from agent.lesson.alerts import Alerts
from agent.lesson.rules import Rule
from agent.lesson.trend import RoomHistory, Span
from agent.values import Marker, Snapshot

MOST_MARKERS = 50
"""Maximum number of markers in a snapshot, and of times of markers taken back; the newest are kept."""

LONGEST_TEXT = 80
NAMELESS = "marker"


class Lesson:
    """Follows one lesson; ``rules`` declare the alerts, ``span`` what the trend compares.

    Without ``infers`` no expression is ever read, so no advice is given: it would promise what cannot come.
    ``hz`` is the maximum number of frames per second.
    """

    def __init__(
        self,
        rules: Sequence[Rule] = (),
        span: Span | None = None,
        *,
        infers: bool = True,
        hz: float = math.inf,
    ) -> None:
        self._alerts = Alerts(rules, hz)
        self._history = RoomHistory(span) if infers else None
        self._given: deque[Marker | float] = deque(maxlen=MOST_MARKERS)
        self._markers: deque[Marker] = deque(maxlen=MOST_MARKERS)
        self._unmarked: deque[float] = deque(maxlen=MOST_MARKERS)

    def mark(self, text: str, wall: float) -> None:
        """Mark a moment (Unix seconds); it stands in the next snapshot and message. From any thread."""
        # The feed's times are milliseconds, and a marker is taken back by its time.
        self._given.append(Marker(tidy(text), round(wall, 3)))

    def unmark(self, wall: float) -> None:
        """Take back the marker of that Unix time, to the millisecond, if there is one. From any thread."""
        self._given.append(round(wall, 3))

    def take(self, snapshot: Snapshot, time: float) -> Snapshot:
        """The snapshot with the room's trend, advice, alerts and markers; ``time`` is monotonic seconds."""
        room = snapshot.room
        if self._history is not None:
            trend, advice = self._history.update(room, time, snapshot.wall)
            room = dataclasses.replace(room, trend=trend, advice=advice)
        alerts = self._alerts.update(snapshot.readings, time, snapshot.wall)
        return self.marked(dataclasses.replace(snapshot, room=room, alerts=alerts))

    def marked(self, snapshot: Snapshot) -> Snapshot:
        """The snapshot with the newest markers, oldest first; called by the thread that calls ``take``."""
        while self._given:
            given = self._given.popleft()
            if isinstance(given, Marker):
                self._markers.append(self._distinct(given))
            else:
                self._take_back(given)
        return dataclasses.replace(snapshot, markers=tuple(self._markers), unmarked=tuple(self._unmarked))

    def _distinct(self, marker: Marker) -> Marker:
        """The marker at the first millisecond from its own that no other has: its time names it."""
        taken = {one.wall for one in self._markers}.union(self._unmarked)
        wall = marker.wall
        while wall in taken:
            wall = round(wall + 0.001, 3)
        return dataclasses.replace(marker, wall=wall)

    def _take_back(self, wall: float) -> None:
        kept = [one for one in self._markers if one.wall != wall]
        if len(kept) < len(self._markers):
            self._markers = deque(kept, maxlen=MOST_MARKERS)
            self._unmarked.append(wall)


def tidy(text: str) -> str:
    """A marker's text on one line, without unprintable characters, at most 80 characters long."""
    words = "".join(one if one.isprintable() else " " for one in text).split()
    return " ".join(words)[:LONGEST_TEXT].strip() or NAMELESS
