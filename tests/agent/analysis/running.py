"""Scripted sources and readers for the tests of the worker, and a clock on which its waits take no time."""

from __future__ import annotations

import dataclasses
import logging
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np

from agent.analysis.runner import Publish, Runner
from agent.errors import PictureError
from agent.values import (
    Alert,
    Box,
    Frame,
    Marker,
    Reading,
    Room,
    Snapshot,
    SourceInfo,
    SourceState,
    SourceStatus,
    TileState,
)

PIXELS = np.zeros((4, 4, 3), np.uint8)


TILE = Reading("t1", 0, 0, Box(0, 0, 4, 4), TileState.NO_FACE, False, None, 0.0, None, None, 0.0)


ALERT = Alert("camera off", "1 camera off.", ("t1",), 0.0)


MARKER = Marker("exercise", 0.0)


@dataclass
class ScriptedSource:
    """Frames and states in a fixed order."""

    script: list[tuple[Frame | None, SourceState]]
    info: SourceInfo = field(default_factory=lambda: SourceInfo("demo", "script", 4, 4))
    status: SourceStatus = field(default_factory=SourceStatus)

    def frames(self) -> Iterator[Frame | None]:
        for frame, state in self.script:
            self.status = SourceStatus(state, 3)
            yield frame


@dataclass
class CountingReader:
    """One tile in every frame; fails on the frames whose time is in ``bad``."""

    bad: frozenset[float] = frozenset()
    marked: Callable[[Snapshot], Snapshot] = lambda snapshot: dataclasses.replace(snapshot, markers=(MARKER,))
    error: Exception = field(default_factory=lambda: PictureError("too dark to open"))

    def analyze(self, frame: Frame) -> Snapshot:
        if frame.time in self.bad:
            raise self.error
        status, room = SourceStatus(), Room(1, 0, 0)
        return self.again(Snapshot(0, frame.wall, 0.0, 4, 4, status, (TILE,), room, (ALERT,)))

    def again(self, snapshot: Snapshot) -> Snapshot:
        return self.marked(snapshot)


def frame(time: float) -> Frame:
    return Frame(PIXELS, time, 1000.0 + time)


def run(source: ScriptedSource, reader: CountingReader, **kwargs: float) -> tuple[list[Snapshot], Runner]:
    published: list[Snapshot] = []
    runner = Runner(source, reader, published.append, hz=1000.0)
    runner.run(**kwargs)
    return published, runner


class _Waits(threading.Event):
    """An event for which nobody waits in earnest: the time of a clock passes in place of it."""

    def __init__(self, now: list[float]) -> None:
        super().__init__()
        self.now = now

    def wait(self, timeout: float | None = None) -> bool:
        if not self.is_set():
            self.now[0] += timeout or 0.0
        return self.is_set()


def clocked(
    source: ScriptedSource, reader: CountingReader, publish: Publish, hz: float, now: list[float]
) -> Runner:
    """A runner on the clock ``now``, on which its waits pass at once."""
    runner = Runner(source, reader, publish, hz, lambda: now[0])
    runner._stopped = _Waits(now)
    return runner


class Said(logging.Handler):
    """What the project's log was told, whatever handlers other tests left there."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())
