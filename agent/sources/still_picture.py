"""One picture as a source."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import Self

from agent.sources.base import Playback
from agent.values import Frame, Pixels, SourceInfo


class PictureSource:
    """One picture, RGB uint8 (H, W, 3)."""

    place = None
    is_picture = True
    duration = None
    """A picture has no length."""
    dropped = 0
    """Nothing is ever dropped: each repetition is made when the worker asks for it."""

    def __init__(self, pixels: Pixels, name: str, playback: Playback) -> None:
        self._pixels, self._playback = pixels, playback
        height, width = pixels.shape[:2]
        self.info = SourceInfo("media", name, width, height)
        self._closed = threading.Event()

    def frames(self) -> Iterator[Frame | None]:
        """Yield the picture, captured now, until the source is closed."""
        clock, period = self._playback.clock, 1.0 / self._playback.hz
        yield Frame(self._pixels, clock(), time.time())
        while self._playback.realtime and not self._closed.wait(period):
            yield Frame(self._pixels, clock(), time.time())

    def close(self) -> None:
        """End the repetition; idempotent, and allowed from another thread."""
        self._closed.set()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
