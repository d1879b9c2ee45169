"""Lessons with known truth, as snapshots and as recordings."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator
from pathlib import Path

from agent.values import (
    LABELS,
    Alert,
    Box,
    Marker,
    Reading,
    Reason,
    Scope,
    Snapshot,
    TileState,
)
from exporter.recorder.packing import Packer
from exporter.recorder.session import RecordedSession, load_session
from exporter.recorder.store import Details, ModelFacts, Store
from tests import builders
from tests.builders import WALL, emotion, face_at, scores_of

__all__ = ["WALL", "details", "excluded", "lesson", "reading", "record", "recorded", "scores_of", "session"]

FACTS = ModelFacts(
    name="m",
    sha256="0" * 64,
    figures={"accuracy": 0.66, "macro_f1": 0.63, "accuracy_at_24_px": 0.62, "accuracy_at_48_px": 0.66},
)


def details(**changes: object) -> Details:
    told = Details(
        name="2026-01-01_0900-abcd",
        started=WALL,
        utc_offset=3600,
        source_kind="demo",
        source_name="drawn class",
        hz=5.0,
        privacy_mode="tiles",
        min_group=5,
        model=FACTS,
    )
    return Details(**{**{name: getattr(told, name) for name in told.__struct_fields__}, **changes})


def reading(number: int, seconds: float, columns: int = 7) -> Reading:
    """What participant ``number`` shows: labels that follow one another, some without camera or unsure."""
    row, col = divmod(number, columns)
    box = Box(col * 270, row * 150, 264, 148)
    state, reason, said = TileState.FACE, None, None
    face = face_at(Box(box.left + 90, box.top + 40, 40 + number, 40 + number))
    if number % 11 == 5:
        state = TileState.CAMERA_OFF
    elif (number + int(seconds / 40)) % 13 == 7:
        state = TileState.NO_FACE
    elif (number + int(seconds / 15)) % 9 == 3:
        reason = (Reason.UNSURE, Reason.TURNED, Reason.SMALL)[number % 3]
    else:
        said = emotion(LABELS[(number * 3 + int(seconds / (20 + number))) % len(LABELS)])
    motivation = None if said is None else 0.5 + 0.4 * math.sin(seconds / 300)
    return builders.reading(
        f"t{number}",
        said,
        at=(row, col),
        box=box,
        state=state,
        face=face,
        facing=0.8,
        reason=reason,
        motivation=motivation,
    )


def lesson(frames: int, tiles: int = 9, hz: float = 5.0) -> Iterator[Snapshot]:
    """Snapshots of a lesson with two markers and one alert in its middle."""
    for seq in range(frames):
        seconds = seq / hz
        readings = tuple(reading(number, seconds) for number in range(tiles))
        markers = (Marker("new topic", WALL),) if seq else ()
        alerts: tuple[Alert, ...] = ()
        if frames // 3 <= seq < frames // 2:
            since = WALL + frames // 3 / hz
            alerts = (Alert("many sad", "4 of 9 faces look sad", ("t1", "t2"), since, Scope.ROOM),)
        if seq > frames // 2:
            markers = (*markers, Marker("exercise <b>1</b>", WALL + frames // 2 / hz))
        yield builders.snapshot(readings, seq + 1, WALL + seconds, alerts=alerts, markers=markers)


def record(
    path: Path | None, frames: int = 50, tiles: int = 9, *, finish: bool = True, hz: float = 5.0
) -> Store:
    """A recording of ``lesson``, written without a thread; the store is left open."""
    store, packer = Store(path, details(hz=hz)), Packer()
    batch = [packer.pack(one, index / hz) for index, one in enumerate(lesson(frames, tiles, hz))]
    for start in range(0, len(batch), 5):
        store.write(batch[start : start + 5])
    if finish:
        store.finish(WALL + frames / hz)
    return store


def recorded(folder: Path, frames: int = 50, tiles: int = 9, name: str = "2026-01-01_0900-abcd") -> Path:
    """A complete recording in a file."""
    path = folder / f"{name}.session"
    record(path, frames, tiles).close()
    return path


def session(folder: Path, frames: int = 50, tiles: int = 9) -> RecordedSession:
    """A complete recording, loaded."""
    return load_session(recorded(folder, frames, tiles))


def excluded(snapshot: Snapshot, number: int) -> Snapshot:
    """The same, with one participant excluded."""
    changed = dataclasses.replace(
        snapshot.readings[number], state=TileState.EXCLUDED, face=None, emotion=None, reason=Reason.PRIVATE
    )
    readings = (*snapshot.readings[:number], changed, *snapshot.readings[number + 1 :])
    return dataclasses.replace(snapshot, readings=readings)
