"""A bounded queue of encoded frames before the decoder: frames that are too late are not decoded.

aiortc's own queue has no bound, so a decoder that falls behind (a large picture, a busy machine) would stay
behind for ever. Frames depend on earlier ones: after a gap, here or on the network, nothing can be decoded
before the next key frame, which is requested from the sender.

Some senders ignore key frame requests: OBS sends a key frame every 250 frames and no other, and its first may
be lost, as it encodes before it is connected. For such a sender more frames may wait: decoding them all
catches up within a tenth of their time, whereas a gap would stop the picture for many seconds. The first
frames that have to wait, while models are loaded, show which kind a sender is: no frame is skipped before a
requested key frame has come.
"""

from __future__ import annotations

import queue
from collections.abc import Callable
from typing import Any

MAX_WAITING = 5
"""Maximum frames in the queue: a sixth of a second at 30 frames a second.

Decoding takes 8 ms of CPU at 4K, 1.4 at 1080p."""

MAX_WAITING_IF_IGNORED = 250
"""Maximum frames in the queue if the sender ignores key frame requests: OBS's key frame interval."""

ASK_AGAIN = 15
"""Frames between two key frame requests: the first request may be lost."""

IGNORED_AFTER = 3 * ASK_AGAIN
"""Frames after which a key frame no longer counts as the answer to a request."""

H264_SLICE_IDR, H264_SPS = 5, 7


class DecoderQueue(queue.Queue[Any]):
    """Replaces a receiver's decoder queue; items are (codec, Encoded), or None at the end.

    ``ask`` requests a key frame; ``skipped`` is called for each frame that is not decoded. One thread calls
    ``put``, another ``get``.
    """

    def __init__(self, ask: Callable[[], None], skipped: Callable[[], None]) -> None:
        super().__init__()
        self._ask, self._skipped = ask, skipped
        # A stream begins with a key frame too.
        self._waited: int | None = 0
        self._listens: bool | None = None
        """Whether the sender answers key frame requests; None until it is known."""
        self._tried: int | None = None
        """Frames since the first request that tests this."""
        self.arrived = 0
        """Number of frames received, decoded or not."""

    def put(self, item: Any, block: bool = True, timeout: float | None = None) -> None:
        """Add a frame and its ``more``.

        If too many wait, all of them and the frames up to the next key frame are skipped.
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
        """Whether the sender is known to ignore key frame requests."""
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
        """Request a key frame when too many frames wait; if one comes, skip all before it."""
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
        """Whether a frame after a gap can be decoded; if not, a key frame is requested."""
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
    """Whether an encoded VP8 frame (RFC 6386 9.1) or H.264 access unit (Annex B) is a key frame."""
    if codec.upper() == "VP8":
        return bool(data) and data[0] & 1 == 0
    units = data.split(b"\0\0\1")[1:]
    return any(unit and unit[0] & 0x1F in {H264_SLICE_IDR, H264_SPS} for unit in units)
