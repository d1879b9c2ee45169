"""Holds one item between a thread that pushes frames and the worker that pulls them."""

from __future__ import annotations

import threading
from typing import Generic, TypeVar

T = TypeVar("T")


class LatestFrame(Generic[T]):
    """Holds only the newest frame; frames overwritten before they were taken are counted. Thread-safe.

    A frame may be stored in any form: if conversion to RGB is expensive, the taker does it.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._frame: T | None = None
        self._error: Exception | None = None
        self._closed = False
        self._dropped = 0

    @property
    def dropped(self) -> int:
        """Number of frames that were overwritten before they were taken, or skipped before they came here."""
        with self._changed:
            return self._dropped

    @property
    def closed(self) -> bool:
        """Whether it is closed and no frame is left."""
        with self._changed:
            return self._closed and self._frame is None

    def pass_over(self) -> None:
        """Count a frame that was skipped on its way here, such as one that there was no time to decode."""
        with self._changed:
            self._dropped += 1

    def put(self, frame: T) -> None:
        """Store a frame, in place of one that was not taken; ignored after ``close``."""
        with self._changed:
            if self._closed:
                return
            if self._frame is not None:
                self._dropped += 1
            self._frame = frame
            self._changed.notify_all()

    def take(self, timeout: float) -> T | None:
        """The newest frame, waiting up to ``timeout`` seconds; None when none came or it is closed.

        Raises the ``error`` given to ``close``, once the last frame has been taken.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._frame is not None or self._closed, timeout)
            frame, self._frame = self._frame, None
            if frame is None and self._error is not None:
                error, self._error = self._error, None
                raise error
            return frame

    def close(self, error: Exception | None = None) -> None:
        """Accept no more frames and wake the waiting thread; ``error``: why the pushing side failed."""
        with self._changed:
            if not self._closed:
                self._closed, self._error = True, error
            self._changed.notify_all()
