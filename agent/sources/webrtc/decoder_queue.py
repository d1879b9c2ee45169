"""Encoded frames on their way to the decoder, never more than a few: what is too late is not decoded.

A decoder that falls behind (a large picture, a busy machine) would otherwise be behind for ever: aiortc's own
queue has no bound. Frames that were left out would leave the rest without what they build on, so that after a
gap, here or on the network, nothing is decoded before the next key frame, which the sender is asked for.

Some senders do not listen: OBS makes a key frame every 250 frames and no other, and its first may be lost,
as it encodes before it is connected. For such a sender more frames may wait: decoding all catches up within
a tenth of their time, whereas a gap would stop the picture for many seconds. Which kind one is shows when its
first frames have to wait, while models are loaded: none is skipped before a key frame has come in answer.
"""

from __future__ import annotations

import queue
from collections.abc import Callable
from typing import Any

MAX_WAITING = 5
"""Frames: a sixth of a second of a stream at 30 a second. Decoding takes 8 ms of CPU at 4K, 1.4 at 1080p."""

MAX_WAITING_IF_IGNORED = 250
"""Frames that may wait of a sender which makes no key frame when asked: from one of OBS's to the next."""

ASK_AGAIN = 15
"""Frames after which the sender is asked for a key frame once more: the first request may be lost."""

IGNORED_AFTER = 3 * ASK_AGAIN
"""Frames after which a key frame that comes is no answer to being asked."""

H264_SLICE_IDR, H264_SPS = 5, 7


class DecoderQueue(queue.Queue[Any]):
    """Takes the place of a receiver's decoder queue: items are (codec, Encoded), or None at the end.

    ``ask`` requests a key frame, ``skipped`` is told of each frame that is not decoded. ``put`` is called by
    one thread, ``get`` by another.
    """

    def __init__(self, ask: Callable[[], None], skipped: Callable[[], None]) -> None:
        super().__init__()
        self._ask, self._skipped = ask, skipped
        # A stream begins with a key frame too.
        self._waited: int | None = 0
        self._listens: bool | None = None
        """Whether the sender makes a key frame when it is asked for one; None before it is known."""
        self._tried: int | None = None
        """Frames since it was first asked in order to know."""
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
                super().put((codec, frame), block, timeout)

    @property
    def ignores_key_frame_requests(self) -> bool:
        """Whether the sender is known to make no key frame when it is asked for one."""
        return self._listens is False

    def _fits(self, item: Any) -> bool:
        if self._listens is None:
            self._try_out(item)
        if self.qsize() >= (MAX_WAITING if self._listens else MAX_WAITING_IF_IGNORED):
            self._clear()
        elif item[1].after_gap:
            self._waited = 0
        return self._waited is None or self._goes_on(item)

    def _try_out(self, item: Any) -> None:
        """When too many wait, ask for a key frame. If one comes the sender listens: skip all before it."""
        codec, frame = item
        if self._tried is None and self.qsize() < MAX_WAITING:
            return
        tried = self._tried or 0
        if tried > 0 and is_key_frame(codec.name, frame.data):
            self._listens = True
            self._clear()
        elif tried > IGNORED_AFTER:
            self._listens = False
        elif tried % ASK_AGAIN == 0:
            self._ask()
        self._tried = tried + 1

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
            if waited > IGNORED_AFTER:
                self._listens = False
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
