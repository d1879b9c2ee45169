"""Records a live session: snapshots go into a bounded queue, and a thread writes them twice a second.

The agent never waits for the disk. If a write fails (disk full, file locked or damaged), one line is logged,
``status`` says so, and the write is retried periodically; snapshots that are dropped are counted in ``lost``.
"""

from __future__ import annotations

import logging
import queue
import sqlite3
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from agent.values import RecordState, RecordStatus, Snapshot, SourceState
from exporter.privacy import PrivacyPolicy, filter_snapshot
from exporter.recorder.elapsed import elapsed
from exporter.recorder.packing import Packer, Rows
from exporter.recorder.store import Store, sqlite_error_text

logger = logging.getLogger("readtheroom")

CLOSE_WAIT = 15.0
QUEUE = 256
"""Maximum number of waiting snapshots: 50 s at 5 Hz; a disk that takes longer is considered stuck."""

FAULT = "a fault of the recorder"


@dataclass(frozen=True, slots=True)
class WritePace:
    """Seconds between commits, and from a failed commit to its retry.

    With 0.5 s between commits, each commit may take another 0.5 s before a killed program loses more than its
    last second.
    """

    write_every: float = 0.5
    retry_after: float = 10.0


class Recorder:
    """Records the snapshots, filtered by ``policy``, into ``store``; closes ``store`` at the end.

    ``clock`` gives monotonic seconds, so that a change of the wall clock does not affect the recording, and a
    sleep of the machine is a gap of its length. A frame's time is that of its capture, not of the end of its
    analysis: the first frame, for which the layout is searched, takes a second longer than later frames.
    """

    def __init__(
        self,
        store: Store,
        policy: PrivacyPolicy,
        pace: WritePace | None = None,
        *,
        clock: Callable[[], float] = elapsed,
    ) -> None:
        self._store, self._policy, self._clock = store, policy, clock
        self._pace = pace or WritePace()
        self._queue: queue.Queue[tuple[Snapshot, float] | None] = queue.Queue(QUEUE)
        self._packer = Packer()
        self._kept: list[Rows] = []
        self._start: float | None = None
        self._last = 0.0
        self._retry = 0.0
        self._has_told = False
        self._closed = False
        self.status = RecordStatus(RecordState.RECORDING)
        """The recorder's state, and why its last write failed; may be read from any thread."""
        self.lost = 0
        """Snapshots that could not be recorded."""
        self._thread = threading.Thread(target=self._work, name="recorder", daemon=True)
        self._thread.start()

    @property
    def state(self) -> RecordState:
        """The recorder's state; stays FAILED after ``close`` if the last write failed."""
        return self.status.state

    @property
    def is_done(self) -> bool:
        """Whether the writer's thread has ended."""
        return not self._thread.is_alive()

    def publish(self, snapshot: Snapshot) -> None:
        """Record one snapshot; never blocks, never raises, does nothing after ``close``."""
        if self._closed:
            return
        is_read = snapshot.source.state is SourceState.LIVE and not snapshot.source.paused
        captured = self._clock() - (snapshot.age if is_read else 0.0)
        if self._start is None:
            self._start = captured
        self._last = max(captured - self._start, self._last)
        try:
            self._queue.put_nowait((filter_snapshot(snapshot, self._policy), self._last))
        except queue.Full:
            self.lost += 1

    def close(self) -> None:
        """Write the waiting snapshots, mark the recording as complete, end the thread; idempotent."""
        if self._closed:
            return
        self._closed = True
        try:
            self._queue.put(None, timeout=CLOSE_WAIT)
        except queue.Full:
            logger.warning("the disk does not respond: the end of the recording was not written")
            return
        self._thread.join(timeout=CLOSE_WAIT)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _work(self) -> None:
        open_ = True
        while open_:
            batch, open_ = self._gather()
            rows = self._pack(batch)
            try:
                self._write(rows, is_last=not open_)
            except Exception:
                # A bug here must not end the session; it is logged with its traceback.
                self._fail(len(rows), None)
                logger.exception("the recorder failed on a reading")
        # A recorder that failed until the end keeps FAILED: its recording is incomplete.
        if self.state is not RecordState.FAILED:
            self.status = RecordStatus(RecordState.STOPPED)
        self._store.close()

    def _gather(self) -> tuple[list[tuple[Snapshot, float]], bool]:
        """The snapshots of one write period, none when a retry is due, and whether more may come."""
        batch: list[tuple[Snapshot, float]] = []
        # What waits is written even if nothing comes any more, as while the source is paused.
        due = self._retry if self._kept else None
        while True:
            try:
                one = self._queue.get(timeout=None if due is None else max(due - time.monotonic(), 0.0))
            except queue.Empty:
                return batch, True
            if one is None:
                return batch, False
            if not batch:
                due = time.monotonic() + self._pace.write_every
            batch.append(one)

    def _pack(self, batch: list[tuple[Snapshot, float]]) -> list[Rows]:
        """The rows of a batch; a snapshot that raises is dropped, and only the first is logged."""
        rows = []
        for one in batch:
            try:
                rows.append(self._packer.pack(*one))
            except Exception:
                self.lost += 1
                if not self._has_told:
                    self._has_told = True
                    logger.exception("the recorder failed on a reading")
        if batch and not rows:
            self.status = RecordStatus(RecordState.FAILED, FAULT)
        return rows

    def _write(self, rows: list[Rows], *, is_last: bool) -> None:
        # Rows kept from failed writes also have new participants and events, which must reach the tables.
        waiting = [*self._kept, *rows]
        if self.state is RecordState.FAILED and time.monotonic() < self._retry and not is_last:
            self._keep(rows)
            return
        try:
            if waiting:
                self._store.write(waiting)
                rows, self._kept = [], []
            if is_last:
                self._store.finish(time.time())
        except sqlite3.Error as error:
            self._keep(rows)
            self._fail(len(self._kept) if is_last else 0, error)
            return
        if not waiting:
            return
        if self.state is RecordState.FAILED:
            logger.warning("recording goes on; %d frames were lost so far", self.lost)
        self.status = RecordStatus(RecordState.RECORDING)

    def _keep(self, rows: list[Rows]) -> None:
        """Keep rows that cannot be written now, up to the queue's length; the oldest frames are dropped."""
        self._kept.extend(rows)
        over = len(self._kept) - QUEUE
        if over > 0:
            self.lost += over
            gone, self._kept = self._kept[:over], self._kept[over:]
            first = self._kept[0]
            self._kept[0] = Rows(
                first.frame,
                (*(one for rows in gone for one in rows.participants), *first.participants),
                (*(one for rows in gone for one in rows.begun), *first.begun),
                (*(one for rows in gone for one in rows.ended), *first.ended),
                (*(one for rows in gone for one in rows.removed), *first.removed),
            )

    def _fail(self, lost: int, error: sqlite3.Error | None) -> None:
        self.lost += lost
        self._retry = time.monotonic() + self._pace.retry_after
        if self.state is not RecordState.FAILED and error is not None:
            logger.warning(
                "recording failed and is retried every %g s: %s; the session goes on",
                self._pace.retry_after,
                sqlite_error_text(error),
            )
        reason = FAULT if error is None else sqlite_error_text(error)
        self.status = RecordStatus(RecordState.FAILED, reason)
