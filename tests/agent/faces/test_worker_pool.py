"""Workers: the same readings however many there are, work side by side, and what one raises."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from agent.classroom.gallery import Gallery, Plan
from agent.classroom.script import Script
from agent.classroom.styles import style_named
from agent.composition.analyzer import open_analyzer
from agent.configuration.config import AnalysisConfig, Config
from agent.errors import ModelError
from agent.faces.crops import Framing
from agent.faces.face_track import FaceTrack
from agent.faces.tile_worker import (
    LARGEST,
    PER_MOSAIC,
    ReadingRules,
    StageTimings,
    TileBatch,
    TileWorker,
    batches_of,
)
from agent.faces.worker_pool import WorkerPool, free_cores, record_stage_times, update_costs, workers_for
from agent.scheduling.budget import CostModel, Task, Work
from agent.scheduling.stage_times import Stages
from agent.values import Box, Face, Frame, Pixels, Snapshot
from models.card import ModelCard, load_card
from models.weights import EXPRESSION

FRAME = Frame(np.full((64, 64, 3), 90, np.uint8), 1.0, 1.0)
RULES = ReadingRules(Framing.of(load_card(EXPRESSION).framing))


@dataclass
class Models:
    """A detector that finds nothing, and calls ``before`` first; a classifier that is never asked."""

    before: Callable[[], None] = lambda: None
    card: ModelCard = field(default_factory=lambda: load_card(EXPRESSION))
    threads: set[int] = field(default_factory=set)
    asked: int = 0
    closed: int = 0

    def find(
        self, pictures: Sequence[Pixels], careful: bool = False, known: Sequence[Face | None] | None = None
    ) -> list[Face | None]:
        self.threads.add(threading.get_ident())
        self.asked += 1
        self.before()
        return [None] * len(pictures)

    def classify(self, crops: NDArray[np.uint8]) -> NDArray[np.float32]:
        raise AssertionError(f"{len(crops)} crops of no face")

    def close(self) -> None:
        self.closed += 1


def lanes_of(*models: Models) -> WorkerPool:
    return WorkerPool([TileWorker(one, one, RULES) for one in models])


def batches(count: int) -> list[TileBatch]:
    """Jobs of four tiles each."""
    return [
        TileBatch(Work.FIND, tuple(FaceTrack(video=Box(0, 0, 32, 32)) for _ in range(4)))
        for _ in range(count)
    ]


def searched(timings: StageTimings) -> int:
    return sum(timings.searched.values())


def meet(barrier: threading.Barrier) -> None:
    barrier.wait()


def shown(snapshot: Snapshot) -> list[object]:
    """All that a snapshot says of its tiles, but for their random ids."""
    said: list[object] = []
    for one in snapshot.readings:
        face = None if one.face is None else (one.face.box, one.face.keypoints.tolist(), one.face.confidence)
        emotion = None if one.emotion is None else one.emotion.scores
        said.append((one.row, one.col, one.state, face, one.facing, emotion, one.reason, one.motivation))
    return said


def test_readings_do_not_depend_on_the_number_of_lanes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agent.composition.analyzer.free_cores", lambda: 3)
    script, gallery = Script(11, 20), Gallery(Plan(style_named("zoom"), (1280, 720)))
    configs = [Config(analysis=AnalysisConfig(cores=cores)) for cores in (1, 2, 3)]
    with (
        open_analyzer(configs[0]) as one,
        open_analyzer(configs[1]) as two,
        open_analyzer(configs[2], reuse=True) as three,
    ):
        read = 0
        for step in range(6):
            pixels = gallery.draw(script.scene_at(5 + step * 0.4)).pixels
            frame = Frame(pixels, step * 0.4, step * 0.4)
            first, *others = (analyzer.analyze(frame) for analyzer in (one, two, three))
            assert [shown(other) for other in others] == [shown(first)] * 2
            read += first.room.read
    assert read > 30


@given(st.lists(st.sampled_from(list(Work)), max_size=200))
def test_jobs_hold_each_task_once_with_its_kind(works: list[Work]) -> None:
    tasks = [Task(f"t{index}", work, 0.0) for index, work in enumerate(works)]
    tracks = {task.tile: FaceTrack() for task in tasks}
    crops = {task.tile: np.full((48, 48, 1), index, np.uint8) for index, task in enumerate(tasks)}
    parted = batches_of(tasks, tracks, crops)
    assert all(0 < len(batch.tracks) <= LARGEST + 2 * PER_MOSAIC for batch in parted)
    names = {id(track): tile for tile, track in tracks.items()}
    found = {names[id(track)]: batch.work for batch in parted for track in batch.tracks}
    assert found == {task.tile: task.work for task in tasks}
    assert sum(len(batch.tracks) for batch in parted) == len(tasks)
    for batch in parted:
        wanted = [crops[names[id(track)]] for track in batch.tracks] if batch.work is Work.READ else []
        assert all(one is other for one, other in zip(batch.crops, wanted, strict=True))


def test_two_lanes_work_at_the_same_time() -> None:
    # Each waits in its detector for the other: one after the other they would wait for good.
    both = threading.Barrier(2, timeout=60)
    first, second = Models(lambda: meet(both)), Models(lambda: meet(both))
    pool = lanes_of(first, second)
    assert sum(searched(timings) for timings in pool.update(FRAME, batches(4))) == 16
    pool.close()
    assert first.asked == second.asked == 2
    assert first.threads == {threading.get_ident()} != second.threads
    assert not any(thread.name.startswith("lane") for thread in threading.enumerate())


@pytest.mark.parametrize(("count", "beside"), [(2, True), (12, False), (0, True)])
def test_little_work_and_unhurried_work_wake_nobody(count: int, beside: bool) -> None:
    first, second = Models(), Models()
    pool = lanes_of(first, second)
    (timings,) = pool.update(FRAME, batches(count), beside)
    assert searched(timings) == 4 * count
    pool.close()
    pool.close()
    assert (first.asked, second.asked) == (count, 0)
    # A lane closes a detector and a classifier, here one object, and twice.
    assert (first.closed, second.closed) == (4, 4)


def test_a_lane_that_has_not_begun_when_nothing_is_left_is_not_waited_for() -> None:
    held, released = threading.Event(), threading.Event()
    pool = lanes_of(Models(), last := Models())

    def hold() -> None:
        held.set()
        released.wait(60)

    # The other lane's thread is busy, as it may be on a busy machine.
    pool._threads.submit(hold)
    assert held.wait(60)
    late = threading.Timer(20, released.set)
    late.start()
    assert sum(searched(timings) for timings in pool.update(FRAME, batches(4))) == 16
    assert not released.is_set()
    assert last.asked == 0
    late.cancel()
    released.set()
    pool.close()


@pytest.mark.parametrize("broken", [0, 1])
def test_what_a_lane_raises_comes_out_when_all_have_stopped_and_the_next_frame_works(broken: int) -> None:
    both = threading.Barrier(2, timeout=60)
    models = [Models(), Models()]

    def first_job(index: int) -> None:
        if models[index].asked == 1:
            meet(both)
            if index == broken:
                raise ModelError("the detector failed")
        elif index != broken:
            # Time enough for the error to be noticed: all that is left would take two seconds.
            time.sleep(0.05)

    for index, one in enumerate(models):
        one.before = partial(first_job, index)
    pool = lanes_of(*models)
    with pytest.raises(ModelError, match="failed"):
        pool.update(FRAME, batches(40))
    assert models[broken].asked == 1
    # The other lane stopped as well, instead of doing all that was left.
    assert models[1 - broken].asked < 39
    assert sum(searched(timings) for timings in pool.update(FRAME, batches(4))) == 16
    pool.close()


def test_lanes_never_ask_for_more_threads_than_there_are_cores() -> None:
    assert workers_for(2, 1, 1) == 1
    assert workers_for(2, 1, 8) == 2
    assert workers_for(4, 2, 4) == 2
    assert workers_for(2, 8, 4) == 1
    assert free_cores() >= 1


def test_what_jobs_took_is_shared_out_over_stages_and_kinds_of_work() -> None:
    timings = [
        StageTimings({Work.FIND: 4.0}, 1.0, 3.0, {Work.FIND: 4}, 3),
        StageTimings(classify=4.0, read=4),
    ]
    stages, costs = Stages(), CostModel()
    record_stage_times(timings, stages, 6.0)
    assert (stages.detect, stages.crop, stages.classify) == (2.0, 0.5, 3.5)
    assert stages.total == 6.0
    assert (stages.searched, stages.classified) == (4, 7)
    for _ in range(100):
        update_costs(timings, costs, 12.0)
    assert costs.of(Work.READ) == pytest.approx(1.0)
    assert costs.of(Work.FIND) == pytest.approx(1.0 + 1.0)
    record_stage_times([], stages, 0.1)
    assert stages.total == 0.0
