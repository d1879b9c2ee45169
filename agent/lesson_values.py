"""Value types for a lesson over time: the room's trend, advice, alerts and markers.

Part of ``agent.values``: import them from there. Times are Unix seconds.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Direction(StrEnum):
    """Direction in which a figure moves."""

    RISING = "rising"
    STEADY = "steady"
    FALLING = "falling"


class Tempo(StrEnum):
    """Pace of the lesson that the room's trend suggests; ``unknown``: too little was seen."""

    SLOWER = "slower"
    KEEP = "keep"
    FASTER = "faster"
    UNKNOWN = "unknown"


class Scope(StrEnum):
    """Whether an alert is about the room as a whole or about single participants."""

    ROOM = "room"
    PARTICIPANT = "participant"


class RecordState(StrEnum):
    """State of the recording: not asked for, running, last write failed, or ended."""

    OFF = "off"
    RECORDING = "recording"
    FAILED = "failed"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class RecordStatus:
    """State of the recording; ``reason`` says why while ``state`` is ``FAILED``, else None."""

    state: RecordState = RecordState.OFF
    reason: str | None = None


NOT_RECORDED = RecordStatus()


@dataclass(frozen=True, slots=True)
class Change:
    """How one figure of the room moved: ``change`` is the last minute minus the minutes before it.

    ``direction`` is rising, falling or steady; it is steady if the change is within the figure's noise.
    """

    change: float
    direction: Direction


@dataclass(frozen=True, slots=True)
class Trend:
    """How the room moved recently."""

    valence: Change
    arousal: Change
    attention: Change
    motivation: Change


@dataclass(frozen=True, slots=True)
class Advice:
    """Suggested pace: ``text`` is a plain sentence, ``evidence`` the figures behind it."""

    tempo: Tempo
    text: str
    evidence: str


@dataclass(frozen=True, slots=True)
class Alert:
    """A condition that the teacher asked to be told of, with its evidence.

    ``tiles`` are the ids of the participants behind it. The text of an alert with scope ``ROOM`` is about the
    room as a whole and names no tile.
    """

    name: str
    text: str
    tiles: tuple[str, ...]
    since: float
    scope: Scope = Scope.PARTICIPANT


@dataclass(frozen=True, slots=True)
class Marker:
    """A marked moment of the lesson: its label and Unix time."""

    text: str
    wall: float
