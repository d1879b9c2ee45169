"""Detecting and reading faces on several cores: workers that take batches in turn, each with models of its
own.

MediaPipe and LiteRT let go of Python's lock while they compute, so one worker detects while another reads. In
turn, each worker on a core of its own, two workers took 0.74 of one worker's time for a frame of 25 new faces
and 0.70 for 49 (0.69 and 0.65 from detection to scores), for 4 % more CPU.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, wait

from agent.budget import CostModel, Work
from agent.faces.tile_worker import StageTimings, TileBatch, TileWorker
from agent.stage_times import Stages
from agent.values import Frame

WORTH = 12
"""Tiles to detect or read in one frame for which a second core is woken: those of a page that was turned, not
of heads that move. So what a second worker costs hardly shows in the budget."""


def free_cores() -> int:
    """How many cores this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:
        return os.cpu_count() or 1


def workers_for(cores: int, threads: int, free: int) -> int:
    """How many workers to open on ``free`` cores, of which ``cores`` are wanted, with ``threads`` in each.

    Never more threads than cores: four on two made reading a face 6.7 times slower.
    """
    return max(min(cores, free // max(threads, 1)), 1)


def record_stage_times(timings: Sequence[StageTimings], stages: Stages, wall: float) -> None:
    """Note in a frame's ``stages`` what its batches took; ``wall`` is how many seconds they took together.

    Workers overlap: the time that passed is shared out in proportion to what each stage took.
    """
    scale = wall / max(sum(one.total for one in timings), 1e-9)
    stages.detect = scale * sum(sum(one.detect.values()) for one in timings)
    stages.crop = scale * sum(one.crop for one in timings)
    stages.classify = scale * sum(one.classify for one in timings)
    stages.searched = sum(sum(one.searched.values()) for one in timings)
    stages.classified = sum(one.read for one in timings)


def update_costs(timings: Sequence[StageTimings], costs: CostModel, cpu: float) -> None:
    """Update the costs with what a frame's batches took; ``cpu`` is how many CPU seconds they took together.

    The processor's time is known of all workers together only: MediaPipe computes in threads of its own.
    """
    scale = cpu / max(sum(one.total for one in timings), 1e-9)
    for work in (Work.FIND, Work.SEARCH):
        seconds = sum(one.detect.get(work, 0.0) for one in timings)
        costs.observe(work, sum(one.searched.get(work, 0) for one in timings), scale * seconds)
    costs.observe(Work.READ, sum(one.read for one in timings), scale * sum(one.classify for one in timings))


class WorkerPool:
    """Does the batches of a frame in one or more workers; closes them with itself. One thread at a time calls
    it.

    The first worker is the calling thread's. The others' threads wait in between without using the processor.
    """

    def __init__(self, workers: Sequence[TileWorker]) -> None:
        self._workers = tuple(workers)
        self._threads = ThreadPoolExecutor(max(len(workers) - 1, 1), thread_name_prefix="tile worker")

    def update(self, frame: Frame, batches: Sequence[TileBatch], beside: bool = True) -> list[StageTimings]:
        """Do some batches, and return what each took; ``beside`` in as many workers as there are, else in
        one.

        What is found does not depend on the workers. Raises what a batch raised, once all workers have
        stopped: batches that were not begun by then are left.
        """
        worth = beside and sum(len(batch.tracks) for batch in batches) >= WORTH
        count = min(len(self._workers), len(batches)) if worth else 1
        if count <= 1:
            return [self._workers[0].update(frame, batches)]
        waiting, done = deque(batches), list[StageTimings]()

        def work(worker: TileWorker) -> None:
            while True:
                try:
                    batch = waiting.popleft()
                except IndexError:
                    return
                try:
                    done.append(worker.update(frame, (batch,)))
                except BaseException:
                    waiting.clear()
                    raise

        others = [self._threads.submit(work, worker) for worker in self._workers[1:count]]
        try:
            work(self._workers[0])
        finally:
            # On a busy machine a thread may not even have begun when nothing is left for it.
            begun = [other for other in others if not other.cancel()]
            wait(begun)
        for other in begun:
            other.result()
        return done

    def close(self) -> None:
        """Free all models and end the threads; may be called twice."""
        self._threads.shutdown()
        for worker in self._workers:
            worker.close()
