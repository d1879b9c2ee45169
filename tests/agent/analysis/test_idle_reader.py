from __future__ import annotations

from dataclasses import replace

import numpy as np

from agent.analysis.idle_reader import IdleReader
from agent.analysis.runner import Runner
from agent.values import Frame, Marker, Snapshot, SourceState
from tests.agent.analysis.running import ScriptedSource
from tests.program import call


class Forbidden:
    """A reader that must not be asked to read."""

    def analyze(self, frame: Frame) -> Snapshot:
        raise AssertionError(f"a frame of {frame.width} pixels was looked at")

    def again(self, snapshot: Snapshot) -> Snapshot:
        return replace(snapshot, markers=(Marker("exercise", 0.0),))


def test_nothing_is_looked_at_and_the_feed_goes_on() -> None:
    published: list[Snapshot] = []
    frame = Frame(np.zeros((4, 6, 3), np.uint8), 0.0, 1000.0)
    source = ScriptedSource([(frame, SourceState.LIVE), (None, SourceState.STALLED)])
    Runner(source, IdleReader(Forbidden()), published.append, hz=1000.0).run()
    assert [(one.width, one.height, one.readings) for one in published] == [(6, 4, ())] * 2
    assert published[-1].markers == (Marker("exercise", 0.0),)


def test_mode_off_says_so_and_reads_nobody() -> None:
    off = {"READTHEROOM_PRIVACY_MODE": "off"}
    done = call("run", "--source", "demo", "--duration", "3", "--port", "0", **off)
    assert done.returncode == 0
    assert "privacy.mode is off: no picture is looked at" in done.stderr
    assert "first reading" not in done.stderr
    assert "gallery" not in done.stderr
