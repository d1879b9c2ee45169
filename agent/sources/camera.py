"""A webcam as a source, through FFmpeg's capture devices."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Self

from agent.errors import PictureError, SourceError, SourceLostError
from agent.sources.decoding import Video, to_rgb
from agent.sources.slot import LatestSlot
from agent.values import Frame, SourceInfo

TICK = 0.5


class CameraSource:
    """A camera by number ("0") or by its name as the system calls it.

    A reader thread keeps only the newest frame; what nobody took is counted as dropped. Raises SourceError
    when the camera cannot be opened. ``kind`` and ``address`` choose another FFmpeg device.
    """

    def __init__(
        self,
        camera: str = "0",
        *,
        kind: str | None = None,
        address: str | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        device_kind, device_address = device(camera, sys.platform)
        self._name, self._clock = f"camera {camera}", clock
        try:
            self._video = Video(address or device_address, kind or device_kind)
        except PictureError as error:
            raise SourceError(
                f"{self._name} cannot be opened: {error}. Is it plugged in, free, and allowed for this "
                "program? Choose another with source.camera"
            ) from None
        self._slot = LatestSlot()
        self._closed = threading.Event()
        self._reader = threading.Thread(target=self._read, name="camera reader", daemon=True)
        self._reader.start()

    @property
    def info(self) -> SourceInfo:
        """The camera and the size of its frames."""
        return SourceInfo("camera", self._name, self._video.width, self._video.height)

    @property
    def dropped(self) -> int:
        """Frames that were overwritten before anybody took them."""
        return self._slot.dropped

    def frames(self) -> Iterator[Frame | None]:
        """Yield the newest frame, or None when none came within half a second.

        Raises SourceLostError when the camera went away.
        """
        while not self._closed.is_set():
            yield self._slot.take(TICK)
            if self._slot.closed and not self._closed.is_set():
                self._slot.take(0.0)
                raise SourceLostError(f"{self._name} ended: plug it in again")

    def close(self) -> None:
        """Release the camera; may be called twice and from another thread."""
        self._closed.set()
        self._slot.close()
        if self._reader is not threading.current_thread():
            self._reader.join(timeout=5.0)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _read(self) -> None:
        error: Exception | None = None
        try:
            for _, frame in self._video.frames():
                if self._closed.is_set():
                    break
                self._slot.put(Frame(to_rgb(frame), self._clock(), time.time()))
        except SourceLostError as lost:
            error = lost
        finally:
            self._video.close()
            self._slot.close(error)


def device(camera: str, platform: str) -> tuple[str, str]:
    """FFmpeg's input format and address for a camera on one of ``sys.platform``'s systems."""
    if platform == "darwin":
        return "avfoundation", camera
    if platform == "win32":
        return "dshow", f"video={camera}"
    return "v4l2", f"/dev/video{camera}" if camera.isdecimal() else camera
