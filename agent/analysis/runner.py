"""The worker: reads the newest frame and publishes the snapshot, until it is stopped.

A frame that cannot be read is counted, logged at a limited rate and skipped. While no frame can be read, the
last readings are published each second and marked as old. A source that stalls or is lost is published in a
snapshot of its own. Any other exception is a bug and ends the run.
"""

from __future__ import annotations

import dataclasses
import logging
import math
import threading
import time
from collections.abc import Callable, Iterator
from typing import Protocol

from agent.analysis.gallery_log import LOOKING, NO_GALLERY, GalleryLog, describe_gallery
from agent.errors import ReadTheRoomError
from agent.scheduling.backoff import FailureBackoff
from agent.system.logs import RateLimit, logger
from agent.values import Frame, Room, Snapshot, SourceInfo, SourceState, SourceStatus

Publish = Callable[[Snapshot], None]
"""Takes the snapshots: the feed, the recorder, the bridges."""

LEVELS = {"info": logging.INFO, "debug": logging.DEBUG}

LOG_FAILURES_EVERY = 10.0
LOG_DETAIL_EVERY = 5.0

REPEAT = 1.0
"""Maximum seconds between two messages: clients consider an agent stuck after three seconds of silence."""


class StatedSource(Protocol):
    """A source that also reports whether frames arrive."""

    @property
    def info(self) -> SourceInfo:
        """The kind, name and size of the source."""

    @property
    def status(self) -> SourceStatus:
        """Whether frames arrive, and how many were overwritten before they were read."""

    def frames(self) -> Iterator[Frame | None]:
        """Yield the newest frame at each step, or None while none has arrived."""


class Reader(Protocol):
    """Turns a frame into a snapshot."""

    def analyze(self, frame: Frame) -> Snapshot:
        """The snapshot of a frame."""

    def again(self, snapshot: Snapshot) -> Snapshot:
        """An earlier snapshot without participants excluded since, and with the moments marked since."""


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
        self.gallery_log = GalleryLog()
        """Decides what is logged of the number of tiles; may be replaced before ``run``."""
        self._backoff = FailureBackoff()
        self._seq = 0
        self._said = -math.inf
        """Time of the last message, or of the start of the run."""
        self._paid = -math.inf
        """Time when the debt to the CPU budget is paid; no frame is read before it."""

    @property
    def failed(self) -> int:
        """Number of frames that could not be read."""
        return self._backoff.count

    def stop(self) -> None:
        """End ``run`` after the present frame; from any thread, but not from a signal handler."""
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

        Returns whether the source ended, as a recording does.
        """
        self._said = due = self._clock()
        end = math.inf if duration is None else due + duration
        for frame in self._source.frames():
            if self._stopped.is_set():
                break
            # A frame grabbed before the pause began is not read after it.
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
        if self.gallery_log.begin():
            logger.info("%s", LOOKING)
        try:
            snapshot = self._reader.analyze(frame)
        except ReadTheRoomError as error:
            self._count_failure(error)
            return
        if self._stopped.is_set():
            # After `stop` nothing more is logged or published.
            return
        self._backoff.succeeded()
        self._paid = frame.time + snapshot.load.pause if snapshot.load.pause else -math.inf
        tiles = len(snapshot.readings)
        level = self.gallery_log.take(tiles, self._clock())
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
        """Wait for the next frame's turn, and return whether ``stop`` was called.

        Each second the last readings are published again, marked as failing while frames fail. A pause ends
        the wait, because ``_wait_while_paused`` publishes it.
        """
        while True:
            end = min(due, self._said + REPEAT)
            if self._stopped.wait(max(end - self._clock(), 0.0)):
                return True
            if end == due or self._paused:
                return False
            self._say_again()

    def _wait_while_paused(self, end: float) -> None:
        """Publish each second that reading is paused, until ``resume``, ``stop`` or the time ``end``."""
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
        """Publish each second that no frame comes: with the last readings unless it is lost."""
        status, last = self._status(), self._last
        is_new = last is None or status.state is not last.source.state
        if status.state is SourceState.LIVE or not (is_new or self._clock() - self._said >= REPEAT):
            return
        if last is None or last.width == 0:
            # Nobody has shared a picture yet: without this message, waiting would look like a fault.
            self._hand_on(dataclasses.replace(self._nothing(status), width=0, height=0))
            return
        if status.state is SourceState.LOST:
            self.gallery_log.forget()
        self._hand_on(self._reader.again(self._held(last, status)))

    def _say_again(self) -> None:
        """Publish the last readings again before the next frame's turn, marked as failing if they are."""
        status, last = self._status(), self._last
        if self._backoff.is_failing:
            status = dataclasses.replace(status, state=SourceState.STALLED, failing=True)
        if last is None or last.width == 0:
            nothing = self._nothing(status)
            if status.state is SourceState.LIVE:
                # It was opened just now, and no frame was read yet.
                stalled = dataclasses.replace(status, state=SourceState.STALLED)
                nothing = dataclasses.replace(nothing, width=0, height=0, source=stalled)
            self._hand_on(nothing)
        else:
            self._hand_on(self._reader.again(self._held(last, status)))

    def _held(self, last: Snapshot, status: SourceStatus) -> Snapshot:
        """The last snapshot with the state of the source; without readings if the source is lost."""
        if status.state is SourceState.LOST:
            last = dataclasses.replace(last, readings=(), room=Room(0, 0, 0), alerts=())
        return dataclasses.replace(last, source=status)

    def _status(self) -> SourceStatus:
        """The source's status, with the number of frames that could not be read."""
        return dataclasses.replace(self._source.status, failed=self._backoff.count)

    def _nothing(self, status: SourceStatus) -> Snapshot:
        """A snapshot without readings, with the present time and the source's size."""
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
