"""Decoding video with FFmpeg through PyAV: the only module that touches it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Self

import av
import numpy as np

from agent.errors import PictureError, SourceLostError
from agent.values import Pixels

# FFmpeg prints its complaints on stderr itself; what matters reaches the user through our errors.
av.logging.set_level(av.logging.PANIC)


class Video:
    """The first video stream of a file, address or device.

    ``kind`` and ``options`` are FFmpeg's input format and its options, None and {} to find out by itself.
    Raises PictureError when it cannot be opened or holds no video.
    """

    def __init__(
        self, address: str, kind: str | None = None, options: Mapping[str, str] | None = None
    ) -> None:
        self._address = address
        try:
            self._container: Any = av.open(address, format=kind, options=dict(options or {}))
        except FileNotFoundError:
            raise PictureError(f"there is no file or device {address}") from None
        except (av.FFmpegError, OSError, ValueError) as error:
            raise PictureError(f"{address} cannot be opened as a picture or video ({plain(error)})") from None
        if not self._container.streams.video:
            self.close()
            raise PictureError(f"{address} holds no video: name a picture or a recording of the gallery")
        stream = self._container.streams.video[0]
        # Frame threads hold frames back; slices do not. More threads than cores help nobody.
        stream.thread_type = "SLICE"
        self._stream: Any = stream
        self.width, self.height = int(stream.width), int(stream.height)

    @property
    def duration(self) -> float | None:
        """Seconds, or None for what has no end or does not say."""
        length = self._container.duration
        return None if length is None or length <= 0 else length / av.time_base

    def frames(self) -> Iterator[tuple[float, Any]]:
        """Yield (seconds from the start, undecoded-to-RGB frame) for each frame; see ``to_rgb``.

        Raises SourceLostError when the stream breaks; what came before it has been yielded by then.
        """
        first: float | None = None
        try:
            for frame in self._container.decode(self._stream):
                seconds = 0.0 if frame.time is None else float(frame.time)
                first = seconds if first is None else first
                self.width, self.height = frame.width, frame.height
                yield max(seconds - first, 0.0), frame
        except av.EOFError:
            return
        except (av.FFmpegError, OSError, ValueError) as error:
            raise SourceLostError(f"{self._address} broke off ({plain(error)})") from None

    def close(self) -> None:
        """Close the file or device; may be called twice."""
        self._container.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def to_rgb(frame: Any) -> Pixels:
    """A decoded frame as RGB uint8 (H, W, 3), turned upright if it says that it lies on its side."""
    pixels = np.asarray(frame.to_ndarray(format="rgb24"), np.uint8)
    quarter_turns = round(getattr(frame, "rotation", 0) / 90) % 4
    return np.ascontiguousarray(np.rot90(pixels, quarter_turns)) if quarter_turns else pixels


def plain(error: Exception) -> str:
    """An FFmpeg error in words, without its number and repeated address."""
    text = getattr(error, "strerror", None) or str(error)
    return str(text).split(";")[0].strip().rstrip(".").lower() or type(error).__name__
