"""The parts of the feed's messages, and their conversion from the agent's values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from msgspec import Meta, Struct

from agent.values import (
    LABELS,
    Box,
    Emotion,
    Face,
    LabelName,
    Load,
    PolicyName,
    PrivacyMode,
    Reading,
    Reason,
    Room,
    SourceState,
    SourceStatus,
    TileState,
)
from exporter.protocol.fields import Count, Signed, Time, Unit
from exporter.protocol.lesson_parts import (
    AdvicePart,
    IntervalsPart,
    TrendPart,
    advice_part,
    intervals_part,
    trend_part,
)
from exporter.protocol.rounding import iso_time, rounded, rounded_scores

BoxPixels = Annotated[
    tuple[int, int, Count, Count],
    Meta(description="[left, top, width, height] in pixels of the source frame"),
]
DesktopBox = Annotated[
    tuple[int, int, Count, Count],
    Meta(description="[left, top, width, height] on the desktop: points on macOS, else physical pixels"),
]


class ScoresPart(Struct, frozen=True, kw_only=True):
    """The probability of each label; the seven sum to 1."""

    angry: Unit
    disgust: Unit
    fear: Unit
    happy: Unit
    sad: Unit
    surprise: Unit
    neutral: Unit


class SourcePart(Struct, frozen=True, kw_only=True):
    """The frames' source, with its size in pixels at the start; ``name`` is empty but in mode ``tiles``."""

    kind: str
    name: str
    width: Count
    height: Count


class ModelPart(Struct, frozen=True, kw_only=True):
    """The classifier; ``input`` is height, width and channels of one face."""

    name: str
    sha256: str
    input: Annotated[tuple[int, ...], Meta(min_length=3, max_length=3)]


class PrivacyPart(Struct, frozen=True, kw_only=True):
    """The privacy settings (see ``exporter.privacy``); some policies forbid inferring expressions."""

    mode: PrivacyMode
    min_group: Annotated[int, Meta(ge=1)]
    policy: PolicyName


class FramePart(Struct, frozen=True, kw_only=True):
    """The size of the analysed frame in pixels."""

    width: Count
    height: Count


class StatusPart(Struct, frozen=True, kw_only=True):
    """Whether frames arrive, how many were overwritten before they were read, whether reading is paused.

    ``place`` is the frame's position on the desktop of the agent's machine; null if the source is not the
    screen. ``failed`` counts the frames that could not be read; ``failing`` is true while none can be read.
    """

    state: SourceState
    dropped: Count
    paused: bool
    place: DesktopBox | None
    failed: Count
    failing: bool


class FacePart(Struct, frozen=True, kw_only=True):
    """A detected face; ``facing`` is 1 towards the camera and 0 in profile."""

    box: BoxPixels
    confidence: Unit
    facing: Unit


class EmotionPart(Struct, frozen=True, kw_only=True):
    """The expression read from one face, smoothed over time."""

    label: LabelName
    confidence: Unit
    scores: ScoresPart
    valence: Signed
    arousal: Signed


class TilePart(Struct, frozen=True, kw_only=True):
    """One participant; if ``emotion`` is null, ``reason`` says why."""

    id: str
    row: Count
    col: Count
    box: BoxPixels
    state: TileState
    speaking: bool
    face: FacePart | None
    emotion: EmotionPart | None
    reason: Reason | None
    since: Time
    motivation: Unit | None


class RoomPart(Struct, frozen=True, kw_only=True):
    """The summary over all tiles; the figures are null while no face was read."""

    tiles: Count
    faces: Count
    read: Count
    scores: ScoresPart | None
    label: LabelName | None
    valence: Signed | None
    arousal: Signed | None
    attention: Unit | None
    motivation: Unit | None
    intervals: IntervalsPart | None
    trend: TrendPart | None
    advice: AdvicePart | None


class LoadPart(Struct, frozen=True, kw_only=True):
    """What the analysis costs: ``used`` of ``budget`` (null: no limit), both shares of one core.

    ``waiting`` counts the tiles that wait for analysis.
    """

    used: Annotated[float, Meta(ge=0)]
    budget: Annotated[float, Meta(gt=0)] | None
    waiting: Count


def status_part(status: SourceStatus) -> StatusPart:
    """The source's state in the feed's format."""
    place = None if status.place is None else _box(status.place)
    return StatusPart(
        state=status.state,
        dropped=status.dropped,
        paused=status.paused,
        place=place,
        failed=status.failed,
        failing=status.failing,
    )


def tile_part(reading: Reading) -> TilePart:
    """A tile's reading in the feed's format."""
    return TilePart(
        id=reading.id,
        row=int(reading.row),
        col=int(reading.col),
        box=_box(reading.box),
        state=reading.state,
        speaking=bool(reading.speaking),
        face=None if reading.face is None else _face(reading.face, reading.facing),
        emotion=None if reading.emotion is None else _emotion(reading.emotion),
        reason=reading.reason,
        since=iso_time(reading.since),
        motivation=_maybe(reading.motivation),
    )


def room_part(room: Room) -> RoomPart:
    """The summary over all tiles in the feed's format."""
    return RoomPart(
        tiles=room.tiles,
        faces=room.faces,
        read=room.read,
        scores=None if room.scores is None else _scores(room.scores),
        label=room.label,
        valence=_maybe(room.valence),
        arousal=_maybe(room.arousal),
        attention=_maybe(room.attention),
        motivation=_maybe(room.motivation),
        intervals=None if room.intervals is None else intervals_part(room.intervals),
        trend=None if room.trend is None else trend_part(room.trend),
        advice=None if room.advice is None else advice_part(room.advice),
    )


def load_part(load: Load) -> LoadPart:
    """The analysis load in the feed's format."""
    return LoadPart(used=rounded(load.used), budget=_maybe(load.budget), waiting=int(load.waiting))


def _face(face: Face, facing: float) -> FacePart:
    return FacePart(box=_box(face.box), confidence=rounded(face.confidence), facing=rounded(facing))


def _emotion(emotion: Emotion) -> EmotionPart:
    scores = _scores(emotion.scores)
    return EmotionPart(
        label=emotion.label,
        confidence=getattr(scores, emotion.label),
        scores=scores,
        valence=rounded(emotion.valence),
        arousal=rounded(emotion.arousal),
    )


def _scores(scores: Sequence[float]) -> ScoresPart:
    return ScoresPart(**dict(zip(LABELS, rounded_scores([float(score) for score in scores]), strict=True)))


def _box(box: Box) -> tuple[int, int, int, int]:
    # int() because elements of arrays are numpy integers, which the encoder refuses.
    return int(box.left), int(box.top), int(box.width), int(box.height)


def _maybe(value: float | None) -> float | None:
    return None if value is None else rounded(value)
