"""Reads pictures and recordings from files, and writes their reports, several at once."""

from __future__ import annotations

import dataclasses
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from multiprocessing.queues import Queue
from pathlib import Path
from queue import Empty

import msgspec

from agent.composition.analyzer import open_analyzer
from agent.composition.recording import describe
from agent.composition.sources import open_file
from agent.configuration.config import Config
from agent.errors import ReadTheRoomError, RecordError
from agent.faces.worker_pool import free_cores, workers_for
from agent.privacy.policy import privacy_policy
from agent.sources.ahead import read_ahead
from agent.system.logs import set_up
from agent.values import Snapshot, SourceInfo
from exporter.privacy import filter_snapshot
from exporter.recorder.files import write_text
from exporter.recorder.packing import Packer, Rows
from exporter.recorder.session import read_session
from exporter.recorder.store import Store
from exporter.report.page import render
from models.card import ModelCard

Advance = Callable[[float, float | None], None]
"""Called with the seconds read so far, and the recording's length in seconds where it is known."""

Take = Callable[[float, Snapshot], None]
"""Called with the position in the recording, in seconds, and the snapshot read there."""

STEP = 0.25
"""Seconds between two checks of the workers' progress."""


@dataclass(frozen=True, slots=True)
class ReportJob:
    """A recording to read, and the path of its report."""

    file: str
    out: Path


@dataclass(frozen=True, slots=True)
class Done:
    """A report was written: seconds of recording that were read, and seconds that this took."""

    job: ReportJob
    seconds: float
    took: float


def read_file(
    config: Config,
    file: str,
    advance: Advance,
    on_open: Callable[[SourceInfo, ModelCard], None] | None = None,
) -> Iterator[tuple[float, Snapshot]]:
    """Yield, for each frame read, its position in seconds and its snapshot as filtered by privacy.mode.

    ``on_open`` is called first, with the source and the model. Raises PictureError when the file cannot be
    read.
    """
    policy = privacy_policy(config.privacy)
    with ExitStack() as stack:
        source = open_file(config, file)
        stack.callback(source.close)
        analyzer = stack.enter_context(
            open_analyzer(
                config,
                "picture" if source.is_picture else "recording",
                compressed=not source.is_picture,
            )
        )
        if on_open is not None:
            on_open(source.info, analyzer.card)
        first: float | None = None
        # Ask now: reading ahead closes the file while its last frames are still to come.
        total = source.duration
        frames = stack.enter_context(closing(read_ahead(source.frames())))
        for seq, frame in enumerate((frame for frame in frames if frame is not None), 1):
            first = frame.time if first is None else first
            snapshot = dataclasses.replace(analyzer.analyze(frame), seq=seq)
            yield frame.time - first, filter_snapshot(snapshot, policy)
            advance(frame.time - first, total)


class InMemoryRecording:
    """Collects the snapshots of one recording in memory, for its report."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._packer = Packer()
        self._rows: list[Rows] = []
        self._about: tuple[SourceInfo, ModelCard] | None = None
        self.seconds = 0.0

    def open(self, source: SourceInfo, card: ModelCard) -> None:
        """Set the source of the frames and the model that reads them."""
        self._about = source, card

    def add(self, seconds: float, snapshot: Snapshot) -> None:
        """Keep one snapshot."""
        self.seconds = seconds
        self._rows.append(self._packer.pack(snapshot, seconds))

    def write_report(self, out: Path) -> None:
        """Write the report of the collected snapshots. Raises RecordError when there are none or it fails."""
        if self._about is None or not self._rows:
            raise RecordError(f"nothing was read, so {out} is not written: is the recording empty?")
        source, card = self._about
        details = describe(self._config, source, card, "", time.time())
        name = details.source_name or "recording"
        details = msgspec.structs.replace(details, name=name, is_live=False)
        with Store(None, details) as store:
            store.write(self._rows)
            store.finish(details.started)
            write_text(out, render(read_session(store.connection, name)))


def write_report(config: Config, job: ReportJob, advance: Advance, also: Take | None = None) -> Done:
    """Read one recording and write its report; ``also`` is called with each snapshot too.

    Raises PictureError, ModelError or RecordError.
    """
    start = time.monotonic()
    recording = InMemoryRecording(config)
    for seconds, snapshot in read_file(config, job.file, advance, recording.open):
        recording.add(seconds, snapshot)
        if also is not None:
            also(seconds, snapshot)
    recording.write_report(job.out)
    # The last frame lasts as long as each of the others.
    seconds = recording.seconds + 1 / config.analysis.hz if recording.seconds else 0.0
    return Done(job, seconds, time.monotonic() - start)


def write_reports(
    config: Config, jobs: Sequence[ReportJob], advance: Callable[[int, float, float | None], None]
) -> Generator[Done | ReadTheRoomError, None, None]:
    """Write several reports in worker processes, and yield each result as soon as it is known.

    ``advance`` is called with the number of the job and the arguments of ``Advance``. Closing this generator,
    or Ctrl-C, ends the workers and discards what they had not finished.
    """
    context = multiprocessing.get_context("spawn")
    news: Queue[tuple[int, float, float | None]] = context.Queue()
    workers, theirs = shared_out(config, len(jobs), free_cores())
    before, waiting = multiprocessing.active_children(), dict[Future[Done | ReadTheRoomError], ReportJob]()
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

    news: Queue[tuple[int, float, float | None]]
    config: Config


def _begin(news: Queue[tuple[int, float, float | None]], config: Config) -> None:
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


def _work(number: int, job: ReportJob) -> Done | ReadTheRoomError:
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


def _pass_on(
    news: Queue[tuple[int, float, float | None]], advance: Callable[[int, float, float | None], None]
) -> None:
    while True:
        try:
            advance(*news.get_nowait())
        except Empty:
            return


def _outcome(future: Future[Done | ReadTheRoomError], job: ReportJob) -> Done | ReadTheRoomError:
    try:
        return future.result()
    except BrokenProcessPool:
        return RecordError(
            f"the worker that read {job.file} was killed, perhaps for lack of memory: read fewer at once"
        )
