"""The agent's state as the overlay knows and shows it: faded when stale, marked when lost. Pure.

Times are seconds of any monotonic clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from exporter.protocol.messages import RoomMessage

STALE_AFTER = 3.0
"""Maximum seconds without a message; the agent sends one each second even while it reads nothing."""

FADE = 0.4
"""Duration in seconds of a change of the whole overlay's opacity."""


class OverlayHealth(StrEnum):
    """The state of connection and source, that is, whether the chips are current."""

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
    UNKNOWN = "unknown"


ALPHA = {
    OverlayHealth.LIVE: 1.0,
    OverlayHealth.STALE: 0.3,
    OverlayHealth.STALLED: 0.3,
    OverlayHealth.FAILING: 0.3,
}
"""Opacity of chips, 0..1; they are hidden in all other states."""

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
    OverlayHealth.UNKNOWN: "No agent of this version answers: check the address, and update both",
}

GRAVE = frozenset({OverlayHealth.LOST, OverlayHealth.REFUSED, OverlayHealth.UNKNOWN})


@dataclass(slots=True)
class ConnectionState:
    """The feed client's connection, the newest message, and three facts of the ``hello`` message.

    ``unknown``: a message came that cannot be decoded, and since then none that can.
    The facts are the source's ``kind``; ``inferred``: the policy allows inferring expressions; and
    ``tells_tiles``: the mode is ``tiles``, so single tiles are told and commands on them are taken.
    """

    is_open: bool = False
    refused: bool = False
    unknown: bool = False
    last: float | None = None
    message: RoomMessage | None = None
    kind: str = ""
    inferred: bool = True
    tells_tiles: bool = True

    def opened(self) -> None:
        """Note an open connection; the last message stays until it is too old."""
        self.is_open, self.refused = True, False

    def closed(self, *, refused: bool, unknown: bool = False) -> None:
        """Note a closed or refused connection; ``unknown``: its messages are of no feed that we know."""
        self.is_open, self.refused = False, refused
        # Until a message is understood: each new attempt would else say "Connecting" for a moment.
        self.unknown = self.unknown or unknown

    def received(self, message: RoomMessage, now: float) -> None:
        """Note a message."""
        self.message, self.last, self.unknown = message, now, False

    def health(self, now: float) -> OverlayHealth:
        """The state at the time ``now``."""
        if self.refused:
            return OverlayHealth.REFUSED
        if self.unknown:
            return OverlayHealth.UNKNOWN
        if self.message is None or self.last is None:
            return OverlayHealth.CONNECTING
        if now - self.last > STALE_AFTER:
            return OverlayHealth.STALE
        return health_of(self.message, self.kind)


def health_of(message: RoomMessage, kind: str) -> OverlayHealth:
    """The source's state in a message; with kind webrtc a missing picture means that nobody shares."""
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
    """A number that moves to its goal within ``seconds``, with easing; at once if ``seconds`` is 0."""

    def __init__(self, value: float, seconds: float = FADE) -> None:
        self._from = self._to = value
        self._seconds = seconds
        self._start = float("-inf")

    def aim(self, goal: float, now: float) -> None:
        """Move from the current value to ``goal``."""
        if goal != self._to:
            self._from, self._to, self._start = self.at(now), goal, now

    def at(self, now: float) -> float:
        """The value at the time ``now``."""
        return self._from + (self._to - self._from) * ease(self.progress(now))

    def progress(self, now: float) -> float:
        """0 at the start of the move, 1 from its end on."""
        if self._seconds <= 0:
            return 1.0
        return min(max((now - self._start) / self._seconds, 0.0), 1.0)

    def is_moving(self, now: float) -> bool:
        """Whether the goal is not reached yet."""
        return self._from != self._to and self.progress(now) < 1


def ease(share: float) -> float:
    """Cubic ease-out from 0 to 1."""
    return 1 - (1 - share) ** 3
