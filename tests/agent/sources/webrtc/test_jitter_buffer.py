"""Frames from packets that are lost, late, doubled and out of order: whole, in order, and at once."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.sources.webrtc.jitter_buffer import (
    CLOCK,
    LATE,
    MOST,
    NUMBERS,
    PATIENCE,
    PATIENCE_IF_IGNORED,
    Encoded,
    JitterBuffer,
)
from agent.sources.webrtc.sessions import Senders
from tests.peers import PictureTrack, Sender, coloured
from tests.waiting import until_async

STEP = 3000
"""Ticks from one frame to the next at 30 a second."""


@dataclass
class Packet:
    sequence_number: int
    timestamp: int
    marker: int
    _data: bytes


def frame_data(index: int, size: int) -> list[bytes]:
    return [b"%d.%d " % (index, part) for part in range(size)]


def packets(sizes: Iterable[int], first: int = 0, marked: bool = True, time: int = 0) -> list[list[Packet]]:
    """Frames of so many packets each; numbers and times wrap as they do on the network."""
    frames: list[list[Packet]] = []
    number = first
    for index, size in enumerate(sizes):
        parts = frame_data(index, size)
        now = (time + index * STEP) % CLOCK
        frames.append(
            [
                Packet((number + at) % NUMBERS, now, int(marked and at == size - 1), data)
                for at, data in enumerate(parts)
            ]
        )
        number += size
    return frames


def feed(buffer: JitterBuffer, sent: Iterable[Packet]) -> list[Encoded]:
    answers = [buffer.add(packet) for packet in sent]
    assert not any(asks for asks, _ in answers)
    return [one for _, frame in answers if frame is not None for one in (frame, *frame.more)]


def joined(frame: Sequence[Packet]) -> bytes:
    return b"".join(packet._data for packet in frame)


SIZES = st.lists(st.integers(1, 5), min_size=1, max_size=12)


@given(SIZES, st.integers(0, NUMBERS - 1), st.integers(0, CLOCK - 1))
def test_each_frame_comes_with_its_last_packet(sizes: list[int], first: int, time: int) -> None:
    buffer = JitterBuffer()
    for frame in packets(sizes, first, time=time):
        assert feed(buffer, frame[:-1]) == []
        assert feed(buffer, frame[-1:]) == [Encoded(joined(frame), frame[0].timestamp, False)]
    assert not buffer._packets


def test_without_a_mark_a_frame_ends_where_the_next_begins() -> None:
    buffer = JitterBuffer()
    first, second, third = packets([2, 1, 1], marked=False)
    assert feed(buffer, first) == []
    assert [one.data for one in feed(buffer, second)] == [joined(first)]
    assert [one.data for one in feed(buffer, third)] == [joined(second)]


@given(SIZES, st.integers(0, NUMBERS - 1), st.data())
def test_packets_in_disorder_and_twice_give_the_same_frames(
    sizes: list[int], first: int, data: st.DataObject
) -> None:
    frames = packets([*sizes, *[2] * len(sizes)], first)
    sent = [packet for frame in frames[: len(sizes)] for packet in frame]
    places = {id(packet): at + data.draw(st.integers(0, 6)) for at, packet in enumerate(sent)}
    mixed = sorted(sent[1:], key=lambda packet: places[id(packet)])
    twice = data.draw(st.lists(st.sampled_from(sent), max_size=4))
    rest = [packet for frame in frames[len(sizes) :] for packet in frame]
    got = feed(JitterBuffer(), [sent[0], *mixed, *twice, *rest])
    assert [one.data for one in got] == [joined(frame) for frame in frames]
    assert not any(one.after_gap for one in got)


@given(st.lists(st.integers(1, 5), min_size=2, max_size=40), st.integers(0, NUMBERS - 1), st.data())
def test_whatever_is_lost_the_frames_are_whole_and_gaps_are_told(
    sizes: list[int], first: int, data: st.DataObject
) -> None:
    frames = packets(sizes, first)
    wholes = {joined(frame): index for index, frame in enumerate(frames)}
    sent = [packet for frame in frames for packet in frame]
    lost = data.draw(st.sets(st.integers(1, len(sent) - 1), max_size=12))
    got = feed(JitterBuffer(), [packet for at, packet in enumerate(sent) if at not in lost])
    indices = [wholes[one.data] for one in got]
    before = -1
    for index, one in zip(indices, got, strict=True):
        assert index > before
        assert one.after_gap is (index > before + 1)
        before = index


@pytest.mark.parametrize("marked", [True, False])
def test_a_packet_that_is_lost_for_good_holds_the_picture_up_for_a_quarter_of_a_second(marked: bool) -> None:
    frames = packets([3] * 30, marked=marked)
    del frames[5][1]
    got = feed(JitterBuffer(), [packet for frame in frames for packet in frame])
    wholes = [joined(frame) for frame in frames]
    assert [one.data for one in got[:5]] == wholes[:5]
    assert (got[5].data, got[5].after_gap) == (wholes[6], True)
    # Without a mark, the last frame waits for the next one.
    assert wholes[-1 if marked else -2] in [one.data for one in got]
    assert sum(one.after_gap for one in got) == 1


def test_a_pause_is_not_taken_for_a_lost_packet() -> None:
    """After a second without frames two packets change places."""
    buffer = JitterBuffer()
    first, second = packets([1, 2])
    late = 4 * PATIENCE
    for packet in second:
        packet.timestamp = late
    assert len(feed(buffer, first)) == 1
    assert feed(buffer, second[1:]) == []
    assert [one.data for one in feed(buffer, second[:1])] == [joined(second)]


def test_what_waited_for_a_packet_comes_at_once_with_it() -> None:
    """Of a picture that hardly moves each frame is one packet: none would push out two."""
    buffer = JitterBuffer()
    frames = [joined(frame) for frame in packets([1] * 7)]
    sent = [packet for frame in packets([1] * 7) for packet in frame]
    assert [one.data for one in feed(buffer, sent[:1])] == frames[:1]
    assert feed(buffer, sent[2:6]) == []
    assert [one.data for one in feed(buffer, sent[1:2])] == frames[1:6]
    assert [one.data for one in feed(buffer, sent[6:])] == frames[6:]


def test_a_sender_that_makes_no_key_frames_is_given_more_time_to_send_a_packet_again() -> None:
    lost, most = PATIENCE_IF_IGNORED // STEP, [1] * (PATIENCE_IF_IGNORED // STEP + 2)
    sent = [packet for frame in packets(most) for packet in frame]
    for patience, whole in ((PATIENCE, False), (PATIENCE_IF_IGNORED, True)):
        buffer = JitterBuffer()
        buffer.patience = patience
        got = feed(buffer, [sent[0], *sent[2:lost], sent[1], *sent[lost:]])
        assert (len(got) == len(sent)) is whole


def test_a_frame_of_five_megabytes_is_taken() -> None:
    big, small = packets([MOST, 1])
    assert [len(one.data) for one in feed(JitterBuffer(), big + small)] == [len(joined(big)), 4]


def test_another_numbering_is_followed_from_its_next_frame_on() -> None:
    for jump in (MOST + 10, -LATE - 10, NUMBERS // 2):
        buffer = JitterBuffer()
        feed(buffer, [packet for frame in packets([2, 2], 100) for packet in frame])
        after = packets([2, 2, 2], 100 + 4 + jump)
        got = feed(buffer, [packet for frame in after for packet in frame])
        # Of the first one nobody knows whether it is whole.
        assert [(one.data, one.after_gap) for one in got] == [
            (joined(after[1]), True),
            (joined(after[2]), False),
        ]


def test_padding_is_no_frame() -> None:
    buffer = JitterBuffer()
    first, second = packets([1, 1])
    padding = Packet(1, 0, 0, b"")
    second[0].sequence_number = 2
    assert [one.data for one in feed(buffer, [*first, padding, *second])] == [joined(first), joined(second)]


class OnePicture(PictureTrack):
    """Sends its picture once, and then nothing more."""

    async def recv(self) -> Any:
        if self.sent == 1:
            await asyncio.sleep(3600)
        return await super().recv()


def test_the_last_picture_before_a_pause_arrives() -> None:
    """A browser that shares a screen on which nothing moves sends nothing."""

    async def work() -> None:
        with Senders() as senders:
            sender = Sender(coloured(200, 40, 40))
            sender.peer.getSenders()[0].replaceTrack(OnePicture(coloured(200, 40, 40)))
            async with sender:
                answer = await senders.open(await sender.offer())
                await sender.take(answer.sdp)
                await until_async(lambda: senders.sending, "the one picture comes")

    asyncio.run(work())
