"""A picture shared by WebRTC, as a source."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Self

from agent.errors import SourceLostError
from agent.sources.base import TICK
from agent.sources.decoding import to_rgb
from agent.sources.webrtc.sessions import Senders
from agent.values import Frame, SourceInfo


class WebRTCSource:
    """The picture of the active sender. ``senders`` outlives this source, which may be opened again.

    ``frames`` raises SourceLostError when the sender has gone; a new source then waits for the next sender.
    """

    place = None

    def __init__(self, senders: Senders) -> None:
        self._senders = senders
        self._size = (0, 0)
        self._dropped_before = senders.latest.dropped
        self._closed = threading.Event()

    @property
    def info(self) -> SourceInfo:
        """The sender and the size of its last frame; 0x0 before the first."""
        return SourceInfo("webrtc", "shared picture", *self._size)

    @property
    def dropped(self) -> int:
        """Frames that came while this source was open and were overwritten or never decoded."""
        return self._senders.latest.dropped - self._dropped_before

    def frames(self) -> Iterator[Frame | None]:
        """Yield the newest frame, or None when none came within half a second.

        Raises SourceLostError when the sender stopped, after its last frame.
        """
        while not self._closed.is_set():
            waiting = self._senders.latest.take(TICK)
            if waiting is not None:
                picture, monotonic, wall = waiting
                frame = Frame(to_rgb(picture), monotonic, wall)
                self._size = frame.width, frame.height
                yield frame
            elif self._size != (0, 0) and not self._senders.sending:
                raise SourceLostError(f"{self._senders.parting}; share again to go on")
            else:
                yield None

    def close(self) -> None:
        """End ``frames``; the senders keep their sessions."""
        self._closed.set()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
