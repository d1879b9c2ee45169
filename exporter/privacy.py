"""The privacy filter, the last step before anything leaves the agent. Pure.

``tiles`` passes everything except the readings of excluded tiles. ``room`` passes the room's summary, with
figures only while they are based on at least ``min_group`` faces; markers keep only time and kind, and names
of rules and of the source that a user chose are removed. ``off`` passes only that the agent runs.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import get_args

from agent.errors import ConfigError
from agent.values import (
    Alert,
    Marker,
    PolicyName,
    PrivacyMode,
    Reading,
    Reason,
    Room,
    Scope,
    Snapshot,
    SourceInfo,
    TileState,
    infers_expressions,
)

KINDS: tuple[str, ...] = ("New topic", "Exercise", "Break", "Question")
"""Marker texts that may leave in mode ``room``; a text that a user typed could name a participant."""

OTHER_KIND = "marker"
"""Replaces every other marker text in mode ``room``."""

RULES: tuple[str, ...] = ("unpleasant", "turned away")
"""Rule names that may leave in mode ``room``: the shipped rules about the room."""

OTHER_RULE = "alert"
"""Replaces the name of every other rule in mode ``room``; a user's rule name could name a participant."""


@dataclass(frozen=True, slots=True)
class PrivacyPolicy:
    """What leaves the agent: ``mode`` is tiles, room or off; ``min_group`` is at least 1.

    ``legal_policy`` is the law at the place of use. If it forbids inferring expressions, the group is counted
    by the faces found, otherwise by the faces read. Raises ConfigError for a wrong value.
    """

    mode: PrivacyMode = "tiles"
    min_group: int = 5
    legal_policy: PolicyName = "none"

    def __post_init__(self) -> None:
        if self.mode not in get_args(PrivacyMode):
            raise ConfigError(f"privacy.mode is {self.mode!r}, but must be tiles, room or off")
        if self.min_group < 1:
            raise ConfigError(f"privacy.min_group is {self.min_group}, but must be at least 1")

    def is_group(self, room: Room) -> bool:
        """Whether the room's figures are based on at least ``min_group`` faces."""
        return (room.read if infers_expressions(self.legal_policy) else room.faces) >= self.min_group


def filter_snapshot(snapshot: Snapshot, policy: PrivacyPolicy) -> Snapshot:
    """The part of a snapshot that may leave the agent; idempotent."""
    if policy.mode == "off":
        return dataclasses.replace(
            snapshot, readings=(), room=Room(0, 0, 0), alerts=(), markers=(), unmarked=()
        )
    if policy.mode == "room":
        return _room_only(snapshot, policy)
    readings = tuple(
        redact_reading(one) if one.state is TileState.EXCLUDED else one for one in snapshot.readings
    )
    return dataclasses.replace(snapshot, readings=readings, alerts=_without_their_alerts(snapshot))


def filter_source(source: SourceInfo, policy: PrivacyPolicy) -> SourceInfo:
    """The source's description with its name only in mode ``tiles``; in other modes the name is empty.

    The name of a file, a window or a device can contain the name of a participant or a school.
    """
    return source if policy.mode == "tiles" else dataclasses.replace(source, name="")


def kind_of(text: str) -> str:
    """The entry of KINDS that equals a marker's text, ignoring case, or OTHER_KIND."""
    known = {kind.casefold(): kind for kind in KINDS}
    return known.get(text.casefold(), OTHER_KIND)


def _room_only(snapshot: Snapshot, policy: PrivacyPolicy) -> Snapshot:
    room = snapshot.room
    markers = tuple(Marker(kind_of(marker.text), marker.wall) for marker in snapshot.markers)
    snapshot = dataclasses.replace(snapshot, readings=(), markers=markers)
    if not policy.is_group(room):
        return dataclasses.replace(snapshot, room=Room(room.tiles, room.faces, room.read), alerts=())
    # Alerts about participants are dropped: their text names tiles too.
    alerts = tuple(
        dataclasses.replace(alert, name=_rule_of(alert.name), tiles=())
        for alert in snapshot.alerts
        if alert.scope is Scope.ROOM
    )
    return dataclasses.replace(snapshot, alerts=alerts)


def _rule_of(name: str) -> str:
    return name if name in RULES else OTHER_RULE


def redact_reading(reading: Reading) -> Reading:
    """The reading of an excluded participant: the tile's position is kept, everything else is removed."""
    return dataclasses.replace(
        reading,
        state=TileState.EXCLUDED,
        speaking=False,
        face=None,
        facing=0.0,
        emotion=None,
        reason=Reason.PRIVATE,
        motivation=None,
    )


def _without_their_alerts(snapshot: Snapshot) -> tuple[Alert, ...]:
    """The alerts without excluded tiles; an alert about an excluded participant is dropped."""
    private = {one.id for one in snapshot.readings if one.state is TileState.EXCLUDED}
    return tuple(
        dataclasses.replace(alert, tiles=tuple(tile for tile in alert.tiles if tile not in private))
        for alert in snapshot.alerts
        if alert.scope is Scope.ROOM or not private & set(alert.tiles)
    )
