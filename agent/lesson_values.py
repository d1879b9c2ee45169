"""The words for a lesson over time: how the room moves, what that suggests, alerts and markers.

Part of ``agent.values``: import them from there. Times are Unix seconds.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Direction(StrEnum):
    """Where a figure goes."""

    RISING = "rising"
    STEADY = "steady"
    FALLING = "falling"


class Tempo(StrEnum):
    """What the room's course suggests for the pace of the lesson; ``unknown``: too little was seen."""

    SLOWER = "slower"
    KEEP = "keep"
    FASTER = "faster"
    UNKNOWN = "unknown"


class Scope(StrEnum):
    """Whom an alert speaks of: the room as a whole, or single participants."""

    ROOM = "room"
    PARTICIPANT = "participant"


class RecordState(StrEnum):
    """Whether the readings are kept: not asked for, they are, the last write failed, or no longer."""

    OFF = "off"
    RECORDING = "recording"
    FAILED = "failed"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class RecordStatus:
    """Whether the readings are kept; ``reason`` says why not while ``state`` is ``FAILED``, else None."""

    state: RecordState = RecordState.OFF
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """How one figure of the room moved: ``change`` is the last minute less the minutes before it.

    ``direction`` is rising, falling or steady; steady also where the change is within its own noise.
    """

    change: float
    direction: Direction


@dataclass(frozen=True, slots=True)
class Trend:
    """How the room moved of late."""

    valence: Change
    arousal: Change
    attention: Change
    motivation: Change


@dataclass(frozen=True, slots=True)
class Advice:
    """Faster or slower? ``text`` is a plain sentence, ``evidence`` the figures that it rests on."""

    tempo: Tempo
    text: str
    evidence: str


@dataclass(frozen=True, slots=True)
class Alert:
    """Something the teacher asked to be told of, with the evidence for it.

    ``tiles`` are the ids that it rests on. The text of one with scope ``ROOM`` speaks of the room as a whole
    and names no tile.
    """

    name: str
    text: str
    tiles: tuple[str, ...]
    since: float
    scope: Scope = Scope.PARTICIPANT


@dataclass(frozen=True, slots=True)
class Marker:
    """A moment of the lesson that somebody marked: what for, and the Unix time."""

    text: str
    wall: float
