"""The room gauge: its texts, the trend of valence, and its position. Pure; logical pixels, seconds."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from exporter.native.geometry import FrameMap, Rect
from exporter.native.tile_texts import (
    NOT_INFERRED,
    attention_text,
    is_everybody_excluded,
    mood_text,
    parts_of,
    read_text,
    valence_text,
)
from exporter.protocol.messages import RoomMessage

SIZE = (252.0, 108.0)
"""Width and height of the gauge, in logical pixels."""

MARGIN = 12.0
"""Distance between the docked gauge and the screen's edge, in logical pixels."""

SNAP = 36.0
"""Maximum distance from the docking position at which the gauge docks, in logical pixels."""

SPAN = 120.0
"""Length of the valence trend, in seconds."""

STEP = 1.0
"""Minimum seconds between two points of the trend; more points cannot be distinguished at its width."""

GAP = 6.0
"""Maximum seconds between two points of a line. A longer gap, such as a pause, a lost source or a minute
without faces, interrupts the line; a face that looks away for a moment does not."""

Line = tuple[tuple[float, float], ...]
"""Connected points of the trend: age in seconds and valence of each, oldest first."""

PLACES = ((1.0, 0.0), (1.0, 1.0), (0.0, 1.0), (0.0, 0.0), (1.0, 0.5), (0.0, 0.5), (0.5, 1.0), (0.5, 0.0))
"""Automatic docking places, as shares of the free way on a screen (x, y); the first is the default."""

FACE_COSTS, UNREAD_COSTS = 20.0, 0.1
"""Costs of covering a pixel of a face, and of a tile that is not read; other tile pixels cost 1. A covered
face cannot be read; a tile with the camera off loses nothing."""

AvoidedRegions = Sequence[tuple[Rect, float]]
"""Rectangles to avoid, with the cost of covering one of their pixels."""


@dataclass(frozen=True, slots=True)
class GaugeContent:
    """What the gauge shows: words, the share of each label, and the lines of the trend.

    ``attention`` replaces shares and trend if no expression is inferred.
    """

    mood: str = ""
    read: str = ""
    parts: tuple[tuple[str, float], ...] = ()
    trend: tuple[Line, ...] = ()
    attention: str | None = None


class ValenceTrend:
    """The room's valence over the last two minutes."""

    def __init__(self) -> None:
        self._points: deque[tuple[float, float]] = deque()

    def add(self, time: float, valence: float | None) -> None:
        """Add a value at a Unix time; None is ignored. If the clock was set back, the trend restarts."""
        if self._points and self._points[-1][0] - time > STEP:
            self._points.clear()
        if valence is None or (self._points and time - self._points[-1][0] < STEP):
            return
        self._points.append((time, valence))
        while self._points and time - self._points[0][0] > SPAN:
            self._points.popleft()

    def lines(self, now: float) -> tuple[Line, ...]:
        """The points as lines, oldest first; a gap of more than GAP begins a new line."""
        lines: list[list[tuple[float, float]]] = []
        before = -math.inf
        for time, valence in self._points:
            if now - time > SPAN:
                continue
            if time - before > GAP:
                lines.append([])
            lines[-1].append((float(round(now - time)), valence))
            before = time
        return tuple(map(tuple, lines))


def time_of(message: RoomMessage) -> float:
    """When the message's frame was captured, in Unix seconds."""
    return datetime.fromisoformat(message.time).timestamp()


def content_of(message: RoomMessage, trend: ValenceTrend, *, inferred: bool = True) -> GaugeContent:
    """The gauge's content for a message; its valence must already be in ``trend``.

    ``inferred`` False: a policy forbids inferring expressions, so nothing based on them is shown.
    """
    time = time_of(message)
    parts = tuple((label, round(share, 2)) for label, share in parts_of(message)[0].items())
    if not message.room.tiles and not message.tiles:
        return GaugeContent(
            "No gallery in sight", "Put the meeting into gallery view", trend=trend.lines(time)
        )
    if is_everybody_excluded(message):
        return GaugeContent("Everybody is excluded", "Read again: on the dashboard", trend=trend.lines(time))
    if not inferred:
        turned = attention_text(message.room.attention, message.room.faces)
        return GaugeContent(NOT_INFERRED, read_text(message.room, inferred=False), attention=turned)
    said = [read_text(message.room), valence_text(message.room.valence)]
    return GaugeContent(
        mood_text(message), ", ".join(part for part in said if part), parts, trend.lines(time)
    )


def docked(gauge: Rect, screen: Rect) -> Rect:
    """The place of a dropped gauge: completely on the screen, and docked if near to an edge."""
    left = _settle(gauge.left, screen.left + MARGIN, screen.right - gauge.width - MARGIN)
    top = _settle(gauge.top, screen.top + MARGIN, screen.bottom - gauge.height - MARGIN)
    return Rect(left, top, gauge.width, gauge.height)


def regions_of(message: RoomMessage, frame: FrameMap) -> list[tuple[Rect, float]]:
    """The regions that a gauge should not cover, in the desktop's logical coordinates: tiles and faces."""
    left, top = frame.left, frame.top
    regions = []
    for tile in message.tiles:
        cost = UNREAD_COSTS if tile.state in {"camera_off", "excluded"} else 1.0
        regions.append((frame.to_window(tile.box).shifted(left, top), cost))
        if tile.face is not None:
            regions.append((frame.to_window(tile.face.box).shifted(left, top), FACE_COSTS))
    return regions


def free_share(share: tuple[float, float], screen: Rect, regions: AvoidedRegions) -> tuple[float, float]:
    """The automatic docking place: the current one if it covers nothing, else the one that covers least.

    The gauge moves only if the new place costs less than half as much, so that it does not jump.
    """

    def cost(at: tuple[float, float]) -> float:
        return _cost(at_share(at, screen), regions)

    now = cost(share)
    if now == 0:
        return share
    best = min(PLACES, key=cost)
    return best if cost(best) < now / 2 else share


def free_place(size: tuple[float, float], screens: Sequence[Rect], regions: AvoidedRegions) -> Rect:
    """The place that covers least for a window of this size, of the docking places on all screens."""
    places = [at_share(share, screen, size) for screen in screens for share in PLACES]
    return min(places, key=lambda place: _cost(place, regions))


def at_share(share: tuple[float, float], screen: Rect, size: tuple[float, float] = SIZE) -> Rect:
    """A window's place from shares 0..1 of the free way on a screen, which are valid for any screen size."""
    width, height = size
    across = max(screen.width - width - 2 * MARGIN, 0.0)
    down = max(screen.height - height - 2 * MARGIN, 0.0)
    x, y = (min(max(one, 0.0), 1.0) for one in share)
    return Rect(screen.left + MARGIN + x * across, screen.top + MARGIN + y * down, width, height)


def share_of(gauge: Rect, screen: Rect) -> tuple[float, float]:
    """The inverse of ``at_share``."""
    across = max(screen.width - gauge.width - 2 * MARGIN, 1.0)
    down = max(screen.height - gauge.height - 2 * MARGIN, 1.0)
    shares_of_way = (
        (gauge.left - screen.left - MARGIN) / across,
        (gauge.top - screen.top - MARGIN) / down,
    )
    x, y = (min(max(one, 0.0), 1.0) for one in shares_of_way)
    return x, y


def _cost(place: Rect, regions: AvoidedRegions) -> float:
    return sum(rect.intersection(place) * each for rect, each in regions)


def _settle(value: float, least: float, most: float) -> float:
    most = max(least, most)
    if value < least + SNAP:
        return least
    if value > most - SNAP:
        return most
    return value
