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

from agent.sources.backlog import (
    ASK_AGAIN,
    DEAF_AFTER,
    LONGEST,
    LONGEST_OF_DEAF,
    Backlog,
    is_key_frame,
)
from agent.sources.jitter import Encoded
from agent.sources.senders import Senders
from agent.sources.shared import WebRTCSource
from tests.peers import Sender, coloured, mean_colour, until

KEY, REST = b"\x10\x00", b"\x11\x00"
"""The first bytes of VP8 frames: a key frame and one that builds on it."""


@dataclass(frozen=True)
class Codec:
    name: str


def put(backlog: Backlog, *frames: bytes, after_gap: bool = False) -> None:
    for data in frames:
        backlog.put((Codec("VP8"), Encoded(data, 0, after_gap)))


def listening(told: list[str] | None = None) -> Backlog:
    """Of a sender that is known to make key frames when asked; ``told`` gets what it asks and skips."""
    told = [] if told is None else told
    backlog = Backlog(lambda: told.append("asked"), lambda: told.append("skipped"))
    put(backlog, KEY, *[REST] * LONGEST, KEY)
    assert taken(backlog) == [KEY]
    told.clear()
    return backlog


def taken(backlog: Backlog) -> list[bytes]:
    return [backlog.get_nowait()[1].data for _ in range(backlog.qsize())]


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
    backlog = Backlog(lambda: told.append("asked"), lambda: told.append("skipped"))
    put(backlog, KEY, *[REST] * (LONGEST - 1))
    assert taken(backlog) == [KEY, *[REST] * (LONGEST - 1)]
    assert told == []


def test_after_a_gap_the_next_frame_is_a_key_frame_that_was_asked_for() -> None:
    told: list[str] = []
    backlog = listening(told)
    put(backlog, KEY, *[REST] * LONGEST)
    assert taken(backlog) == []
    assert told.count("asked") == 1
    put(backlog, *[REST] * ASK_AGAIN)
    assert told.count("asked") == 2
    put(backlog, KEY, REST)
    assert taken(backlog) == [KEY, REST]
    assert told.count("skipped") == LONGEST + 1 + ASK_AGAIN


def test_after_a_gap_on_the_network_frames_wait_for_a_key_frame_too() -> None:
    told: list[str] = []
    backlog = Backlog(lambda: told.append("asked"), lambda: told.append("skipped"))
    put(backlog, KEY, REST)
    put(backlog, REST, after_gap=True)
    put(backlog, REST)
    assert taken(backlog) == [KEY, REST]
    assert told == ["asked", "skipped", "skipped"]
    put(backlog, KEY, REST)
    put(backlog, KEY, after_gap=True)
    assert taken(backlog) == [KEY, REST, KEY]
    assert len(told) == 3


def test_a_stream_is_decoded_from_its_first_key_frame_on() -> None:
    told: list[str] = []
    backlog = Backlog(lambda: told.append("asked"), lambda: told.append("skipped"))
    put(backlog, REST, REST, KEY, REST)
    assert taken(backlog) == [KEY, REST]
    assert told == ["asked", "skipped", "skipped"]
    assert backlog.arrived == 4


@pytest.mark.parametrize(
    ("late", "longest"), [(DEAF_AFTER, LONGEST), (DEAF_AFTER + 1, LONGEST_OF_DEAF)], ids=["hears", "deaf"]
)
def test_of_a_sender_that_makes_no_key_frame_when_asked_more_may_wait(late: int, longest: int) -> None:
    """Or a moment in which the decoder is behind would stop OBS's picture for up to 250 frames."""
    backlog = listening()
    put(backlog, REST, after_gap=True)
    put(backlog, *[REST] * (late - 1), KEY, *[REST] * (longest - 1))
    assert backlog.qsize() == longest
    assert backlog.deaf is (longest == LONGEST_OF_DEAF)
    put(backlog, REST)
    assert backlog.qsize() == 0


def test_the_first_frames_that_wait_show_whether_the_sender_listens() -> None:
    """One that does goes on with its answer; of one that does not, all may wait and nothing is lost."""
    told: list[str] = []
    backlog = Backlog(lambda: told.append("asked"), lambda: told.append("skipped"))
    put(backlog, KEY, *[REST] * (LONGEST - 1))
    assert told == []
    put(backlog, REST, REST)
    assert (told, backlog.qsize()) == (["asked"], LONGEST + 2)
    put(backlog, KEY, REST)
    assert taken(backlog) == [KEY, REST]
    assert (told.count("skipped"), backlog.deaf) == (LONGEST + 2, False)
    deaf = Backlog(lambda: None, lambda: told.append("lost"))
    put(deaf, KEY, *[REST] * (LONGEST_OF_DEAF - 2), KEY)
    assert (deaf.qsize(), deaf.deaf, told.count("lost")) == (LONGEST_OF_DEAF, True, 0)


def test_frames_that_came_together_are_taken_one_by_one() -> None:
    backlog = Backlog(lambda: None, lambda: None)
    late = Encoded(KEY, 0, True, [Encoded(REST, 1, False), Encoded(REST, 2, True), Encoded(KEY, 3, False)])
    backlog.put((Codec("VP8"), late))
    assert taken(backlog) == [KEY, REST, KEY]
    assert backlog.arrived == 4


def test_the_end_is_always_passed_on() -> None:
    backlog = listening()
    put(backlog, KEY, *[REST] * LONGEST)
    backlog.put(None)
    assert backlog.get_nowait() is None


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
                await until(lambda: senders.sending, "the picture comes")
                backlog = senders._sessions[answer.session].receiver._RTCRtpReceiver__decoder_queue
                assert isinstance(backlog, Backlog)
                # Read so fast that none is overwritten: what is counted was never decoded.
                frames = source.frames()
                for _ in range(400):
                    await asyncio.to_thread(next, frames)
                    if source.dropped >= 2 * LONGEST:
                        break
                assert source.dropped >= 2 * LONGEST
                assert backlog.qsize() <= LONGEST
                sender.track.picture = coloured(40, 40, 200)
                changed_at = sender.track.sent
                await until(lambda: sender.track.sent >= changed_at + 60, "frames are sent")
                frame = await asyncio.to_thread(lambda: next(one for one in source.frames() if one))
                assert mean_colour(frame.pixels) == pytest.approx((40, 40, 200), abs=16)

    asyncio.run(work())
