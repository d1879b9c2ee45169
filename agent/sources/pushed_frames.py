"""Frames that come by themselves, as from a camera: a thread takes them in, and only the newest is kept."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

from agent.sources.base import JOIN, TICK
from agent.sources.decoding import DecodedFrame, to_rgb
from agent.sources.latest_frame import LatestFrame
from agent.values import Frame


class PushedFrames:
    """Runs ``push`` in a thread, which passes frames to ``put`` until it returns or this is closed.

    What ``push`` raises is raised by ``frames`` instead: if it stayed in the thread, a bug would look like
    the end of the recording or like an unplugged camera.
    """

    def __init__(self, push: Callable[[], None], name: str) -> None:
        self._push = push
        self._latest: LatestFrame[tuple[DecodedFrame, float, float]] = LatestFrame()
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    @property
    def dropped(self) -> int:
        """Number of frames that were overwritten before they were taken."""
        return self._latest.dropped

    @property
    def closed(self) -> bool:
        """Whether ``close`` was called."""
        return self._closed.is_set()

    def start(self) -> None:
        """Start the thread; once only."""
        self._thread.start()

    def put(self, picture: DecodedFrame, time: float, wall: float) -> None:
        """Store a frame captured at monotonic ``time`` and Unix time ``wall``; called by ``push``."""
        self._latest.put((picture, time, wall))

    def wait(self, seconds: float) -> bool:
        """Wait before the next ``put``, at most until ``close``; returns whether it was closed."""
        return self._closed.wait(seconds)

    def frames(self) -> Iterator[Frame | None]:
        """Yield the newest frame, or None when none came within half a second.

        Ends when closed, or after the last frame, when ``push`` has ended; raises what ``push`` raised.
        """
        while not self.closed and not self._latest.closed:
            waiting = self._latest.take(TICK)
            if waiting is not None:
                picture, time, wall = waiting
                yield Frame(to_rgb(picture), time, wall)
            elif not self._latest.closed:
                yield None
        if not self.closed:
            self._latest.take(0.0)

    def close(self) -> None:
        """End ``frames`` and the thread; idempotent, and allowed from any thread."""
        self._closed.set()
        self._latest.close()
        if self._thread.is_alive() and self._thread is not threading.current_thread():
            self._thread.join(timeout=JOIN)

    def _run(self) -> None:
        error: Exception | None = None
        try:
            self._push()
        except Exception as raised:
            error = raised
        finally:
            self._latest.close(error)
