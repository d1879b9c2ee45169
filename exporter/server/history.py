"""The room's last five minutes, for pages that are opened later. Pure: time comes in as an argument.

Only figures that messages had are kept, so what the privacy mode holds back is not here either, and in memory
only.
"""

from __future__ import annotations

from collections import deque

from msgspec import Struct

from exporter.protocol.fields import Count, Signed, Time, Unit
from exporter.protocol.messages import RoomMessage, ScoresPart

SPAN = 300.0
"""Seconds that are kept."""

STEP = 1.0
"""Seconds from one sample to the next at least: a pixel of a chart of five minutes is about as wide."""


class SamplePart(Struct, frozen=True, kw_only=True):
    """The room's figures at one time, as the ``room`` message of that time had them."""

    time: Time
    read: Count
    scores: ScoresPart | None
    valence: Signed | None
    arousal: Signed | None
    attention: Unit | None
    motivation: Unit | None


class HistoryPart(Struct, frozen=True, kw_only=True):
    """What ``/history`` answers: samples of the last ``span_s`` seconds, oldest first."""

    span_s: float
    step_s: float
    samples: tuple[SamplePart, ...]


class PageHistory:
    """Keeps a sample a second of what it is shown, 301 at most."""

    def __init__(self) -> None:
        self._kept: deque[tuple[float, SamplePart]] = deque(maxlen=int(SPAN / STEP) + 1)

    def add(self, message: RoomMessage, now: float) -> None:
        """Keep a message's figures; ``now`` in monotonic seconds.

        One that comes again, as while the source stalls, is no news.
        """
        if self._kept:
            at, last = self._kept[-1]
            if now - at < STEP or message.time == last.time:
                return
        room = message.room
        sample = SamplePart(
            time=message.time,
            read=room.read,
            scores=room.scores,
            valence=room.valence,
            arousal=room.arousal,
            attention=room.attention,
            motivation=room.motivation,
        )
        self._kept.append((now, sample))

    def tell(self, now: float) -> HistoryPart:
        """What is kept of the last five minutes before ``now``."""
        samples = tuple(sample for at, sample in self._kept if now - at <= SPAN)
        return HistoryPart(span_s=SPAN, step_s=STEP, samples=samples)
