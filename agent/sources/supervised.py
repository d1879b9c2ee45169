"""A source that recovers: stalls are detected, and a lost source is reopened, retrying with back-off."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Self

from agent.errors import PictureError, ReadTheRoomError, SourceError
from agent.rate_limits import Backoff
from agent.sources.base import TICK, Source
from agent.system.logs import logger
from agent.values import Frame, SourceInfo, SourceState, SourceStatus

STALL_AFTER = 2.0
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 10.0


class SourceHealth:
    """Judges whether a source is live, stalled or lost. Pure: times are arguments, in seconds."""

    def __init__(self, time: float) -> None:
        self.state = SourceState.LIVE
        self._last_frame = time
        self._pauses = Backoff(FIRST_PAUSE, LONGEST_PAUSE)

    def saw_frame(self, time: float) -> None:
        """A frame came: the source is live, and the next loss starts with a short pause."""
        self.state, self._last_frame = SourceState.LIVE, time
        self._pauses.reset()

    def saw_nothing(self, time: float) -> None:
        """Note that no frame came for a while."""
        if self.state is SourceState.LIVE and time - self._last_frame >= STALL_AFTER:
            self.state = SourceState.STALLED

    def lost(self) -> float:
        """Note that the source broke or could not be opened; returns the seconds until the next attempt."""
        self.state = SourceState.LOST
        return self._pauses.next()


class SupervisedSource:
    """Keeps a source open. ``open_source`` opens it; an error of the first call is for the user to fix.

    Later failures are retried until ``close``. ``status`` is the present state; ``frames`` ends when the
    source has no more frames (a finished recording) or is closed.
    """

    def __init__(
        self, open_source: Callable[[], Source], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._open = open_source
        self._clock = clock
        self._closed = threading.Event()
        self._lock = threading.Lock()
        self._source: Source | None = open_source()
        self._info = self._source.info
        self._dropped_before = 0
        self._seen = False
        self._health = SourceHealth(clock())
        self._due = 0.0

    @property
    def info(self) -> SourceInfo:
        """The source's description; while it is lost, the last one."""
        source = self._source
        if source is not None:
            self._info = source.info
        return self._info

    @property
    def status(self) -> SourceStatus:
        """Whether frames arrive, and how many were overwritten since the start, over all reopenings."""
        source = self._source
        if source is None:
            return SourceStatus(self._health.state, self._dropped_before)
        return SourceStatus(self._health.state, self._dropped_before + source.dropped, place=source.place)

    def frames(self) -> Iterator[Frame | None]:
        """Yield the newest frame at each step, or None about twice a second while there is none."""
        while not self._closed.is_set():
            source = self._source
            if source is None:
                yield from self._reopen()
                continue
            try:
                for frame in source.frames():
                    self._note(frame)
                    yield frame
                    if self._closed.is_set():
                        return
                return
            except (SourceError, PictureError) as error:
                self._lose(error)
                yield None

    def close(self) -> None:
        """Stop for good; idempotent, and allowed from any thread."""
        self._closed.set()
        with self._lock:
            source, self._source = self._source, None
        if source is not None:
            self._dropped_before += source.dropped
            source.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _note(self, frame: Frame | None) -> None:
        before = self._health.state
        if frame is None:
            self._health.saw_nothing(self._clock())
        else:
            self._health.saw_frame(self._clock())
        after = self._health.state
        if before is not after:
            told = ("live again", "no frames") if self._seen else ("live", "waiting for the first frame")
            logger.info("%s: %s", self._info.name, told[after is not SourceState.LIVE])
        self._seen |= frame is not None

    def _lose(self, error: Exception) -> None:
        with self._lock:
            source, self._source = self._source, None
        if source is not None:
            self._dropped_before += source.dropped
            source.close()
        if self._health.state is not SourceState.LOST:
            logger.warning("lost %s: %s", self._info.name, error)
        self._due = self._clock() + self._health.lost()

    def _reopen(self) -> Iterator[None]:
        """Wait for the back-off to end, one tick at a time, and try to open the source again."""
        left = self._due - self._clock()
        if left > 0:
            self._closed.wait(min(left, TICK))
            yield None
            return
        try:
            source = yield from self._opened()
        except ReadTheRoomError as error:
            # Retry configuration errors too: an unplugged monitor comes back.
            self._lose(error)
            yield None
            return
        with self._lock:
            if not self._closed.is_set():
                self._source = source
                return
        source.close()

    def _opened(self) -> Generator[None, None, Source]:
        """Open the source; an address in a thread, because it may take seconds to answer.

        Screens and cameras are opened here: some systems bind them to the thread that opens them.
        """
        if self._info.kind != "media":
            return self._open()
        pool = ThreadPoolExecutor(1, thread_name_prefix="opening")
        opening = pool.submit(self._open)
        pool.shutdown(wait=False)
        try:
            while not wait([opening], TICK).done:
                yield None
        except GeneratorExit:
            # Nobody waits for it any more.
            opening.add_done_callback(_close_opened)
            raise
        return opening.result()


def _close_opened(opening: Future[Source]) -> None:
    if opening.exception() is None:
        opening.result().close()
