"""The worker: pulls the newest frame, has it read, hands the snapshot on, until stopped.

A frame that cannot be read is counted, logged at a limited rate and skipped; where none can be read, the last
readings are handed on each second and marked as such. A source that stalls or is lost is said in a snapshot
of its own. Any other exception is a bug and ends the run.
"""

from __future__ import annotations

import dataclasses
import logging
import math
import threading
import time
from collections.abc import Callable, Iterator
from typing import Protocol

from agent.backoff import FailureBackoff
from agent.errors import ReadTheRoomError
from agent.gallery_log import LOOKING, NO_GALLERY, GalleryLog, describe_gallery
from agent.system.logs import RateLimit, logger
from agent.values import Frame, Room, Snapshot, SourceInfo, SourceState, SourceStatus

Publish = Callable[[Snapshot], None]
"""Whatever takes the snapshots: the feed, the recorder, the bridges."""

LEVELS = {"info": logging.INFO, "debug": logging.DEBUG}

LOG_FAILURES_EVERY = 10.0
LOG_DETAIL_EVERY = 5.0

REPEAT = 1.0
"""Seconds between messages while nothing is read, and before a frame whose turn is later than that: clients
take an agent that is silent for three seconds for stuck."""


class StatedSource(Protocol):
    """A source that also says whether frames arrive."""

    @property
    def info(self) -> SourceInfo:
        """What the source is."""

    @property
    def status(self) -> SourceStatus:
        """Whether frames arrive, and how many were overwritten."""

    def frames(self) -> Iterator[Frame | None]:
        """Yield the newest frame at each pull, None where none has come yet."""


class Reader(Protocol):
    """What turns a frame into a snapshot."""

    def analyze(self, frame: Frame) -> Snapshot:
        """Everything that is said of a frame."""

    def again(self, snapshot: Snapshot) -> Snapshot:
        """An earlier snapshot once more, without who is excluded by now, and with the moments marked."""


class Runner:
    """Runs one source through one reader.

    ``publish`` is called from the thread of ``run`` with each snapshot; ``hz`` caps the frames per second.
    """

    def __init__(
        self,
        source: StatedSource,
        reader: Reader,
        publish: Publish,
        hz: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._source = source
        self._reader = reader
        self._publish = publish
        self._period = 1.0 / hz
        self._clock = clock
        self._stopped = threading.Event()
        self._running = threading.Event()
        self._running.set()
        self._limit = RateLimit(LOG_FAILURES_EVERY)
        self._detail = RateLimit(LOG_DETAIL_EVERY)
        self._last: Snapshot | None = None
        self._gallery_log = GalleryLog()
        self._backoff = FailureBackoff()
        self._seq = 0
        self._said = -math.inf
        """When the feed was last told something, or the run began."""
        self._paid = -math.inf
        """When the debt to the CPU budget is paid: no frame is read before."""

    @property
    def failed(self) -> int:
        """How many frames could not be read."""
        return self._backoff.count

    def stop(self) -> None:
        """End ``run`` after the frame in hand; from any thread, but not from a signal handler."""
        self._stopped.set()
        self._running.set()

    def pause(self) -> None:
        """Take no more frames from the source, which stays open, until ``resume``; from any thread."""
        self._running.clear()

    def resume(self) -> None:
        """Read again; from any thread."""
        self._running.set()

    @property
    def _paused(self) -> bool:
        return not self._running.is_set()

    def run(self, duration: float | None = None) -> bool:
        """Work until the source ends, ``stop`` is called or ``duration`` seconds have passed.

        Returns whether the source had no more, as a recording at its end.
        """
        self._said = due = self._clock()
        end = math.inf if duration is None else due + duration
        for frame in self._source.frames():
            if self._stopped.is_set():
                break
            # What was grabbed before the pause began is not read after it.
            if not self._paused:
                self._handle(frame)
            self._wait_while_paused(end)
            due = min(max(due + self._period, self._clock(), self._paid, self._backoff.until), end)
            if self._wait_until(due) or self._clock() >= end:
                break
        else:
            return not self._stopped.is_set()
        return False

    def _handle(self, frame: Frame | None) -> None:
        if frame is None:
            self._say_state()
            return
        if self._gallery_log.begin():
            logger.info("%s", LOOKING)
        try:
            snapshot = self._reader.analyze(frame)
        except ReadTheRoomError as error:
            self._count_failure(error)
            return
        if self._stopped.is_set():
            # Who ended the run is told nothing more of the gallery.
            return
        self._backoff.succeeded()
        self._paid = frame.time + snapshot.load.pause if snapshot.load.pause else -math.inf
        tiles = len(snapshot.readings)
        level = self._gallery_log.take(tiles, self._clock())
        if level is not None:
            logger.log(LEVELS[level], "%s", describe_gallery(tiles) if tiles else NO_GALLERY)
        age = max(self._clock() - frame.time, 0.0)
        if self._detail.allow(self._clock()) is not None:
            logger.debug(
                "a frame of %dx%d: %d of %d faces read, %.0f ms after its capture, %.0f %% of a core in use",
                *(snapshot.width, snapshot.height, snapshot.room.read, snapshot.room.faces),
                *(1000 * age, 100 * snapshot.load.used),
            )
        self._hand_on(dataclasses.replace(snapshot, age=age, source=self._status()))

    def _wait_until(self, due: float) -> bool:
        """Wait for the next frame's turn, and say whether ``stop`` was called.

        Each second the last readings are said again, and while frames fail, that they do. A pause ends the
        wait: it is told in its own way.
        """
        while True:
            end = min(due, self._said + REPEAT)
            if self._stopped.wait(max(end - self._clock(), 0.0)):
                return True
            if end == due or self._paused:
                return False
            self._say_again()

    def _wait_while_paused(self, end: float) -> None:
        """Say again and again that nothing is read, until that is over, ``stop`` or the time ``end``."""
        while self._paused and not self._stopped.is_set():
            left = end - self._clock()
            if left <= 0:
                return
            self._hand_on(self._nothing(dataclasses.replace(self._status(), paused=True)))
            self._running.wait(min(left, REPEAT))

    def _hand_on(self, snapshot: Snapshot) -> None:
        self._seq += 1
        self._said = self._clock()
        self._last = dataclasses.replace(snapshot, seq=self._seq)
        self._publish(self._last)

    def _say_state(self) -> None:
        """Tell the feed each second that no frame comes: the last readings while stalled, none once lost."""
        status, last = self._status(), self._last
        is_new = last is None or status.state is not last.source.state
        if status.state is SourceState.LIVE or not (is_new or self._clock() - self._said >= REPEAT):
            return
        if last is None or last.width == 0:
            # A picture that nobody shares yet: without this a client could not tell waiting from a fault.
            self._hand_on(dataclasses.replace(self._nothing(status), width=0, height=0))
            return
        if status.state is SourceState.LOST:
            self._gallery_log.forget()
        self._hand_on(self._reader.again(self._held(last, status)))

    def _say_again(self) -> None:
        """Tell the feed the last readings before the next frame's turn; also that frames fail, if they do."""
        status, last = self._status(), self._last
        if self._backoff.is_failing:
            status = dataclasses.replace(status, state=SourceState.STALLED, failing=True)
        if last is None or last.width == 0:
            self._hand_on(self._nothing(status))
        else:
            self._hand_on(self._reader.again(self._held(last, status)))

    def _held(self, last: Snapshot, status: SourceStatus) -> Snapshot:
        """The last snapshot with the state of the source; of one that is lost without what was read."""
        if status.state is SourceState.LOST:
            last = dataclasses.replace(last, readings=(), room=Room(0, 0, 0), alerts=())
        return dataclasses.replace(last, source=status)

    def _status(self) -> SourceStatus:
        """How the source is, with the count of frames that could not be read."""
        return dataclasses.replace(self._source.status, failed=self._backoff.count)

    def _nothing(self, status: SourceStatus) -> Snapshot:
        """A snapshot without readings, of now and of the source as it is."""
        info = self._source.info
        size, room = (info.width, info.height), Room(0, 0, 0)
        return self._reader.again(Snapshot(0, time.time(), 0.0, *size, status, (), room))

    def _count_failure(self, error: Exception) -> None:
        now = self._clock()
        self._backoff.failed(now)
        held_back = self._limit.allow(now)
        if held_back is not None:
            more = f" ({held_back} more since the last such line)" if held_back else ""
            logger.warning("a frame was skipped: %s%s", error, more)
        if now - self._said >= REPEAT:
            self._say_again()
