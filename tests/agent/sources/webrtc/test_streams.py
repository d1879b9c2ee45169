"""Streams over real WebRTC: bad networks, changes of size, late key frames, and a reader that is slow."""

from __future__ import annotations

import socket
from typing import Any

import numpy as np
import pytest

from agent.sources.webrtc.sessions import Senders
from agent.sources.webrtc.source import WebRTCSource
from agent.values import Pixels
from tests.agent.sources.webrtc.sharing import (
    BLUE,
    GREEN,
    RED,
    Clock,
    frame_like,
    next_frame,
    play,
    sending,
)
from tests.peers import Sender, coloured, mean_colour
from tests.waiting import until_async


def noisy(colour: tuple[int, int, int]) -> Pixels:
    """A picture of many packets a frame."""
    noise = np.random.default_rng(1).integers(-12, 13, (360, 640, 3))
    return (coloured(*colour, (640, 360)) + noise).clip(0, 255).astype(np.uint8)


class Lossy:
    """Every twelfth packet is lost."""

    def __call__(self, number: int, packet: bytes) -> list[bytes]:
        return [] if number % 12 == 0 else [packet]


class Reordered:
    """Packets go out in pairs, the later one first, and every seventh twice."""

    def __init__(self) -> None:
        self._held: list[bytes] = []

    def __call__(self, number: int, packet: bytes) -> list[bytes]:
        self._held.insert(0, packet)
        if len(self._held) < 2:
            return []
        sent, self._held = self._held, []
        return sent + sent[:1] if number % 7 == 0 else sent


class Stalled:
    """The network holds everything back for a while, then lets only new packets through."""

    def __call__(self, number: int, packet: bytes) -> list[bytes]:
        return [] if number < 40 else [packet]


@pytest.mark.parametrize("network", [Lossy, Reordered, Stalled])
def test_a_bad_network_does_not_end_the_picture(network: type[Any]) -> None:
    async def work() -> None:
        with Senders() as senders, WebRTCSource(senders) as source:
            async with Sender(coloured(*RED, (640, 360)), "VP8") as sender:
                answer = await senders.open(await sender.offer())
                await sender.take(answer.sdp)
                await frame_like(source, RED, 640)
                sender.worsen(network())
                for colour in (GREEN, BLUE):
                    sender.track.picture = noisy(colour)
                    await frame_like(source, colour, 640)
                assert senders.sessions == 1

    play(work())


def test_size_and_orientation_may_change_in_mid_stream() -> None:
    async def work() -> None:
        with Senders() as senders, WebRTCSource(senders) as source:
            async with sending(senders, RED) as (sender, _):
                await frame_like(source, RED)
                for size in ((640, 360), (180, 320), (322, 182)):
                    sender.track.picture = coloured(*BLUE, size)
                    frame = await frame_like(source, BLUE, size[0])
                    assert frame.height == size[1]

    play(work())


def test_the_newest_frame_wins_and_the_rest_is_counted() -> None:
    async def work() -> None:
        with Senders() as senders, WebRTCSource(senders) as source:
            async with sending(senders, RED) as (sender, _):
                await frame_like(source, RED)
                before = source.dropped
                # The worker is busy while some twenty frames come; the picture changes meanwhile.
                await until_async(lambda: source.dropped >= before + 20, "frames are dropped")
                sender.track.picture = coloured(*GREEN)
                dropped = source.dropped
                await until_async(lambda: source.dropped >= dropped + 10, "more frames are dropped")
                assert mean_colour((await next_frame(source)).pixels) == pytest.approx(GREEN, abs=16)
                with WebRTCSource(senders) as later:
                    assert later.dropped < source.dropped

    play(work())


def test_a_sender_like_obs_is_read_from_its_next_key_frame_on(caplog: pytest.LogCaptureFixture) -> None:
    """It encodes before it is connected, so that its first key frame is lost, and makes none when asked."""

    async def work() -> None:
        clock = Clock()
        with Senders(clock=clock) as senders, WebRTCSource(senders) as source:
            async with Sender(coloured(*RED), "H264") as sender:
                encoder = sender.peer.getSenders()[0]
                encoder._send_keyframe = lambda: None
                sender.worsen(lambda number, data: [] if number <= 3 else [data])
                answer = await senders.open(await sender.offer())
                await sender.take(answer.sdp)
                session = senders._sessions[answer.session]
                await until_async(lambda: session.heard is not None, "frames come")
                clock.ahead = 20.0
                await until_async(lambda: "key frame" in caplog.text, "the log says what is waited for")
                assert senders.sessions == 1
                assert not senders.sending
                encoder._RTCRtpSender__force_keyframe = True
                await frame_like(source, RED)

    with caplog.at_level("INFO", logger="readtheroom"):
        play(work())


def test_a_whole_key_frame_finds_room_while_nobody_takes_its_packets() -> None:
    """OBS sends it at once; as much room is asked for as the system allows."""

    async def work() -> None:
        with Senders() as senders, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as model:
            model.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2 << 20)
            async with sending(senders, RED) as (_, answer):
                ice = senders._sessions[answer.session].receiver.transport.transport._connection
                assert ice._protocols
                for protocol in ice._protocols:
                    room = protocol.transport.get_extra_info("socket")
                    size = room.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF)
                    assert size == model.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF)

    play(work())
