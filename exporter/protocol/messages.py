"""The messages of the feed, version 1: one definition gives the JSON, its validation and its schema.

Fields may be added within version 1, never changed or removed; every key is always present. Numbers are
rounded: scores to four decimals, so that the seven scores of a face still sum to 1. Times are ISO-8601 in UTC
with milliseconds. Boxes are [left, top, width, height] in pixels of the source frame.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from agent.values import LABELS, LabelName, Snapshot, SourceInfo
from exporter.protocol.fields import Count, Time
from exporter.protocol.lesson_parts import (
    AlertPart,
    MarkerPart,
    RecordPart,
    alert_part,
    marker_part,
    record_part,
)
from exporter.protocol.parts import (
    BoxPixels,
    DesktopBox,
    EmotionPart,
    FacePart,
    FramePart,
    LoadPart,
    ModelPart,
    PrivacyPart,
    RoomPart,
    ScoresPart,
    SourcePart,
    StatusPart,
    TilePart,
    load_part,
    room_part,
    status_part,
    tile_part,
)
from exporter.protocol.rounding import iso_time, rounded

__all__ = [
    "PROTOCOL",
    "AckMessage",
    "BoxPixels",
    "DesktopBox",
    "EmotionPart",
    "FacePart",
    "FramePart",
    "HelloMessage",
    "LoadPart",
    "Message",
    "ModelPart",
    "PrivacyPart",
    "RoomMessage",
    "RoomPart",
    "ScoresPart",
    "SourcePart",
    "StatusPart",
    "TilePart",
    "encode",
    "hello_message",
    "room_message",
]

PROTOCOL: Literal["readtheroom.feed/1"] = "readtheroom.feed/1"


class HelloMessage(Struct, frozen=True, kw_only=True, tag_field="type", tag="hello"):
    """The first message on every connection: session, source, model and privacy settings."""

    protocol: Literal["readtheroom.feed/1"]
    session: str
    started: Time
    labels: Annotated[tuple[LabelName, ...], Meta(min_length=7, max_length=7)]
    source: SourcePart
    model: ModelPart
    privacy: PrivacyPart


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
"""The messages that the agent sends."""

_encoder = msgspec.json.Encoder()


def hello_message(
    session: str, started: float, source: SourceInfo, model: ModelPart, privacy: PrivacyPart
) -> HelloMessage:
    """The first message of a session that began at the Unix time ``started``."""
    return HelloMessage(
        protocol=PROTOCOL,
        session=session,
        started=iso_time(started),
        labels=LABELS,
        source=SourcePart(kind=source.kind, name=source.name, width=source.width, height=source.height),
        model=model,
        privacy=privacy,
    )


def room_message(snapshot: Snapshot) -> RoomMessage:
    """A snapshot in the feed's format.

    Raises ValueError for a figure that is not finite.
    """
    return RoomMessage(
        seq=snapshot.seq,
        time=iso_time(snapshot.wall),
        age_ms=rounded(max(snapshot.age, 0.0) * 1000, 1),
        frame=FramePart(width=snapshot.width, height=snapshot.height),
        source=status_part(snapshot.source),
        tiles=tuple(tile_part(reading) for reading in snapshot.readings),
        room=room_part(snapshot.room),
        alerts=tuple(alert_part(alert) for alert in snapshot.alerts),
        load=load_part(snapshot.load),
        markers=tuple(marker_part(marker) for marker in snapshot.markers),
        record=record_part(snapshot.record),
    )


def encode(message: Message) -> bytes:
    """One message as JSON text in UTF-8."""
    return _encoder.encode(message)
