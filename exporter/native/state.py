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


class OverlayHealth(StrEnum):
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


ALPHA = {
    OverlayHealth.LIVE: 1.0,
    OverlayHealth.STALE: 0.3,
    OverlayHealth.STALLED: 0.3,
    OverlayHealth.FAILING: 0.3,
}
"""How strongly chips show; not at all in the states that are not named."""

STATUS_TEXTS = {
    OverlayHealth.LIVE: "",
    OverlayHealth.CONNECTING: "Connecting to the agent…",
    OverlayHealth.STALE: "No news from the agent",
    OverlayHealth.STALLED: "No new picture for a while",
    OverlayHealth.FAILING: "The pictures cannot be read: the agent's log says why",
    OverlayHealth.WAITING: "Waiting for the first picture",
    OverlayHealth.UNSHARED: "Nobody shares a picture now: use the share page, or OBS",
    OverlayHealth.LOST: "Source lost: the agent is trying to get the picture back",
    OverlayHealth.PAUSED: "Paused: nothing is read",
    OverlayHealth.REFUSED: "Not let in: start the overlay with the address that the agent printed",
}

GRAVE = frozenset({OverlayHealth.LOST, OverlayHealth.REFUSED})


@dataclass(slots=True)
class ConnectionState:
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

    def health(self, now: float) -> OverlayHealth:
        """What all this means now."""
        if self.refused:
            return OverlayHealth.REFUSED
        if self.message is None or self.last is None:
            return OverlayHealth.CONNECTING
        if now - self.last > STALE_AFTER:
            return OverlayHealth.STALE
        return health_of(self.message, self.kind)


def health_of(message: RoomMessage, kind: str) -> OverlayHealth:
    """What a message says of the source; where people send its picture (kind webrtc), none may be sent."""
    source = message.source
    if source.paused:
        return OverlayHealth.PAUSED
    if source.failing:
        return OverlayHealth.FAILING
    waits = source.state == "stalled" and message.frame.width == 0
    if kind == "webrtc" and (waits or source.state == "lost"):
        return OverlayHealth.UNSHARED
    if waits:
        return OverlayHealth.WAITING
    return {"live": OverlayHealth.LIVE, "stalled": OverlayHealth.STALLED, "lost": OverlayHealth.LOST}[
        source.state
    ]


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
