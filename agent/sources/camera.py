"""A webcam as a source, through FFmpeg's capture devices."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Self

from agent.errors import PictureError, SourceError, SourceLostError
from agent.sources.decoding import Video, cameras
from agent.sources.pushed_frames import PushedFrames
from agent.values import Frame, SourceInfo

CAPTURE = {"darwin": "avfoundation", "win32": "dshow"}
"""FFmpeg's capture format for each ``sys.platform``; all others use v4l2."""

OPTIONS: Mapping[str, Mapping[str, str]] = {"avfoundation": {"framerate": "30"}}
"""FFmpeg asks avfoundation for 29.97 frames a second by default, which Mac cameras refuse."""


class CameraSource:
    """A camera by number ("0") or by the name that the system gives it.

    Only the newest frame is kept; frames that were not taken are counted as dropped. Raises SourceError when
    the camera cannot be opened. ``kind`` and ``address`` choose another FFmpeg device.
    """

    place = None

    def __init__(
        self,
        camera: str = "0",
        *,
        kind: str | None = None,
        address: str | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._name, self._clock = f"camera {camera}", clock
        kind = kind or CAPTURE.get(sys.platform, "v4l2")
        there = cameras(kind)
        try:
            self._video = Video(address or device(camera, kind, there), kind, OPTIONS.get(kind))
        except PictureError as error:
            have = ", ".join(words for _, words in there) or "none"
            raise SourceError(
                f"{self._name} cannot be opened: {error}. Is it plugged in, free, and allowed for this "
                f"program? The system names these cameras: {have}. Choose one with source.camera"
            ) from None
        self._pushed = PushedFrames(self._read, "camera reader")
        self._pushed.start()

    @property
    def info(self) -> SourceInfo:
        """The camera, and the size of its frames."""
        return SourceInfo("camera", self._name, self._video.width, self._video.height)

    @property
    def dropped(self) -> int:
        """Number of frames that were overwritten before they were taken."""
        return self._pushed.dropped

    def frames(self) -> Iterator[Frame | None]:
        """Yield the newest frame, or None when none came within half a second.

        Raises SourceLostError when the camera went away.
        """
        yield from self._pushed.frames()
        if not self._pushed.closed:
            raise SourceLostError(f"{self._name} ended: plug it in again")

    def close(self) -> None:
        """Release the camera; idempotent, and allowed from another thread."""
        self._pushed.close()
        self._video.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _read(self) -> None:
        try:
            for _, frame in self._video.frames():
                if self._pushed.closed:
                    return
                self._pushed.put(frame, self._clock(), time.time())
        finally:
            self._video.close()


def device(camera: str, kind: str, there: Sequence[tuple[str, str]]) -> str:
    """FFmpeg's address for a camera given by number or name; ``there`` are the (address, name) found."""
    for address, words in there:
        if camera in (address, words):
            return f"video={address}" if kind == "dshow" else address
    if kind == "dshow":
        known = camera.isdecimal() and int(camera) < len(there)
        return f"video={there[int(camera)][0] if known else camera}"
    return f"/dev/video{camera}" if kind == "v4l2" and camera.isdecimal() else camera
