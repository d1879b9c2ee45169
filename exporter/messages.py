"""The messages of the feed, version 1: one definition gives the JSON, its validation and its schema.

Fields may be added within version 1, never changed or removed; every key is always present. Numbers are
rounded (scores to four decimals, of which the seven of one face still sum to 1), times are ISO-8601 in UTC
with milliseconds, boxes are [left, top, width, height] in pixels of the source frame.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from agent.values import (
    LABELS,
    Box,
    Emotion,
    Face,
    Load,
    Reading,
    Room,
    Snapshot,
    SourceInfo,
    SourceStatus,
)
from exporter.fields import Count, Signed, Time, Unit
from exporter.outlook import (
    AdvicePart,
    AlertPart,
    IntervalsPart,
    MarkerPart,
    RecordPart,
    TrendPart,
    advice_part,
    alert_part,
    intervals_part,
    marker_part,
    record_part,
    trend_part,
)
from exporter.rounding import iso_time, rounded, rounded_scores

PROTOCOL: Literal["readtheroom.feed/1"] = "readtheroom.feed/1"

BoxPixels = Annotated[
    tuple[int, int, Count, Count],
    Meta(description="[left, top, width, height] in pixels of the source frame"),
]
DesktopBox = Annotated[
    tuple[int, int, Count, Count],
    Meta(description="[left, top, width, height] on the desktop: points on macOS, else physical pixels"),
]
LabelName = Literal["angry", "disgust", "fear", "happy", "sad", "surprise", "neutral"]
StateName = Literal["face", "no_face", "camera_off", "excluded"]
ReasonName = Literal["small", "blurred", "turned", "dark", "unsure", "warming_up", "private", "covered"]
SourceStateName = Literal["live", "stalled", "lost"]
PrivacyMode = Literal["tiles", "room", "off"]
PolicyName = Literal["none", "eu_education", "eu_work"]


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
    """Where frames come from; its size in pixels at the start. ``name`` is empty but in mode ``tiles``."""

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
    """What leaves the agent (see ``exporter.privacy``); ``policy``: whether expressions are read at all."""

    mode: PrivacyMode
    min_group: Annotated[int, Meta(ge=1)]
    policy: PolicyName


class HelloMessage(Struct, frozen=True, kw_only=True, tag_field="type", tag="hello"):
    """The first message on every connection: who speaks, and what about."""

    protocol: Literal["readtheroom.feed/1"]
    session: str
    started: Time
    labels: Annotated[tuple[LabelName, ...], Meta(min_length=7, max_length=7)]
    source: SourcePart
    model: ModelPart
    privacy: PrivacyPart


class FramePart(Struct, frozen=True, kw_only=True):
    """The size of the analysed frame in pixels."""

    width: Count
    height: Count


class StatusPart(Struct, frozen=True, kw_only=True):
    """Whether frames arrive, how many were overwritten before they were read, whether reading is paused.

    ``place`` is where the frame lies on the desktop of the agent's machine; null where it is no part of it.
    """

    state: SourceStateName
    dropped: Count
    paused: bool
    place: DesktopBox | None


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
    """One participant; ``emotion`` is null when nothing is said, and ``reason`` then says why."""

    id: str
    row: Count
    col: Count
    box: BoxPixels
    state: StateName
    speaking: bool
    face: FacePart | None
    emotion: EmotionPart | None
    reason: ReasonName | None
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

    ``waiting`` counts the tiles whose turn has not come yet.
    """

    used: Annotated[float, Meta(ge=0)]
    budget: Annotated[float, Meta(gt=0)] | None
    waiting: Count


class RoomMessage(Struct, frozen=True, kw_only=True, tag_field="type", tag="room"):
    """The whole state after one analysed frame."""

    seq: Count
    time: Time
    age_ms: Annotated[float, Meta(ge=0)]
    frame: FramePart
    source: StatusPart
    tiles: tuple[TilePart, ...]
    room: RoomPart
    alerts: tuple[AlertPart, ...]
    load: LoadPart
    markers: tuple[MarkerPart, ...]
    record: RecordPart


class AckMessage(Struct, frozen=True, kw_only=True, tag_field="type", tag="ack"):
    """A client's answer to the ``room`` message ``seq``: the next one may come."""

    seq: Count


Message = HelloMessage | RoomMessage
"""What the agent sends."""

_encoder = msgspec.json.Encoder()


def hello_message(
    session: str, started: float, source: SourceInfo, model: ModelPart, privacy: PrivacyPart
) -> HelloMessage:
    """The first message of a session that began at the Unix time ``started``."""
    return HelloMessage(
        protocol=PROTOCOL,
        session=session,
        started=iso_time(started),
        labels=LABELS,  # type: ignore[arg-type]
        source=SourcePart(kind=source.kind, name=source.name, width=source.width, height=source.height),
        model=model,
        privacy=privacy,
    )


def room_message(snapshot: Snapshot) -> RoomMessage:
    """Everything that is said of one frame, as the feed says it.

    Raises ValueError for a figure that is no finite number.
    """
    return RoomMessage(
        seq=snapshot.seq,
        time=iso_time(snapshot.wall),
        age_ms=rounded(max(snapshot.age, 0.0) * 1000, 1),
        frame=FramePart(width=snapshot.width, height=snapshot.height),
        source=_status(snapshot.source),
        tiles=tuple(_tile(reading) for reading in snapshot.readings),
        room=_room(snapshot.room),
        alerts=tuple(alert_part(alert) for alert in snapshot.alerts),
        load=_load(snapshot.load),
        markers=tuple(marker_part(marker) for marker in snapshot.markers),
        record=record_part(snapshot.record),
    )


def encode(message: Message) -> bytes:
    """One message as JSON text in UTF-8."""
    return _encoder.encode(message)


def _maybe(value: float | None) -> float | None:
    return None if value is None else rounded(value)


def _status(status: SourceStatus) -> StatusPart:
    place = None if status.place is None else _box(status.place)
    return StatusPart(state=status.state.value, dropped=status.dropped, paused=status.paused, place=place)


def _box(box: Box) -> tuple[int, int, int, int]:
    # int() because arrays hand out numpy integers, which the encoder refuses.
    return int(box.left), int(box.top), int(box.width), int(box.height)


def _scores(scores: Sequence[float]) -> ScoresPart:
    return ScoresPart(**dict(zip(LABELS, rounded_scores([float(score) for score in scores]), strict=True)))


def _face(face: Face, facing: float) -> FacePart:
    return FacePart(box=_box(face.box), confidence=rounded(face.confidence), facing=rounded(facing))


def _emotion(emotion: Emotion) -> EmotionPart:
    return EmotionPart(
        label=emotion.label,  # type: ignore[arg-type]
        confidence=rounded(emotion.confidence),
        scores=_scores(emotion.scores),
        valence=rounded(emotion.valence),
        arousal=rounded(emotion.arousal),
    )


def _tile(reading: Reading) -> TilePart:
    return TilePart(
        id=reading.id,
        row=int(reading.row),
        col=int(reading.col),
        box=_box(reading.box),
        state=reading.state.value,
        speaking=bool(reading.speaking),
        face=None if reading.face is None else _face(reading.face, reading.facing),
        emotion=None if reading.emotion is None else _emotion(reading.emotion),
        reason=None if reading.reason is None else reading.reason.value,
        since=iso_time(reading.since),
        motivation=_maybe(reading.motivation),
    )


def _room(room: Room) -> RoomPart:
    return RoomPart(
        tiles=room.tiles,
        faces=room.faces,
        read=room.read,
        scores=None if room.scores is None else _scores(room.scores),
        label=room.label,  # type: ignore[arg-type]
        valence=_maybe(room.valence),
        arousal=_maybe(room.arousal),
        attention=_maybe(room.attention),
        motivation=_maybe(room.motivation),
        intervals=None if room.intervals is None else intervals_part(room.intervals),
        trend=None if room.trend is None else trend_part(room.trend),
        advice=None if room.advice is None else advice_part(room.advice),
    )


def _load(load: Load) -> LoadPart:
    return LoadPart(used=rounded(load.used), budget=_maybe(load.budget), waiting=int(load.waiting))
