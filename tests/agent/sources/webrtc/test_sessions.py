"""Senders that come, go, fall silent and take over, over real WebRTC."""

from __future__ import annotations

import asyncio
import threading

import psutil
import pytest

from agent.errors import (
    BusyError,
    EndedSessionError,
    SourceError,
    SourceLostError,
)
from agent.sources.webrtc.sessions import SenderLimits, Senders
from agent.sources.webrtc.source import WebRTCSource
from agent.values import SenderAnswer
from tests.agent.sources.webrtc.sharing import (
    GREEN,
    RED,
    Clock,
    frame_like,
    next_frame,
    own_threads,
    play,
    sending,
)
from tests.peers import Sender, coloured, mean_colour
from tests.waiting import until_async


@pytest.mark.parametrize("codec", ["VP8", "H264"])
def test_a_picture_arrives(codec: str) -> None:
    async def work() -> None:
        with Senders() as senders, WebRTCSource(senders) as source:
            assert (source.info.kind, source.info.width) == ("webrtc", 0)
            async with sending(senders, RED, codec):
                frame = await frame_like(source, RED)
                assert (source.info.width, source.info.height) == (320, 180)
                assert frame.time > 0
                assert senders.sending

    play(work())


def test_a_camera_is_told_from_a_screen() -> None:
    async def work() -> None:
        with Senders() as senders:
            assert senders.camera is None
            async with Sender(coloured(*RED)) as sender:
                answer = await senders.open(await sender.offer(), camera=True)
                assert senders.camera is None
                await sender.take(answer.sdp)
                await until_async(lambda: senders.sending, "the picture comes")
                assert senders.camera is not None
            async with sending(senders, GREEN):
                await until_async(lambda: senders.sending and senders.camera is None, "a screen takes over")

    play(work())


def test_the_newest_sender_wins_and_the_older_one_is_told() -> None:
    async def work() -> None:
        with Senders() as senders, WebRTCSource(senders) as source:
            async with sending(senders, RED) as (old, first):
                await frame_like(source, RED)
                async with sending(senders, GREEN):
                    await frame_like(source, GREEN)
                    await until_async(
                        lambda: old.peer.connectionState == "closed", "the older connection closes"
                    )
                    with pytest.raises(EndedSessionError, match="another sender took over"):
                        await senders.end(first.session)
                    assert senders.sessions == 1
                    for _ in range(5):
                        frame = await next_frame(source)
                        assert mean_colour(frame.pixels) == pytest.approx(GREEN, abs=16)

    play(work())


def test_a_sender_that_never_connects_disturbs_nobody_and_is_given_up() -> None:
    async def work() -> None:
        clock = Clock()
        with (
            Senders(SenderLimits(connect_timeout=20.0), clock=clock) as senders,
            WebRTCSource(senders) as source,
        ):
            async with sending(senders, RED):
                await frame_like(source, RED)
                async with Sender(coloured(*GREEN)) as silent:
                    answer = await senders.open(await silent.offer())
                    assert senders.sessions == 2
                    clock.ahead = 20.0
                    await until_async(lambda: senders.sessions == 1, "the silent one is given up")
                    with pytest.raises(EndedSessionError, match="no picture came within 20 seconds"):
                        await senders.end(answer.session)
                await frame_like(source, RED)

    play(work())


@pytest.mark.parametrize("way", ["ends its session", "closes", "falls silent"])
def test_a_sender_that_goes_away_is_told_of_and_the_next_is_read(way: str) -> None:
    async def work() -> None:
        clock = Clock()
        with (
            Senders(SenderLimits(idle_timeout=60.0), clock=clock) as senders,
            WebRTCSource(senders) as source,
        ):
            async with sending(senders, RED) as (sender, answer):
                await frame_like(source, RED)
                if way == "ends its session":
                    await senders.end(answer.session)
                elif way == "closes":
                    await sender.peer.close()
                else:
                    sender.track.paused = True
                    await asyncio.sleep(0.5)
                    clock.ahead = 60.0
                with pytest.raises(SourceLostError, match="share again"):
                    await asyncio.to_thread(list, source.frames())
            # The supervisor opens the source anew; the senders stay.
            with WebRTCSource(senders) as again:
                assert await asyncio.to_thread(next, again.frames()) is None
                async with sending(senders, GREEN):
                    await frame_like(again, GREEN)
                    assert again.dropped < 100

    play(work())


def test_more_senders_than_allowed_are_refused_until_one_leaves() -> None:
    async def work() -> None:
        with Senders(SenderLimits(sessions=2)) as senders:
            offers = [Sender(coloured(*RED)) for _ in range(3)]
            answers: list[SenderAnswer] = [await senders.open(await one.offer()) for one in offers[:2]]
            offer = await offers[2].offer()
            for _ in range(20):
                with pytest.raises(BusyError, match="2 senders already"):
                    await senders.open(offer)
            await senders.end(answers[0].session)
            await senders.open(offer)
            for one in offers:
                await one.peer.close()

    play(work())


def test_connecting_and_leaving_many_times_leaves_nothing_behind() -> None:
    async def cycle(senders: Senders, number: int) -> None:
        async with sending(senders, RED) as (sender, answer):
            await until_async(lambda: senders.sending, "the picture comes")
            if number % 2:
                await senders.end(answer.session)
            else:
                await sender.peer.close()
            await until_async(lambda: senders.sessions == 0, "the session ends")

    async def work() -> None:
        process = psutil.Process()
        with Senders() as senders:
            for number in range(3):
                await cycle(senders, number)
            await asyncio.sleep(0.1)
            files, threads = process.num_fds(), own_threads()
            tasks = len(asyncio.all_tasks(senders._loop))
            for number in range(20):
                await cycle(senders, number)
            await until_async(lambda: process.num_fds() <= files, "files are closed")
            await until_async(lambda: own_threads() <= threads, "threads end")
            await until_async(lambda: len(asyncio.all_tasks(senders._loop)) <= tasks, "tasks end")

    play(work())


def test_closing_ends_everything_and_may_be_done_twice() -> None:
    async def work() -> None:
        before = own_threads()
        senders = Senders()
        async with sending(senders, RED) as (sender, _):
            await until_async(lambda: senders.sending, "the picture comes")
            await asyncio.to_thread(senders.close)
            senders.close()
            await until_async(lambda: sender.peer.connectionState == "closed", "the sender is told")
            with pytest.raises(BusyError, match="stopping"):
                await senders.open("v=0")
        await until_async(lambda: own_threads() <= before, "threads end")

    play(work())


def test_a_loop_that_starts_too_late_is_said_and_ends_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    serve, begin = Senders._serve, threading.Event()

    async def late(senders: Senders, ready: threading.Event) -> None:
        await asyncio.to_thread(begin.wait)
        await serve(senders, ready)

    monkeypatch.setattr(Senders, "_serve", late)
    monkeypatch.setattr("agent.sources.webrtc.sessions.START_TIMEOUT", 0.05)
    before = own_threads()
    with pytest.raises(SourceError, match=r"did not start within 0\.05 s"):
        Senders()
    begin.set()
    asyncio.run(until_async(lambda: own_threads() <= before, "the thread ends"))


@pytest.mark.parametrize(
    ("now", "heard", "last_frame", "named"),
    [
        (4.9, None, None, None),
        (5.0, None, None, "within 5 seconds"),
        (100.0, 91.0, 91.0, None),
        (100.0, 90.0, 90.0, "for 10 seconds"),
        # OBS: frames come, none of them a key frame. A picture that has begun gets as much time.
        (59.0, 58.9, None, None),
        (60.0, 59.9, None, "key frame"),
        (100.0, 99.9, 41.0, None),
        (100.0, 99.9, 40.0, "key frame"),
    ],
)
def test_who_is_overdue(now: float, heard: float | None, last_frame: float | None, named: str | None) -> None:
    reason = SenderLimits(connect_timeout=5.0, idle_timeout=10.0).overdue(now, 0.0, heard, last_frame)
    assert reason is None if named is None else named in str(reason)
