"""What the overlay knows of the agent, and how that shows: fading when stale, marked when lost. Pure.

Times are seconds of any monotonic clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from exporter.protocol.messages import RoomMessage

STALE_AFTER = 3.0
"""Seconds without a message after which the agent is stuck: while it reads nothing it says so each second."""

FADE = 0.4
"""Seconds that a change of the whole overlay's opacity takes."""


class Health(StrEnum):
    """How much what is shown can be believed."""

    CONNECTING = "connecting"
    LIVE = "live"
    STALE = "stale"
    STALLED = "stalled"
    FAILING = "failing"
    WAITING = "waiting"
    UNSHARED = "unshared"
    LOST = "lost"
    PAUSED = "paused"
    REFUSED = "refused"


ALPHA = {Health.LIVE: 1.0, Health.STALE: 0.3, Health.STALLED: 0.3, Health.FAILING: 0.3}
"""How strongly chips show; not at all in the states that are not named."""

MARKS = {
    Health.LIVE: "",
    Health.CONNECTING: "Connecting to the agent…",
    Health.STALE: "No news from the agent",
    Health.STALLED: "No new picture for a while",
    Health.FAILING: "The pictures cannot be read: the agent's log says why",
    Health.WAITING: "Waiting for the first picture",
    Health.UNSHARED: "Nobody shares a picture now: use the share page, or OBS",
    Health.LOST: "Source lost: the agent is trying to get the picture back",
    Health.PAUSED: "Paused: nothing is read",
    Health.REFUSED: "Not let in: start the overlay with the address that the agent printed",
}

GRAVE = frozenset({Health.LOST, Health.REFUSED})


@dataclass(slots=True)
class Link:
    """The connection as the follower of the feed reports it, the newest message, and what its hello said.

    That is the source's ``kind``, and whether the place's policy lets expressions be ``inferred``.
    """

    is_open: bool = False
    refused: bool = False
    last: float | None = None
    message: RoomMessage | None = None
    kind: str = ""
    inferred: bool = True

    def opened(self) -> None:
        """A connection stands; what came over an earlier one stays until it is too old."""
        self.is_open, self.refused = True, False

    def closed(self, *, refused: bool) -> None:
        """The connection is gone, or was not let in."""
        self.is_open, self.refused = False, refused

    def received(self, message: RoomMessage, now: float) -> None:
        """A message came."""
        self.message, self.last = message, now

    def health(self, now: float) -> Health:
        """What all this means now."""
        if self.refused:
            return Health.REFUSED
        if self.message is None or self.last is None:
            return Health.CONNECTING
        if now - self.last > STALE_AFTER:
            return Health.STALE
        return health_of(self.message, self.kind)


def health_of(message: RoomMessage, kind: str) -> Health:
    """What a message says of the source; where people send its picture (kind webrtc), none may be sent."""
    source = message.source
    if source.paused:
        return Health.PAUSED
    if source.failing:
        return Health.FAILING
    waits = source.state == "stalled" and message.frame.width == 0
    if kind == "webrtc" and (waits or source.state == "lost"):
        return Health.UNSHARED
    if waits:
        return Health.WAITING
    return {"live": Health.LIVE, "stalled": Health.STALLED, "lost": Health.LOST}[source.state]


class Fade:
    """A number that moves to its goal within ``seconds``, calmly; at once where ``seconds`` is 0."""

    def __init__(self, value: float, seconds: float = FADE) -> None:
        self._from = self._to = value
        self._seconds = seconds
        self._start = float("-inf")

    def aim(self, goal: float, now: float) -> None:
        """Move to ``goal`` from where it stands now."""
        if goal != self._to:
            self._from, self._to, self._start = self.at(now), goal, now

    def at(self, now: float) -> float:
        """The number at a time."""
        return self._from + (self._to - self._from) * ease(self.progress(now))

    def progress(self, now: float) -> float:
        """0 at the start of the move, 1 from its end on."""
        if self._seconds <= 0:
            return 1.0
        return min(max((now - self._start) / self._seconds, 0.0), 1.0)

    def is_moving(self, now: float) -> bool:
        """Whether it has not arrived."""
        return self._from != self._to and self.progress(now) < 1


def ease(share: float) -> float:
    """Fast first, then slow: a cubic ease-out from 0 to 1."""
    return 1 - (1 - share) ** 3
