"""Detecting and reading faces on several cores: lanes that take jobs in turn, each with models of its own.

MediaPipe and LiteRT let go of Python's lock while they compute, so one lane detects while another reads. In
turn, each lane on a core of its own, two lanes took 0.74 of one lane's time for a frame of 25 new faces
and 0.70 for 49 (0.69 and 0.65 from detection to scores), for 4 % more CPU.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, wait

from agent.budget import Prices, Work
from agent.faces.lane import Lane, Laps, TileJob
from agent.stage_times import Stages
from agent.values import Frame

WORTH = 12
"""Tiles to detect or read in one frame for which a second core is woken: those of a page that was turned, not
of heads that move. So what a second lane costs hardly shows in the budget."""


def free_cores() -> int:
    """How many cores this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:
        return os.cpu_count() or 1


def lanes_for(cores: int, threads: int, free: int) -> int:
    """How many lanes to open on ``free`` cores, of which ``cores`` are wanted, with ``threads`` in each.

    Never more threads than cores: four on two made reading a face 6.7 times slower.
    """
    return max(min(cores, free // max(threads, 1)), 1)


def note(laps: Sequence[Laps], stages: Stages, wall: float) -> None:
    """Note in a frame's ``stages`` what its jobs took; ``wall`` is how many seconds they took together.

    Lanes overlap: the time that passed is shared out in proportion to what each stage took.
    """
    scale = wall / max(sum(one.total for one in laps), 1e-9)
    stages.detect = scale * sum(sum(one.detect.values()) for one in laps)
    stages.crop = scale * sum(one.crop for one in laps)
    stages.classify = scale * sum(one.classify for one in laps)
    stages.searched = sum(sum(one.searched.values()) for one in laps)
    stages.classified = sum(one.read for one in laps)


def learn(laps: Sequence[Laps], prices: Prices, cpu: float) -> None:
    """Learn prices from what a frame's jobs took; ``cpu`` is how many CPU seconds they took together.

    The processor's time is known of all lanes together only: MediaPipe computes in threads of its own.
    """
    scale = cpu / max(sum(one.total for one in laps), 1e-9)
    for work in (Work.FIND, Work.SEARCH):
        seconds = sum(one.detect.get(work, 0.0) for one in laps)
        prices.learn(work, sum(one.searched.get(work, 0) for one in laps), scale * seconds)
    prices.learn(Work.READ, sum(one.read for one in laps), scale * sum(one.classify for one in laps))


class Lanes:
    """Does the jobs of a frame in one or more lanes; closes them with itself. One thread at a time calls it.

    The first lane is the calling thread's. The others' threads wait in between without using the processor.
    """

    def __init__(self, lanes: Sequence[Lane]) -> None:
        self._lanes = tuple(lanes)
        self._threads = ThreadPoolExecutor(max(len(lanes) - 1, 1), thread_name_prefix="lane")

    def update(self, frame: Frame, jobs: Sequence[TileJob], beside: bool = True) -> list[Laps]:
        """Do some jobs, and return what each took; ``beside`` in as many lanes as there are, else in one.

        What is found does not depend on the lanes. Raises what a job raised, once all lanes have stopped:
        jobs that were not begun by then are left.
        """
        worth = beside and sum(len(job.sights) for job in jobs) >= WORTH
        count = min(len(self._lanes), len(jobs)) if worth else 1
        if count <= 1:
            return [self._lanes[0].update(frame, jobs)]
        waiting, done = deque(jobs), list[Laps]()

        def work(lane: Lane) -> None:
            while True:
                try:
                    job = waiting.popleft()
                except IndexError:
                    return
                try:
                    done.append(lane.update(frame, (job,)))
                except BaseException:
                    waiting.clear()
                    raise

        others = [self._threads.submit(work, lane) for lane in self._lanes[1:count]]
        try:
            work(self._lanes[0])
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
        for lane in self._lanes:
            lane.close()
