"""Faults in the middle of a session: what was running goes on, or ends loudly; the feed tells the truth."""

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from agent.analysis.pipeline import Analyzer, SessionState
from agent.analysis.runner import Runner
from agent.classroom.gallery import Gallery, Plan
from agent.classroom.script import Script
from agent.classroom.styles import style_named
from agent.composition.models import open_classifier, open_finder
from agent.configuration.config import Config
from agent.errors import FeedError, ModelError
from agent.faces.crops import Framing
from agent.faces.tile_worker import ReadingRules
from agent.layout import find_layout
from agent.lesson.mood import MoodPace, MoodTracker
from agent.scheduling.budget import Budget
from agent.tracking import GalleryTracker
from agent.values import Face, Frame, Pixels, Room, Snapshot, SourceInfo, SourceStatus
from models.card import load_card
from models.runtime import load_classifier
from models.weights import EXPRESSION
from tests.exporter.samples import serving
from tests.paths import ROOT
from tests.program import TOKEN, environment

BROKEN = """
import sys
from agent.analysis import pipeline
from agent.__main__ import main
real, calls = pipeline.Analyzer.analyze, []
def analyze(self, frame):
    calls.append(frame)
    if len(calls) > 10:
        raise ZeroDivisionError("a bug")
    return real(self, frame)
pipeline.Analyzer.analyze = analyze
sys.exit(main(["demo", "--no-open", "--port", "0", "--participants", "4"]))
"""


def test_a_bug_in_the_worker_ends_the_feed_and_the_program_with_its_traceback() -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", BROKEN],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env=environment(),
    )
    assert process.stdout is not None
    port = next(int(line.split(":")[2].split("/")[0]) for line in process.stdout if "Dashboard" in line)
    code, last = asyncio.run(asyncio.wait_for(follow_to_the_end(port), 60))
    _, said = process.communicate(timeout=30)
    assert code == 1001
    assert last["seq"] == 10
    assert process.returncode == 1
    assert "ZeroDivisionError: a bug" in said


async def follow_to_the_end(port: int) -> tuple[int, dict[str, object]]:
    """The close code of a feed, and the last message before it."""
    last: dict[str, object] = {}
    async with connect(f"ws://127.0.0.1:{port}/feed?token={TOKEN}", proxy=None) as feed:
        try:
            while True:
                last = json.loads(await feed.recv())
        except ConnectionClosed as closed:
            assert closed.rcvd is not None
            return closed.rcvd.code, last


def test_a_model_that_is_replaced_under_a_running_agent_changes_nothing_until_the_next_start(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "model"
    shutil.copytree(EXPRESSION, folder)
    crops = np.random.default_rng(1).integers(0, 256, (3, 48, 48, 1), dtype=np.uint8)
    with load_classifier(folder) as classifier:
        before = classifier.classify(crops)
        (folder / classifier.card.file).write_bytes(b"another model")
        np.testing.assert_array_equal(classifier.classify(crops), before)
    with pytest.raises(ModelError, match="altered"):
        load_classifier(folder)


def test_a_feed_whose_thread_dies_ends_the_run(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    def kill(index: int) -> None:
        if index == 2:
            assert server._loop is not None
            assert server._thread is not None
            server._loop.call_soon_threadsafe(server._loop.stop)
            server._thread.join()

    with serving(tmp_path) as server:
        source = Still(np.zeros((90, 160, 3), np.uint8), [step * 0.3 for step in range(5)], kill)
        runner = Runner(source, Nobody(), server.publish, hz=1e6)
        with pytest.raises(FeedError, match="ended unexpectedly"):
            runner.run()
    assert runner.failed == 0


class Nobody:
    """Reads every frame as one without a gallery."""

    def analyze(self, frame: Frame) -> Snapshot:
        size = frame.width, frame.height
        return Snapshot(0, frame.wall, 0.0, *size, SourceStatus(), (), Room(0, 0, 0))

    def again(self, snapshot: Snapshot) -> Snapshot:
        return snapshot


class FailsWhenTold:
    """A real face finder and classifier that fail while ``broken`` names them."""

    def __init__(self) -> None:
        self.finder, self.classifier = open_finder(Config()), open_classifier(Config())
        self.card = self.classifier.card
        self.broken = ""

    def find(
        self, pictures: Sequence[Pixels], careful: bool = False, known: Sequence[Face | None] | None = None
    ) -> list[Face | None]:
        if self.broken == "finder":
            raise ModelError("the face detector failed on a picture")
        return self.finder.find(pictures, careful, known)

    def classify(self, crops: NDArray[np.uint8]) -> NDArray[np.float32]:
        if self.broken == "classifier":
            raise ModelError("the model failed on some faces")
        return self.classifier.classify(crops)

    def close(self) -> None:
        self.finder.close()
        self.classifier.close()


@dataclass
class Still:
    """A source that shows one picture at given times, and does something before each."""

    pixels: Pixels
    times: Sequence[float]
    before: Callable[[int], None] = lambda _: None
    info: SourceInfo = field(default_factory=lambda: SourceInfo("demo", "still", 1280, 720))
    status: SourceStatus = field(default_factory=SourceStatus)

    def frames(self) -> Iterator[Frame | None]:
        for index, time in enumerate(self.times):
            self.before(index)
            yield Frame(self.pixels, time, 1000.0 + time)


def classroom(count: int = 4) -> Pixels:
    scene = Script(5, count).scene_at(0.0)
    return Gallery(Plan(style_named("zoom"), (1280, 720))).draw(scene).pixels


def analyzer_with(models: FailsWhenTold, budget: Budget | None = None) -> Analyzer:
    rules = ReadingRules(Framing.of(load_card(EXPRESSION).framing))
    state = SessionState(MoodTracker(MoodPace()))
    return Analyzer(GalleryTracker(find_layout), [(models, models)], rules, state, budget or Budget(None))


@pytest.mark.parametrize("broken", ["finder", "classifier"])
def test_a_model_that_fails_on_a_frame_costs_that_frame_and_no_reading_after_it(broken: str) -> None:
    models, published = FailsWhenTold(), list[Snapshot]()

    def fail(index: int) -> None:
        models.broken = broken if index == 0 else ""

    with analyzer_with(models) as analyzer:
        source = Still(classroom(), [step * 0.3 for step in range(8)], fail)
        runner = Runner(source, analyzer, published.append, hz=1e6)
        runner.run()
    assert runner.failed == 1
    # On a busy machine the first frame takes a second: then the feed is told that it could not be read.
    assert len([snapshot for snapshot in published if not snapshot.source.failing]) == 7
    faces = [reading for reading in published[-1].readings if reading.face is not None]
    assert len(faces) >= 3
    # Each face is read, or it is said why not: a picture that stands still must not stay unread.
    assert all((reading.emotion is None) != (reading.reason is None) for reading in faces)
    assert any(reading.emotion is not None for reading in faces)


def test_a_frame_that_fails_is_paid_for() -> None:
    models, budget = FailsWhenTold(), Budget(0.25)
    models.broken = "classifier"
    with analyzer_with(models, budget) as analyzer, pytest.raises(ModelError):
        analyzer.analyze(Frame(classroom(), 0.0, 1000.0))
    assert budget.load(0.1, 0).used > 0


@pytest.mark.parametrize("jump", [-3600.0, -0.05, 3600.0])
def test_readings_and_ids_outlast_a_clock_that_jumps(jump: float) -> None:
    models, published = FailsWhenTold(), list[Snapshot]()
    times = [1e4 + step * 0.3 + (jump if step >= 8 else 0.0) for step in range(16)]
    with analyzer_with(models) as analyzer:
        runner = Runner(Still(classroom(), times), analyzer, published.append, hz=1e6)
        runner.run()
    assert [snapshot.seq for snapshot in published] == list(range(1, 17))
    before, after = published[7].readings, published[-1].readings
    assert [reading.id for reading in after] == [reading.id for reading in before]
    assert [reading.state for reading in after] == [reading.state for reading in before]
    said = [reading.emotion is not None for reading in before]
    assert any(said)
    assert [reading.emotion is not None for reading in after] == said
