"""Converts snapshots to the rows of a recording. Pure.

One row is one analysed frame. The readings of its tiles are in the row as consecutive RECORD entries of 32
bytes; a row for each tile would need twice the space (an hour of 49 tiles at 5 Hz takes 28 MB in this
format). Excluded tiles are not recorded.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from typing import cast

import numpy as np
from numpy.typing import NDArray

from agent.values import (
    LABELS,
    Advice,
    Alert,
    Marker,
    Reading,
    Reason,
    Scope,
    Snapshot,
    SourceState,
    TileState,
)
from exporter.protocol.rounding import DECIMALS, score_steps

STATES: tuple[str, ...] = tuple(state.value for state in TileState)
REASONS: tuple[str, ...] = tuple(reason.value for reason in Reason)

NOTHING = 0xFF
"""The code for no reason and for no label."""

UNKNOWN = 0xFFFF
"""The code for an unknown motivation or width."""

STEPS: int = 10**DECIMALS
"""Integer steps per unit: figures of 0..1 and -1..1 are stored with the precision of the feed."""

RECORD = np.dtype(
    [
        ("who", "<u2"),  # the participant's number in this recording
        ("state", "u1"),
        ("reason", "u1"),
        ("label", "u1"),
        ("speaking", "u1"),
        ("row", "u1"),
        ("col", "u1"),
        ("width", "<u2"),  # of the face, in pixels of the frame
        ("facing", "<u2"),
        ("motivation", "<u2"),
        ("valence", "<i2"),
        ("arousal", "<i2"),
        ("scores", "<u2", (len(LABELS),)),
    ]
)
_RECORD = struct.Struct("<HBBBBBBHHHhh7H")
_STATE = {state: code for code, state in enumerate(TileState)}
_REASON = {reason: code for code, reason in enumerate(Reason)}
_LABEL = {label: code for code, label in enumerate(LABELS)}
_NO_SCORES = (0,) * len(LABELS)

FrameRow = tuple[object, ...]
FRAME_COLUMNS = (
    "seconds", "wall", "source", "width", "height", "dropped", "paused", "tiles", "faces", "read",
    *LABELS, "label", "valence", "arousal", "attention", "motivation", "said",
)  # fmt: skip
"""The columns of the table ``frames``; ``said`` holds the RECORD entries."""

SEEN = "source = 'live' AND paused = 0"
"""SQL condition for frames that were read; other rows only record that no frame came."""


@dataclass(frozen=True, slots=True)
class SessionEvent:
    """An event at one moment, or a state that holds from ``since``; ``key`` is unique.

    ``kind`` is alert, marker or advice; ``tiles`` are ids; ``until`` is None while the event still holds.
    Times are seconds since the recording began.
    """

    key: str
    kind: str
    name: str
    text: str
    tiles: tuple[str, ...]
    scope: str
    since: float
    until: float | None = None


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of one snapshot: its frame, participants seen for the first time, events begun and ended.

    ``removed`` are the keys of markers that were taken back.
    """

    frame: FrameRow
    participants: tuple[tuple[int, str], ...] = ()
    begun: tuple[SessionEvent, ...] = ()
    ended: tuple[tuple[str, float], ...] = ()
    removed: tuple[str, ...] = ()

    @property
    def said(self) -> NDArray[np.void]:
        """The readings of the frame's tiles, as RECORD."""
        return np.frombuffer(cast("bytes", self.frame[FRAME_COLUMNS.index("said")]), RECORD)

    @property
    def is_seen(self) -> bool:
        """Whether SEEN holds for the frame; reports show only such frames."""
        row = dict(zip(FRAME_COLUMNS, self.frame, strict=True))
        return row["source"] == SourceState.LIVE.value and not row["paused"]


@dataclass(slots=True)
class Packer:
    """Packs the snapshots of one recording in their order; remembers participants and events seen so far."""

    _numbers: dict[str, int] = field(default_factory=dict)
    _alerts: dict[str, Alert] = field(default_factory=dict)
    _markers: set[Marker] = field(default_factory=set)
    _advice: str | None = None
    _wall: float | None = None
    _offset: float = 0.0

    def pack(self, snapshot: Snapshot, seconds: float) -> Rows:
        """The rows of one snapshot, taken ``seconds`` after the recording began.

        If this raises, nothing of the snapshot is remembered: its new participants and events are in the rows
        of the next snapshot.
        """
        numbers = dict(self._numbers)
        said = b"".join(
            _pack_reading(one, numbers) for one in snapshot.readings if one.state is not TileState.EXCLUDED
        )
        new = tuple((number, name) for name, number in list(numbers.items())[len(self._numbers) :])
        offset = self._offset_of(snapshot.wall, seconds)
        alerts = {_alert_key(alert): alert for alert in snapshot.alerts}
        markers = [one for one in dict.fromkeys(snapshot.markers) if one not in self._markers]
        advice = snapshot.room.advice
        begun = [_alert_event(key, alerts[key], offset) for key in alerts.keys() - self._alerts.keys()]
        begun += [_marker_event(one, offset) for one in markers]
        # Advice is recorded when its tempo changes; the figures in its text change all the time.
        if advice is not None and advice.tempo.value != self._advice:
            begun.append(_advice_event(advice, seconds))
        ended = tuple((key, seconds) for key in self._alerts.keys() - alerts.keys())
        removed = {one for one in self._markers if one.wall in snapshot.unmarked}
        keys = tuple(_marker_key(one) for one in removed)
        rows = Rows(_frame_row(snapshot, seconds, said), new, tuple(begun), ended, keys)
        self._numbers, self._alerts, self._wall, self._offset = numbers, alerts, snapshot.wall, offset
        self._markers = {*self._markers - removed, *markers}
        self._advice = self._advice if advice is None else advice.tempo.value
        return rows

    def _offset_of(self, wall: float, seconds: float) -> float:
        """The offset from Unix seconds to seconds of the recording.

        While the source is stalled, its last snapshot is repeated with its old time, so the offset is kept:
        otherwise markers set meanwhile would be late by the duration of the stall.
        """
        return self._offset if wall == self._wall else seconds - wall


def _pack_reading(reading: Reading, numbers: dict[str, int]) -> bytes:
    """A reading as RECORD; a participant not yet in ``numbers`` gets the next number."""
    emotion, face = reading.emotion, reading.face
    number = numbers.setdefault(reading.id, len(numbers))
    return _RECORD.pack(
        number,
        _STATE[reading.state],
        NOTHING if reading.reason is None else _REASON[reading.reason],
        NOTHING if emotion is None else _LABEL[emotion.label],
        reading.speaking,
        min(reading.row, 255),
        min(reading.col, 255),
        UNKNOWN if face is None else min(int(face.box.width), UNKNOWN - 1),
        _share(reading.facing),
        UNKNOWN if reading.motivation is None else _share(reading.motivation),
        0 if emotion is None else _signed(emotion.valence),
        0 if emotion is None else _signed(emotion.arousal),
        *(_NO_SCORES if emotion is None else score_steps(emotion.scores)),
    )


def _alert_key(alert: Alert) -> str:
    """An alert's key: a room alert keeps its key when its tiles change, a participant's names the tile."""
    whose = " ".join(alert.tiles) if alert.scope is Scope.PARTICIPANT else ""
    return f"alert {alert.name} {alert.since!r} {whose}"


def _alert_event(key: str, alert: Alert, offset: float) -> SessionEvent:
    since = max(alert.since + offset, 0.0)
    return SessionEvent(key, "alert", alert.name, alert.text, alert.tiles, alert.scope.value, since)


def _marker_key(marker: Marker) -> str:
    return f"marker {marker.wall!r} {marker.text}"


def _marker_event(marker: Marker, offset: float) -> SessionEvent:
    key = _marker_key(marker)
    return SessionEvent(key, "marker", "", marker.text, (), Scope.ROOM.value, marker.wall + offset)


def _advice_event(advice: Advice, seconds: float) -> SessionEvent:
    text = f"{advice.text} {advice.evidence}".strip()
    return SessionEvent(
        f"advice {seconds!r}", "advice", advice.tempo.value, text, (), Scope.ROOM.value, seconds
    )


def _frame_row(snapshot: Snapshot, seconds: float, said: bytes) -> FrameRow:
    room, source = snapshot.room, snapshot.source
    scores = (None,) * len(LABELS) if room.scores is None else score_steps(room.scores)
    # A lost or stalled source repeats its last readings, which must not be recorded as seen again.
    fresh = source.state is SourceState.LIVE
    return (
        round(seconds, 3), round(snapshot.wall, 3), source.state.value, snapshot.width, snapshot.height,
        source.dropped, int(source.paused), room.tiles, room.faces, room.read,
        *scores, room.label,
        _maybe(room.valence), _maybe(room.arousal), _maybe(room.attention), _maybe(room.motivation),
        said if fresh else b"",
    )  # fmt: skip


def _share(value: float) -> int:
    return min(max(round(value * STEPS), 0), STEPS)


def _signed(value: float) -> int:
    return min(max(round(value * STEPS), -STEPS), STEPS)


def _maybe(value: float | None) -> int | None:
    return None if value is None else _signed(value)
