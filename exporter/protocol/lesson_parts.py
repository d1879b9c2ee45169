"""Message parts about the lesson over time: intervals, trend, advice, alerts, markers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from msgspec import Meta, Struct

from agent.values import (
    LABELS,
    Advice,
    Alert,
    Change,
    Direction,
    Marker,
    RecordState,
    RecordStatus,
    Scope,
    Tempo,
    Trend,
)
from exporter.protocol.fields import Time, Unit
from exporter.protocol.rounding import iso_time, rounded

Interval = Annotated[tuple[Unit, Unit], Meta(description="[low, high], 95 % confidence")]
Moved = Annotated[float, Meta(ge=-2, le=2)]


class IntervalsPart(Struct, frozen=True, kw_only=True):
    """The confidence interval of each label's share among all participants, not only those read."""

    angry: Interval
    disgust: Interval
    fear: Interval
    happy: Interval
    sad: Interval
    surprise: Interval
    neutral: Interval


class ChangePart(Struct, frozen=True, kw_only=True):
    """The last minute minus the minutes before it; ``steady`` also if the change is within its noise."""

    change: Moved
    direction: Direction


class TrendPart(Struct, frozen=True, kw_only=True):
    """The recent change of the room's figures."""

    valence: ChangePart
    arousal: ChangePart
    attention: ChangePart
    motivation: ChangePart


class AdvicePart(Struct, frozen=True, kw_only=True):
    """Advice on the tempo: a plain sentence and the figures on which it is based."""

    tempo: Tempo
    text: str
    evidence: str


class AlertPart(Struct, frozen=True, kw_only=True):
    """An alert of one of the teacher's rules; ``tiles`` are the ids on which it is based."""

    name: str
    text: str
    tiles: tuple[str, ...]
    since: Time
    scope: Scope


class MarkerPart(Struct, frozen=True, kw_only=True):
    """A moment of the lesson that somebody marked."""

    text: str
    time: Time


class RecordPart(Struct, frozen=True, kw_only=True):
    """Whether readings are recorded to a file; ``reason``: why the last write failed, null otherwise."""

    state: RecordState
    reason: str | None


def intervals_part(intervals: Sequence[tuple[float, float]]) -> IntervalsPart:
    """The message part for intervals, which are in the order of LABELS."""
    ends = [(rounded(low), rounded(high)) for low, high in intervals]
    return IntervalsPart(**dict(zip(LABELS, ends, strict=True)))


def trend_part(trend: Trend) -> TrendPart:
    """The trend with rounded changes."""
    return TrendPart(
        valence=_change(trend.valence),
        arousal=_change(trend.arousal),
        attention=_change(trend.attention),
        motivation=_change(trend.motivation),
    )


def advice_part(advice: Advice) -> AdvicePart:
    """Advice in the feed's format."""
    return AdvicePart(tempo=advice.tempo, text=advice.text, evidence=advice.evidence)


def alert_part(alert: Alert) -> AlertPart:
    """An alert in the feed's format."""
    return AlertPart(
        name=alert.name,
        text=alert.text,
        tiles=tuple(alert.tiles),
        since=iso_time(alert.since),
        scope=alert.scope,
    )


def marker_part(marker: Marker) -> MarkerPart:
    """A marker in the feed's format."""
    return MarkerPart(text=marker.text, time=iso_time(marker.wall))


def record_part(record: RecordStatus) -> RecordPart:
    """The recorder's state in the feed's format."""
    return RecordPart(state=record.state, reason=record.reason)


def _change(change: Change) -> ChangePart:
    return ChangePart(change=rounded(change.change), direction=change.direction)
