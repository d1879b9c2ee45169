"""The room's last five minutes, for pages that are opened later. Pure: time comes in as an argument.

Figures are taken from the filtered messages, so nothing that the privacy mode holds back is kept. The history
is in memory only.
"""

from __future__ import annotations

from collections import deque

from msgspec import Struct

from exporter.protocol.fields import Count, Signed, Time, Unit
from exporter.protocol.messages import RoomMessage, ScoresPart

SPAN = 300.0
"""Length of the history, in seconds."""

STEP = 1.0
"""Minimum seconds between two samples: about one pixel of a five-minute chart."""


class SamplePart(Struct, frozen=True, kw_only=True):
    """The room's figures of one ``room`` message."""

    time: Time
    read: Count
    scores: ScoresPart | None
    valence: Signed | None
    arousal: Signed | None
    attention: Unit | None
    motivation: Unit | None


class HistoryPart(Struct, frozen=True, kw_only=True):
    """The response of ``/history``: samples of the last ``span_s`` seconds, oldest first."""

    span_s: float
    step_s: float
    samples: tuple[SamplePart, ...]


class PageHistory:
    """Keeps at most one sample a second, and at most 301 samples."""

    def __init__(self) -> None:
        self._kept: deque[tuple[float, SamplePart]] = deque(maxlen=int(SPAN / STEP) + 1)

    def add(self, message: RoomMessage, now: float) -> None:
        """Keep a message's figures; ``now`` in monotonic seconds.

        Repeated messages, as while the source is stalled, are ignored.
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
        """The samples of the five minutes before ``now`` (monotonic seconds)."""
        samples = tuple(sample for at, sample in self._kept if now - at <= SPAN)
        return HistoryPart(span_s=SPAN, step_s=STEP, samples=samples)
