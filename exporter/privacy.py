"""The last step before anything leaves the agent: what the privacy mode lets through.

``tiles`` lets everything through but what was said of an excluded tile; ``room`` only the summary, and its
figures only while they rest on at least ``min_group`` faces, and of markers only their time and kind, of
rules and the source no name that somebody chose; ``off`` nothing but that the agent runs. Pure.
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
"""The markers whose words may leave in mode ``room``: what somebody typed could name a participant."""

OTHER_KIND = "marker"
"""What stands for any other words."""

RULES: tuple[str, ...] = ("unpleasant", "turned away")
"""The names of rules that may leave in mode ``room``: those of the shipped rules that speak of the room."""

OTHER_RULE = "alert"
"""What stands for the name of any other rule: whoever wrote it could have named a participant."""


@dataclass(frozen=True, slots=True)
class PrivacyPolicy:
    """What leaves the agent: ``mode`` is tiles, room or off; ``min_group`` is at least 1.

    ``legal_policy`` is the law that holds where it is used: where that lets no expression be inferred, the
    faces that were found make up the group in place of those that were read. Raises ConfigError for a wrong
    value.
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
        """Whether the figures of a room rest on so many faces that none of them stands out."""
        return (room.read if infers_expressions(self.legal_policy) else room.faces) >= self.min_group


def filter_snapshot(snapshot: Snapshot, policy: PrivacyPolicy) -> Snapshot:
    """The part of a snapshot that may leave the agent; applying it twice changes nothing more."""
    if policy.mode == "off":
        return dataclasses.replace(snapshot, readings=(), room=Room(0, 0, 0), alerts=(), markers=())
    if policy.mode == "room":
        return _room_only(snapshot, policy)
    readings = tuple(
        redact_reading(one) if one.state is TileState.EXCLUDED else one for one in snapshot.readings
    )
    return dataclasses.replace(snapshot, readings=readings, alerts=_without_their_alerts(snapshot))


def filter_source(source: SourceInfo, policy: PrivacyPolicy) -> SourceInfo:
    """What may be said of where frames come from: its name only in mode ``tiles``, elsewhere none.

    The name of a file, a window or a device can hold that of a participant or her school.
    """
    return source if policy.mode == "tiles" else dataclasses.replace(source, name="")


def kind_of(text: str) -> str:
    """The one of KINDS that a marker's words say, in whatever case, or OTHER_KIND."""
    known = {kind.casefold(): kind for kind in KINDS}
    return known.get(text.casefold(), OTHER_KIND)


def _room_only(snapshot: Snapshot, policy: PrivacyPolicy) -> Snapshot:
    room = snapshot.room
    markers = tuple(Marker(kind_of(marker.text), marker.wall) for marker in snapshot.markers)
    snapshot = dataclasses.replace(snapshot, readings=(), markers=markers)
    if not policy.is_group(room):
        return dataclasses.replace(snapshot, room=Room(room.tiles, room.faces, room.read), alerts=())
    # One that speaks of participants names tiles in its text too.
    alerts = tuple(
        dataclasses.replace(alert, name=_rule_of(alert.name), tiles=())
        for alert in snapshot.alerts
        if alert.scope is Scope.ROOM
    )
    return dataclasses.replace(snapshot, alerts=alerts)


def _rule_of(name: str) -> str:
    return name if name in RULES else OTHER_RULE


def redact_reading(reading: Reading) -> Reading:
    """Where the tile of an excluded participant is, and nothing of who is in it."""
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
    """The alerts without excluded tiles; one that speaks of such a participant is left out."""
    private = {one.id for one in snapshot.readings if one.state is TileState.EXCLUDED}
    return tuple(
        dataclasses.replace(alert, tiles=tuple(tile for tile in alert.tiles if tile not in private))
        for alert in snapshot.alerts
        if alert.scope is Scope.ROOM or not private & set(alert.tiles)
    )
