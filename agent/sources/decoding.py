"""Decodes video with FFmpeg through PyAV: the only module that imports PyAV."""

from __future__ import annotations

import math
import threading
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Self
from urllib.parse import urlsplit

import av
import cv2
import numpy as np
from av.container import InputContainer
from av.video.codeccontext import VideoCodecContext
from av.video.reformatter import ColorRange
from av.video.stream import VideoStream

from agent.errors import PictureError, SourceLostError
from agent.sources.base import MOST_PIXELS
from agent.values import Pixels

# FFmpeg prints its messages on stderr itself; the important ones reach the user through our errors.
av.logging.set_level(av.logging.PANIC)

DecodedFrame = av.VideoFrame
"""A decoded frame, not yet converted to RGB; see ``to_rgb``."""

TIMEOUT = 5.0
"""Maximum seconds without data from an address, while opening and while reading."""

BT601_OR_UNSAID = frozenset({2, 5, 6})
"""FFmpeg's numbers for matrix coefficients: unspecified, and BT.601 as used in Europe and America."""

SCHEMES = ("http", "https", "rtsp", "rtsps", "rtmp", "rtmps", "rtp", "srt", "udp", "tcp")


USUAL_RATE, HIGHEST_RATE = 25.0, 240.0
"""Frames per second: assumed for a recording without times and rate, and the maximum rate to believe."""

FRAMES_PASSED = 8
"""If only one frame in at least this many is wanted, frames that no other refers to are not decoded."""


class Video:
    """The first video stream of a file, address or device, opened as far as its first frame.

    ``kind`` and ``options`` are FFmpeg's input format and its options; None and {} let FFmpeg detect them.
    ``width`` and ``height`` are those of the newest frame. ``wanted`` is the frames per second that are
    enough: if the stream has many more, not all are decoded. Raises PictureError when it cannot be opened or
    holds no frame.
    """

    def __init__(
        self,
        address: str,
        kind: str | None = None,
        options: Mapping[str, str] | None = None,
        wanted: float = math.inf,
    ) -> None:
        self._wanted = wanted
        self.name = shown(address)
        self.width = self.height = 0
        self._lock = threading.Lock()
        self._closing = False
        self._damaged = 0
        self._container = self._open(address, kind, dict(options or {}))
        try:
            self._packets = self._demux()
            self._ready: list[DecodedFrame] = []
            if not self._fill():
                raise PictureError(f"no frame can be read from {self.name}: is it damaged, or not a picture?")
        except SourceLostError as error:
            self.close()
            raise PictureError(f"no frame can be read: {error}") from None
        except BaseException:
            self.close()
            raise

    @property
    def duration(self) -> float | None:
        """Seconds; None for a stream that has no end or does not state its length."""
        length = None if self._closing else self._container.duration
        return None if length is None or length <= 0 else length / av.time_base

    @property
    def damaged(self) -> int:
        """Number of packets that could not be decoded and were skipped."""
        return self._damaged

    def frames(self) -> Iterator[tuple[float, DecodedFrame]]:
        """Yield (seconds from the start, frame not yet converted to RGB) for each frame; see ``to_rgb``.

        Ends when the stream ends or is closed. Raises SourceLostError when the stream breaks, after the
        frames before it.
        """
        first: float | None = None
        last = -self._step
        while True:
            # Closing the container while the decoder runs would crash the process: the lock excludes it.
            with self._lock:
                try:
                    frame = self._ready.pop(0) if not self._closing and self._fill() else None
                finally:
                    # `close` does not wait for a read that hangs, which may end in an error.
                    if self._closing:
                        self._container.close()
            if frame is None:
                return
            # A raw stream, as cameras write it, has no times: count its frames.
            last = seconds = last + self._step if frame.time is None else float(frame.time)
            first = seconds if first is None else first
            yield max(seconds - first, 0.0), frame

    def is_still(self) -> bool:
        """Whether a file holds one frame only: a still picture, or the cover of a music file."""
        first, self._ready = self._ready, []
        try:
            return len(first) == 1 and not self._fill()
        except SourceLostError:
            return False
        finally:
            self._ready = first + self._ready

    def close(self) -> None:
        """Close the file or device; idempotent, and allowed while another thread decodes (it ends)."""
        self._closing = True
        # A reader that waits for the network keeps the lock, and closes the container itself afterwards.
        if self._lock.acquire(timeout=0.2):
            try:
                self._container.close()
            finally:
                self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _open(self, address: str, kind: str | None, options: dict[str, str]) -> InputContainer:
        if kind is None:
            address, options = _guarded(address, options)
        try:
            container = av.open(address, format=kind, options=options, timeout=TIMEOUT)
        except FileNotFoundError:
            raise PictureError(f"there is no file or device {self.name}") from None
        except (av.FFmpegError, OSError, ValueError) as error:
            reason = ffmpeg_error_text(error)
            hint = (
                "is it right, and does it answer?" if "://" in address else "is it whole, and of that kind?"
            )
            raise PictureError(
                f"{self.name} cannot be opened as a picture or video ({reason}): {hint}"
            ) from None
        # FFmpeg would render any text as a terminal.
        listed = () if container.format.name == "tty" else container.streams.video
        # A damaged header may announce a video with a codec that FFmpeg does not know.
        streams = [stream for stream in listed if stream.codec_context is not None]
        if not streams:
            container.close()
            raise PictureError(f"{self.name} holds no video: name a picture or a recording of the gallery")
        stream = streams[0]
        if (stream.width or 0) * (stream.height or 0) > MOST_PIXELS:
            container.close()
            size = f"{stream.width}x{stream.height}"
            raise PictureError(f"{self.name} has frames of {size} pixels, which is too many: scale it down")
        # Frame threads delay frames; slice threads do not. More threads than cores gain nothing.
        stream.thread_type = "SLICE"
        rate = float(stream.guessed_rate or 0)
        self._step = 1.0 / (rate if 0 < rate <= HIGHEST_RATE else USUAL_RATE)
        # Frames without times are counted, which needs all of them.
        timed = stream.start_time is not None
        if timed and float(stream.average_rate or 0) >= FRAMES_PASSED * self._wanted:
            # For a drawn lesson (1080p H.264, 25 frames a second) this takes 39 ms of a core a second instead
            # of 69. Nobody waits for single frames here, so the delay of frame threads does not matter.
            stream.thread_type = "AUTO"
            stream.codec_context.skip_frame = "NONREF"
        self.width, self.height = stream.width or 0, stream.height or 0
        self._stream = stream
        return container

    def _demux(self) -> Iterator[av.Packet[VideoStream]]:
        yield from self._container.demux(self._stream)

    def _fill(self) -> bool:
        """Decode until a frame is ready; False at the end of the stream."""
        while not self._ready:
            try:
                packet = next(self._packets, None)
            except av.EOFError:
                return False
            except (av.FFmpegError, OSError, ValueError) as error:
                raise SourceLostError(f"{self.name} broke off ({ffmpeg_error_text(error)})") from None
            if packet is None:
                return False
            try:
                self._ready = packet.decode()
            except av.EOFError:
                return False
            except (av.FFmpegError, ValueError):
                self._damaged += 1
        newest = self._ready[0]
        turned = _quarter_turns(newest) % 2 == 1
        self.width, self.height = newest.width, newest.height
        if turned:
            self.width, self.height = self.height, self.width
        return True


class VP8Encoder:
    """Encodes pictures of (width, height) pixels as a VP8 stream, as a browser does: for measurements."""

    def __init__(self, width: int, height: int, fps: int, bits: int) -> None:
        codec = VideoCodecContext.create("libvpx", "w")
        codec.width, codec.height, codec.pix_fmt = width, height, "yuv420p"
        codec.time_base, codec.framerate, codec.bit_rate = Fraction(1, fps), Fraction(fps), bits
        codec.options = {"deadline": "realtime", "cpu-used": "8", "lag-in-frames": "0"}
        self._codec, self._count = codec, 0

    def encode(self, pixels: Pixels) -> bytes:
        """One frame, RGB uint8 (H, W, 3), encoded."""
        frame = av.VideoFrame.from_ndarray(pixels, format="rgb24").reformat(format="yuv420p")
        frame.pts, self._count = self._count, self._count + 1
        return b"".join(bytes(packet) for packet in self._codec.encode(frame))


class VP8Decoder:
    """Decodes a VP8 stream with the same library as WebRTC."""

    def __init__(self) -> None:
        self._codec = VideoCodecContext.create("libvpx", "r")

    def decode(self, data: bytes) -> DecodedFrame:
        """Decode one encoded frame; the result is not yet converted to RGB."""
        return self._codec.decode(av.Packet(data))[0]


def to_rgb(frame: DecodedFrame) -> Pixels:
    """A decoded frame as RGB uint8 (H, W, 3), rotated upright according to its metadata."""
    if _is_plain(frame):
        # FFmpeg's conversion takes 5.1 ms for 1080p and comes out a grey level too dark; this one takes 1.6
        # ms.
        pixels = np.asarray(cv2.cvtColor(frame.to_ndarray(), cv2.COLOR_YUV2RGB_I420), np.uint8)
    else:
        pixels = np.asarray(frame.to_ndarray(format="rgb24"), np.uint8)
    turns = _quarter_turns(frame)
    return np.ascontiguousarray(np.rot90(pixels, turns)) if turns else pixels


def shown(address: str) -> str:
    """An address as it may be shown: without user, password and query."""
    if "://" not in address:
        return address
    try:
        parts = urlsplit(address)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return address.split("://", maxsplit=1)[0] + "://..."
    return f"{parts.scheme}://{parts.hostname or ''}{port}{parts.path}"


def ffmpeg_error_text(error: Exception) -> str:
    """An FFmpeg error in words, without its number and repeated address."""
    if isinstance(error, av.error.ExitError):
        # FFmpeg's own words for it are "immediate exit requested".
        return f"no answer within {TIMEOUT:g} s"
    text = getattr(error, "strerror", None) or str(error)
    return str(text).split(";")[0].strip().rstrip(".").lower() or type(error).__name__


def cameras(kind: str) -> list[tuple[str, str]]:
    """The cameras that one of FFmpeg's capture formats finds: (address, display name) of each."""
    try:
        devices = av.enumerate_input_devices(kind)
    except (av.FFmpegError, OSError, ValueError, NotImplementedError):
        return []
    seen = [device for device in devices if not device.media_types or "video" in device.media_types]
    return [(device.name, device.description) for device in seen]


def _guarded(address: str, options: dict[str, str]) -> tuple[str, dict[str, str]]:
    """Let a file refer to files only: otherwise a playlist could make FFmpeg ask the network."""
    if "://" not in address:
        return f"file:{address}", {**options, "protocol_whitelist": "file"}
    scheme = address.split("://", maxsplit=1)[0].lower()
    if scheme not in SCHEMES:
        raise PictureError(f"{shown(address)} cannot be played: an address starts with {', '.join(SCHEMES)}")
    return address, options


def _is_plain(frame: DecodedFrame) -> bool:
    """Whether a frame has the usual format: 4:2:0 in limited range by BT.601, of even size."""
    return (
        frame.format.name == "yuv420p"
        and frame.color_range != ColorRange.JPEG
        and frame.colorspace in BT601_OR_UNSAID
        and frame.width % 2 == frame.height % 2 == 0
    )


def _quarter_turns(frame: DecodedFrame) -> int:
    return int(round(getattr(frame, "rotation", 0) / 90) % 4)
