"""The interface between the sources of frames and the worker that reads them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

from agent.values import Box, Frame, SourceInfo

MOST_PIXELS = 40_000_000
"""Maximum pixels of a picture or frame: 8K has 33 million. A much larger one is a mistake, or an attack on
the memory: a picture takes 20 bytes per pixel while it is read and searched."""

TICK = 0.5
"""Seconds that a source waits before it reports that no frame came and checks whether it was closed."""

JOIN = 0.3
"""Maximum seconds that ``close`` waits for a thread: a thread that hangs must not delay the program's end (a
thread that waits for the network ends at its own time limit)."""


@dataclass(frozen=True, slots=True)
class Playback:
    """How a picture or recording becomes frames.

    ``realtime``: at its own speed, a picture ``hz`` times a second; otherwise as fast as possible, a picture
    once and a recording with one frame in every 1/``hz`` seconds of its own time. ``clock`` is monotonic, in
    seconds.
    """

    realtime: bool
    hz: float
    clock: Callable[[], float] = time.monotonic


class Source(Protocol):
    """Frames by pull: the worker asks for the next frame when it is ready, so nothing queues."""

    @property
    def info(self) -> SourceInfo:
        """The source's kind and name, and the size of its frames in pixels."""

    @property
    def dropped(self) -> int:
        """Number of frames that newer ones overwrote before they were read."""

    @property
    def place(self) -> Box | None:
        """The frames' rectangle on this machine's desktop, in the desktop's own units, or None."""

    def frames(self) -> Iterator[Frame | None]:
        """Yield the newest frame at each step, or None when none came within half a second.

        Ends when the source has no more frames (a finished file). Raises SourceLostError when it broke.
        """

    def close(self) -> None:
        """Release the device; idempotent, and allowed from another thread while ``frames`` waits."""
