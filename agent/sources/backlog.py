"""Encoded frames on their way to the decoder, never more than a few: what is too late is not decoded.

A decoder that falls behind (a large picture, a busy machine) would otherwise be behind for ever: aiortc's own
queue has no bound. Frames that were left out would leave the rest without what they build on, so that after a
gap, here or on the network, nothing is decoded before the next key frame, which the sender is asked for.
"""

from __future__ import annotations

import queue
from collections.abc import Callable
from typing import Any

LONGEST = 5
"""Frames: a sixth of a second of a stream at 30 a second. Decoding takes 8 ms of CPU at 4K, 1.4 at 1080p."""

LONGEST_OF_DEAF = 250
"""Frames that may wait of a sender which makes no key frame when asked: from one of OBS's to the next."""

START = 90
"""Frames from the first key frame on, of which all may wait: models are loaded meanwhile, and whether the
sender listens is not known yet."""

ASK_AGAIN = 15
"""Frames after which the sender is asked for a key frame once more: the first request may be lost."""

DEAF_AFTER = 3 * ASK_AGAIN
"""Frames after which a key frame that comes is no answer to being asked."""

H264_SLICE_IDR, H264_SPS = 5, 7


class Backlog(queue.Queue[Any]):
    """Takes the place of a receiver's decoder queue: items are (codec, Encoded), or None at the end.

    ``ask`` requests a key frame, ``skipped`` is told of each frame that is not decoded. ``put`` is called by
    one thread, ``get`` by another.
    """

    def __init__(self, ask: Callable[[], None], skipped: Callable[[], None], longest: int = LONGEST) -> None:
        super().__init__()
        self._ask, self._skipped, self._longest = ask, skipped, longest
        # A stream begins with a key frame too.
        self._waited: int | None = 0
        self._taken = 0
        self.arrived = 0
        """Frames that came, decoded or not."""

    def put(self, item: Any, block: bool = True, timeout: float | None = None) -> None:
        """Take a frame, and its ``more``.

        Where too many wait, all are skipped, and what follows up to the next key frame.
        """
        if item is None:
            super().put(None, block, timeout)
            return
        codec, first = item
        for frame in (first, *first.more):
            self.arrived += 1
            if self._fits((codec, frame)):
                self._taken += 1
                super().put((codec, frame), block, timeout)

    @property
    def deaf(self) -> bool:
        """Whether the sender is known to make no key frame when it is asked for one."""
        return self._longest >= LONGEST_OF_DEAF

    def _fits(self, item: Any) -> bool:
        if self.qsize() >= (LONGEST_OF_DEAF if self._taken < START else self._longest):
            self._clear()
        elif item[1].after_gap:
            self._waited = 0
        return self._waited is None or self._goes_on(item)

    def _clear(self) -> None:
        try:
            while True:
                self.get_nowait()
                self._skipped()
        except queue.Empty:
            self._waited = 0

    def _goes_on(self, item: Any) -> bool:
        """Whether a frame after a gap can be decoded; asks for one that can."""
        codec, frame = item
        waited = self._waited or 0
        if is_key_frame(codec.name, frame.data):
            if waited > DEAF_AFTER:
                self._longest = max(self._longest, LONGEST_OF_DEAF)
            self._waited = None
            return True
        if waited % ASK_AGAIN == 0:
            self._ask()
        self._waited = waited + 1
        self._skipped()
        return False


def is_key_frame(codec: str, data: bytes) -> bool:
    """Whether an encoded VP8 frame (RFC 6386 9.1) or H.264 access unit (Annex B) needs no earlier one."""
    if codec.upper() == "VP8":
        return bool(data) and data[0] & 1 == 0
    units = data.split(b"\0\0\1")[1:]
    return any(unit and unit[0] & 0x1F in {H264_SLICE_IDR, H264_SPS} for unit in units)
