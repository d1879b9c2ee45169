"""Writes the reports of several recordings at once, each in a worker process."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing.queues import Queue
from queue import Empty
from typing import TYPE_CHECKING

import msgspec

from agent.composition.offline import Done, ReportJob, write_report
from agent.configuration.config import Config
from agent.errors import ReadTheRoomError, RecordError
from agent.faces.worker_pool import free_cores, workers_for
from agent.system.logs import set_up

AdvanceJob = Callable[[int, float, float | None], None]
"""Called with the number of a job and the arguments of ``Advance``."""

Outcome = Done | ReadTheRoomError
"""What became of a job."""

if TYPE_CHECKING:
    News = Queue[tuple[int, float, float | None]]
    """Arguments for AdvanceJob, from the workers; while the program runs, a Queue has no parameters."""

STEP = 0.25
"""Seconds between two checks of the workers' progress."""


def write_reports(
    config: Config, jobs: Sequence[ReportJob], advance: AdvanceJob
) -> Generator[Outcome, None, None]:
    """Write several reports in worker processes, and yield each result as soon as it is known.

    Closing this generator, or Ctrl-C, ends the workers and discards what they had not finished.
    """
    context = multiprocessing.get_context("spawn")
    news: News = context.Queue()
    workers, theirs = shared_out(config, len(jobs), free_cores())
    before, waiting = multiprocessing.active_children(), dict[Future[Outcome], ReportJob]()
    with ProcessPoolExecutor(workers, context, initializer=_begin, initargs=(news, theirs)) as pool:
        try:
            with _unheard():
                for number, job in enumerate(jobs):
                    waiting[pool.submit(_work, number, job)] = job
            while waiting:
                finished, _ = wait(waiting, timeout=STEP, return_when=FIRST_COMPLETED)
                _pass_on(news, advance)
                for future in finished:
                    yield _outcome(future, waiting.pop(future))
        finally:
            if waiting:
                pool.shutdown(wait=False, cancel_futures=True)
                for worker in set(multiprocessing.active_children()) - set(before):
                    worker.terminate()


def shared_out(config: Config, jobs: int, free: int) -> tuple[int, Config]:
    """The number of workers for ``jobs`` recordings on ``free`` cores, and the configuration of each.

    More processes are preferred to more tile workers, which share their work less evenly. All threads of all
    processes together are at most the number of cores, or the threads of one tile worker if those are more.
    """
    analysis = config.analysis
    workers = workers_for(jobs, analysis.threads, free)
    cores = workers_for(analysis.cores, analysis.threads, free // workers)
    return workers, msgspec.structs.replace(config, analysis=msgspec.structs.replace(analysis, cores=cores))


@contextmanager
def _unheard() -> Iterator[None]:
    """Block SIGINT in processes started here: the parent handles it for the whole process group.

    Ignoring it in ``_begin`` is too late: the worker imports before that. Windows has no signal masks.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


class _Worker:
    """What a worker process was given when it started."""

    news: News
    config: Config


def _begin(news: News, config: Config) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, name="parent's end", daemon=True).start()
    _Worker.news, _Worker.config = news, config
    set_up(config.log.level)


def _end_with_parent() -> None:
    """End this process when its parent ends, even if the parent was killed: nobody takes the results."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _work(number: int, job: ReportJob) -> Outcome:
    last = 0.0

    def advance(seconds: float, total: float | None) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last >= STEP:
            last = now
            _Worker.news.put((number, seconds, total))

    try:
        return write_report(_Worker.config, job, advance)
    except ReadTheRoomError as error:
        return error


def _pass_on(news: News, advance: AdvanceJob) -> None:
    while True:
        try:
            advance(*news.get_nowait())
        except Empty:
            return


def _outcome(future: Future[Outcome], job: ReportJob) -> Outcome:
    try:
        return future.result()
    except BrokenProcessPool:
        return RecordError(
            f"the worker that read {job.file} was killed, perhaps for lack of memory: read fewer at once"
        )
