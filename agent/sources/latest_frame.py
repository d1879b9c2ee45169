"""A place for one item, between whatever pushes frames and the worker that pulls them."""

from __future__ import annotations

import threading
from typing import Generic, TypeVar

T = TypeVar("T")


class LatestFrame(Generic[T]):
    """Holds the newest frame only; what is overwritten before anybody took it is counted. Thread-safe.

    A frame may wait in any form: one that is costly to convert to RGB is converted once it was taken.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._frame: T | None = None
        self._error: Exception | None = None
        self._closed = False
        self._dropped = 0

    @property
    def dropped(self) -> int:
        """How many frames were overwritten before they were taken, or passed over before they came here."""
        with self._changed:
            return self._dropped

    @property
    def closed(self) -> bool:
        """Whether no more frames will come and none is left."""
        with self._changed:
            return self._closed and self._frame is None

    def pass_over(self) -> None:
        """Count a frame that was left out on its way here, such as one that there was no time to decode."""
        with self._changed:
            self._dropped += 1

    def put(self, frame: T) -> None:
        """Leave a frame, in place of one that nobody took; ignored after ``close``."""
        with self._changed:
            if self._closed:
                return
            if self._frame is not None:
                self._dropped += 1
            self._frame = frame
            self._changed.notify_all()

    def take(self, timeout: float) -> T | None:
        """The newest frame, waiting up to ``timeout`` seconds for one; None when none came or it is closed.

        Raises what the pushing side failed with, once its last frame has been taken.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._frame is not None or self._closed, timeout)
            frame, self._frame = self._frame, None
            if frame is None and self._error is not None:
                error, self._error = self._error, None
                raise error
            return frame

    def close(self, error: Exception | None = None) -> None:
        """Take no more frames and wake whoever waits; ``error`` is why, if the pushing side failed."""
        with self._changed:
            if not self._closed:
                self._closed, self._error = True, error
            self._changed.notify_all()
