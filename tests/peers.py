"""Real WebRTC senders for the tests: an aiortc peer that sends a picture, as a browser or OBS would."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any, Self

import aiortc
import numpy as np
from aiortc.mediastreams import MediaStreamError
from av import VideoFrame

from agent.values import Pixels

NO_SERVERS = aiortc.RTCConfiguration(iceServers=[])
CLOCK = 90_000


def coloured(red: int, green: int, blue: int, size: tuple[int, int] = (320, 180)) -> Pixels:
    """A plain picture of (width, height)."""
    return np.full((size[1], size[0], 3), (red, green, blue), np.uint8)


class PictureTrack(aiortc.VideoStreamTrack):
    """Sends ``picture``, which may be replaced by another one of any size, ``fps`` times a second."""

    def __init__(self, picture: Pixels, fps: float = 30.0) -> None:
        super().__init__()
        self.picture, self.fps, self.sent = picture, fps, 0
        self.paused = False

    async def recv(self) -> VideoFrame:
        if self.readyState != "live":
            raise MediaStreamError
        await asyncio.sleep(1 / self.fps)
        while self.paused:
            await asyncio.sleep(0.05)
        frame = VideoFrame.from_ndarray(self.picture, format="rgb24")
        self.sent += 1
        frame.pts, frame.time_base = int(self.sent * CLOCK / self.fps), Fraction(1, CLOCK)
        return frame


class Sender:
    """A peer with one video track; ``offer`` gives its SDP, ``take`` its answer. A context manager."""

    def __init__(self, picture: Pixels, codec: str | None = None, fps: float = 30.0) -> None:
        self.track = PictureTrack(picture, fps)
        self.peer: Any = aiortc.RTCPeerConnection(NO_SERVERS)
        transceiver = self.peer.addTransceiver(self.track, "sendonly")
        if codec is not None:
            able = aiortc.RTCRtpSender.getCapabilities("video").codecs
            transceiver.setCodecPreferences([one for one in able if one.mimeType == f"video/{codec}"])

    async def offer(self) -> str:
        await self.peer.setLocalDescription(await self.peer.createOffer())
        return str(self.peer.localDescription.sdp)

    async def take(self, answer: str) -> None:
        await self.peer.setRemoteDescription(aiortc.RTCSessionDescription(answer, "answer"))

    def worsen(self, script: Callable[[int, bytes], list[bytes]]) -> None:
        """From now on send what ``script`` makes of each media packet: (its number, it) to what goes out."""
        transport = self.peer.getSenders()[0].transport.transport
        send, count = transport._send, 0

        async def send_worse(data: bytes) -> None:
            nonlocal count
            # RTP and RTCP (RFC 7983); the handshake goes through untouched.
            is_media = 127 < data[0] < 192
            count += is_media
            for packet in script(count, data) if is_media else [data]:
                await send(packet)

        transport._send = send_worse

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.peer.close()


def mean_colour(pixels: Pixels) -> tuple[float, ...]:
    return tuple(float(value) for value in pixels.mean(axis=(0, 1)))


def pull(frames: Iterator[Any]) -> Any:
    """The next frame of a source that is not None."""
    return next(frame for frame in frames if frame is not None)
