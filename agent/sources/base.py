"""The seam between whatever makes frames and the worker that reads them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from agent.values import Box, Frame, SourceInfo

MOST_PIXELS = 40_000_000
"""Of a picture or frame: 8K has 33 million. What is much larger is a mistake, or an attack on the memory: a
picture takes 20 bytes a pixel while it is read and searched."""

TICK = 0.5
"""Seconds that a source waits at a time: then it says that no frame came, and sees that it was closed."""

JOIN = 0.3
"""Seconds that ``close`` waits for a thread: one that hangs must not hold up the end of the program
(one that waits for the network ends by its own time limit)."""


class Source(Protocol):
    """Frames by pull: the worker asks for the next one when it is ready, so nothing queues."""

    @property
    def info(self) -> SourceInfo:
        """What this source is, with the size of its frames in pixels."""

    @property
    def dropped(self) -> int:
        """How many frames were overwritten by newer ones before anybody asked for them."""

    @property
    def place(self) -> Box | None:
        """Where its frames lie on this machine's desktop, in the desktop's own units; None where on none."""

    def frames(self) -> Iterator[Frame | None]:
        """Yield the newest frame at each pull, or None when none came within half a second.

        Ends when the source has no more (a finished file). Raises SourceLostError when it broke.
        """

    def close(self) -> None:
        """Release the device; may be called twice, and from another thread while ``frames`` waits."""
