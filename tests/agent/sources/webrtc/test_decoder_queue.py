from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import aiortc.codecs
import aiortc.rtcrtpreceiver
import av
import numpy as np
import pytest

from agent.sources.webrtc.decoder_queue import (
    ASK_AGAIN,
    IGNORED_AFTER,
    MAX_WAITING,
    MAX_WAITING_IF_IGNORED,
    DecoderQueue,
    is_key_frame,
)
from agent.sources.webrtc.jitter_buffer import Encoded
from agent.sources.webrtc.sessions import Senders
from agent.sources.webrtc.source import WebRTCSource
from tests.peers import Sender, coloured, mean_colour
from tests.waiting import until_async

KEY, REST = b"\x10\x00", b"\x11\x00"
"""The first bytes of VP8 frames: a key frame and one that builds on it."""


@dataclass(frozen=True)
class Codec:
    name: str


def put(decoder_queue: DecoderQueue, *frames: bytes, after_gap: bool = False) -> None:
    for data in frames:
        decoder_queue.put((Codec("VP8"), Encoded(data, 0, after_gap)))


def listening(told: list[str] | None = None) -> DecoderQueue:
    """Of a sender that is known to make key frames when asked; ``told`` gets what it asks and skips."""
    told = [] if told is None else told
    decoder_queue = DecoderQueue(lambda: told.append("asked"), lambda: told.append("skipped"))
    put(decoder_queue, KEY, *[REST] * MAX_WAITING, KEY)
    assert taken(decoder_queue) == [KEY]
    told.clear()
    return decoder_queue


def taken(decoder_queue: DecoderQueue) -> list[bytes]:
    return [decoder_queue.get_nowait()[1].data for _ in range(decoder_queue.qsize())]


@pytest.mark.parametrize(("codec", "encoder"), [("VP8", "libvpx"), ("H264", "libx264")])
def test_key_frames_are_known_from_what_real_encoders_make(codec: str, encoder: str) -> None:
    context: Any = av.CodecContext.create(encoder, "w")
    context.width, context.height, context.pix_fmt, context.framerate = 64, 64, "yuv420p", 10
    context.time_base, context.gop_size = Fraction(1, 10), 4
    context.options = {"tune": "zerolatency"} if codec == "H264" else {"deadline": "realtime"}
    packets = []
    for tick in range(12):
        picture = np.full((64, 64, 3), 20 * tick, np.uint8)
        frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
        frame.pts = tick
        packets += context.encode(frame)
    packets += context.encode(None)
    assert {packet.is_keyframe for packet in packets} == {True, False}
    for packet in packets:
        assert is_key_frame(codec, bytes(packet)) is packet.is_keyframe


@pytest.mark.parametrize("codec", ["VP8", "H264"])
def test_nothing_is_no_key_frame(codec: str) -> None:
    assert not is_key_frame(codec, b"")
    assert not is_key_frame(codec, b"\1\0\0\1")


def test_a_decoder_that_keeps_up_gets_every_frame() -> None:
    told: list[str] = []
    decoder_queue = DecoderQueue(lambda: told.append("asked"), lambda: told.append("skipped"))
    put(decoder_queue, KEY, *[REST] * (MAX_WAITING - 1))
    assert taken(decoder_queue) == [KEY, *[REST] * (MAX_WAITING - 1)]
    assert told == []


def test_after_a_gap_the_next_frame_is_a_key_frame_that_was_asked_for() -> None:
    told: list[str] = []
    decoder_queue = listening(told)
    put(decoder_queue, KEY, *[REST] * MAX_WAITING)
    assert taken(decoder_queue) == []
    assert told.count("asked") == 1
    put(decoder_queue, *[REST] * ASK_AGAIN)
    assert told.count("asked") == 2
    put(decoder_queue, KEY, REST)
    assert taken(decoder_queue) == [KEY, REST]
    assert told.count("skipped") == MAX_WAITING + 1 + ASK_AGAIN


def test_after_a_gap_on_the_network_frames_wait_for_a_key_frame_too() -> None:
    told: list[str] = []
    decoder_queue = DecoderQueue(lambda: told.append("asked"), lambda: told.append("skipped"))
    put(decoder_queue, KEY, REST)
    put(decoder_queue, REST, after_gap=True)
    put(decoder_queue, REST)
    assert taken(decoder_queue) == [KEY, REST]
    assert told == ["asked", "skipped", "skipped"]
    put(decoder_queue, KEY, REST)
    put(decoder_queue, KEY, after_gap=True)
    assert taken(decoder_queue) == [KEY, REST, KEY]
    assert len(told) == 3


def test_a_stream_is_decoded_from_its_first_key_frame_on() -> None:
    told: list[str] = []
    decoder_queue = DecoderQueue(lambda: told.append("asked"), lambda: told.append("skipped"))
    put(decoder_queue, REST, REST, KEY, REST)
    assert taken(decoder_queue) == [KEY, REST]
    assert told == ["asked", "skipped", "skipped"]
    assert decoder_queue.arrived == 4


@pytest.mark.parametrize(
    ("late", "longest"),
    [(IGNORED_AFTER, MAX_WAITING), (IGNORED_AFTER + 1, MAX_WAITING_IF_IGNORED)],
    ids=["hears", "deaf"],
)
def test_of_a_sender_that_makes_no_key_frame_when_asked_more_may_wait(late: int, longest: int) -> None:
    """Or a moment in which the decoder is behind would stop OBS's picture for up to 250 frames."""
    decoder_queue = listening()
    put(decoder_queue, REST, after_gap=True)
    put(decoder_queue, *[REST] * (late - 1), KEY, *[REST] * (longest - 1))
    assert decoder_queue.qsize() == longest
    assert decoder_queue.ignores_key_frame_requests is (longest == MAX_WAITING_IF_IGNORED)
    put(decoder_queue, REST)
    assert decoder_queue.qsize() == 0


def test_the_first_frames_that_wait_show_whether_the_sender_listens() -> None:
    """One that does goes on with its answer; of one that does not, all may wait and nothing is lost."""
    told: list[str] = []
    decoder_queue = DecoderQueue(lambda: told.append("asked"), lambda: told.append("skipped"))
    put(decoder_queue, KEY, *[REST] * (MAX_WAITING - 1))
    assert told == []
    put(decoder_queue, REST, REST)
    assert (told, decoder_queue.qsize()) == (["asked"], MAX_WAITING + 2)
    put(decoder_queue, KEY, REST)
    assert taken(decoder_queue) == [KEY, REST]
    assert (told.count("skipped"), decoder_queue.ignores_key_frame_requests) == (MAX_WAITING + 2, False)
    ignores_key_frame_requests = DecoderQueue(lambda: None, lambda: told.append("lost"))
    put(ignores_key_frame_requests, KEY, *[REST] * (MAX_WAITING_IF_IGNORED - 2), KEY)
    assert (
        ignores_key_frame_requests.qsize(),
        ignores_key_frame_requests.ignores_key_frame_requests,
        told.count("lost"),
    ) == (MAX_WAITING_IF_IGNORED, True, 0)


def test_a_sender_that_is_tried_out_is_asked_again_now_and_then() -> None:
    told: list[str] = []
    decoder_queue = DecoderQueue(lambda: told.append("asked"), lambda: told.append("skipped"))
    put(decoder_queue, KEY, *[REST] * (MAX_WAITING - 1))
    asked = []
    for _ in range(IGNORED_AFTER):
        put(decoder_queue, REST)
        asked.append(len(told))
    assert asked == [1] * ASK_AGAIN + [2] * ASK_AGAIN + [3] * ASK_AGAIN
    assert set(told) == {"asked"}


def test_frames_that_came_together_are_taken_one_by_one() -> None:
    decoder_queue = DecoderQueue(lambda: None, lambda: None)
    late = Encoded(KEY, 0, True, [Encoded(REST, 1, False), Encoded(REST, 2, True), Encoded(KEY, 3, False)])
    decoder_queue.put((Codec("VP8"), late))
    assert taken(decoder_queue) == [KEY, REST, KEY]
    assert decoder_queue.arrived == 4


def test_the_end_is_always_passed_on() -> None:
    decoder_queue = listening()
    put(decoder_queue, KEY, *[REST] * MAX_WAITING)
    decoder_queue.put(None)
    assert decoder_queue.get_nowait() is None


def test_a_slow_decoder_never_falls_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    """A decoder made slower than the sender: what is decoded stays new, and the queue short."""
    real = aiortc.codecs.get_decoder

    class Slow:
        def __init__(self, codec: Any) -> None:
            self._decoder = real(codec)

        def decode(self, encoded: Any) -> Any:
            time.sleep(0.1)
            return self._decoder.decode(encoded)

    monkeypatch.setattr(aiortc.rtcrtpreceiver, "get_decoder", Slow)

    async def work() -> None:
        with Senders() as senders, WebRTCSource(senders) as source:
            async with Sender(coloured(200, 40, 40), "VP8") as sender:
                answer = await senders.open(await sender.offer())
                await sender.take(answer.sdp)
                await until_async(lambda: senders.sending, "the picture comes")
                decoder_queue = senders._sessions[answer.session].receiver._RTCRtpReceiver__decoder_queue
                assert isinstance(decoder_queue, DecoderQueue)
                # Read so fast that none is overwritten: what is counted was never decoded.
                frames = source.frames()
                for _ in range(400):
                    await asyncio.to_thread(next, frames)
                    if source.dropped >= 2 * MAX_WAITING:
                        break
                assert source.dropped >= 2 * MAX_WAITING
                assert decoder_queue.qsize() <= MAX_WAITING
                sender.track.picture = coloured(40, 40, 200)
                changed_at = sender.track.sent
                await until_async(lambda: sender.track.sent >= changed_at + 60, "frames are sent")
                frame = await asyncio.to_thread(lambda: next(one for one in source.frames() if one))
                assert mean_colour(frame.pixels) == pytest.approx((40, 40, 200), abs=16)

    asyncio.run(work())
