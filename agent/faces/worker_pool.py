"""Detects and reads faces on several cores, with workers that take batches in turn and own their models.

MediaPipe and LiteRT release the GIL while they compute, so one worker detects while another reads. Taking
turns, each on a core of its own, two workers took 0.74 of one worker's time for a frame of 25 new faces and
0.70 for 49 (0.69 and 0.65 from detection to scores), for 4 % more CPU.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, wait

from agent.faces.tile_worker import StageTimings, TileBatch, TileWorker
from agent.scheduling.budget import CostModel, Work
from agent.scheduling.stage_times import Stages
from agent.values import Frame

WORTH = 12
"""Minimum number of tiles to detect or read in one frame at which a second core is used: the tiles of a
turned page, not those of moving heads. So the cost of a second worker hardly shows in the budget."""


def free_cores() -> int:
    """Number of cores that this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:
        return os.cpu_count() or 1


def workers_for(cores: int, threads: int, free: int) -> int:
    """Number of workers to open on ``free`` cores, of which ``cores`` are wanted, with ``threads`` in each.

    Never more threads than cores: four on two made reading a face 6.7 times slower.
    """
    return max(min(cores, free // max(threads, 1)), 1)


def record_stage_times(timings: Sequence[StageTimings], stages: Stages, wall: float) -> None:
    """Record in a frame's ``stages`` what its batches took; ``wall`` is their total wall time in seconds.

    Workers overlap, so the wall time is divided in proportion to what each stage took.
    """
    scale = wall / max(sum(one.total for one in timings), 1e-9)
    stages.detect = scale * sum(sum(one.detect.values()) for one in timings)
    stages.crop = scale * sum(one.crop for one in timings)
    stages.classify = scale * sum(one.classify for one in timings)
    stages.searched = sum(sum(one.searched.values()) for one in timings)
    stages.classified = sum(one.read for one in timings)


def update_costs(timings: Sequence[StageTimings], costs: CostModel, cpu: float) -> None:
    """Update the costs with what a frame's batches took; ``cpu`` is their total CPU time in seconds.

    CPU time is known only for all workers together: MediaPipe computes in threads of its own.
    """
    scale = cpu / max(sum(one.total for one in timings), 1e-9)
    for work in (Work.FIND, Work.SEARCH):
        seconds = sum(one.detect.get(work, 0.0) for one in timings)
        costs.observe(work, sum(one.searched.get(work, 0) for one in timings), scale * seconds)
    costs.observe(Work.READ, sum(one.read for one in timings), scale * sum(one.classify for one in timings))


class WorkerPool:
    """Runs the batches of a frame in one or more workers; only one thread at a time may call it.

    Closing it closes the workers. The first worker runs in the calling thread. The threads of the others use
    no CPU while they wait.
    """

    def __init__(self, workers: Sequence[TileWorker]) -> None:
        self._workers = tuple(workers)
        self._threads = ThreadPoolExecutor(max(len(workers) - 1, 1), thread_name_prefix="tile worker")

    def update(self, frame: Frame, batches: Sequence[TileBatch], beside: bool = True) -> list[StageTimings]:
        """Run batches and return what each took; ``beside``: in all workers, otherwise in one.

        The results do not depend on the number of workers. Raises what a batch raised once all workers have
        stopped; batches not begun by then are skipped.
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
            # On a busy machine a thread may not have begun before all batches are done.
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
