"""Senders and what is read of them, for the tests of real WebRTC: two aiortc peers on this machine."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import pytest

from agent.sources.webrtc.sessions import Senders
from agent.sources.webrtc.source import WebRTCSource
from agent.values import Frame
from tests.peers import Sender, coloured, mean_colour, pull

RED, GREEN, BLUE = (200, 40, 40), (40, 200, 40), (40, 40, 200)


@asynccontextmanager
async def sending(senders: Senders, colour: tuple[int, int, int], codec: str = "VP8") -> AsyncIterator[Any]:
    """A sender that was answered, and the answer it had."""
    async with Sender(coloured(*colour), codec) as sender:
        answer = await senders.open(await sender.offer())
        await sender.take(answer.sdp)
        yield sender, answer


class Clock:
    """The real clock, which a test sets ahead rather than wait."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def __call__(self) -> float:
        return time.monotonic() + self.ahead


async def next_frame(source: WebRTCSource) -> Frame:
    frame = await asyncio.to_thread(pull, source.frames())
    assert isinstance(frame, Frame)
    return frame


async def frame_like(source: WebRTCSource, colour: tuple[int, int, int], width: int = 320) -> Frame:
    """The first frame that has this colour and width."""
    for _ in range(400):
        frame = await next_frame(source)
        if frame.width == width and mean_colour(frame.pixels) == pytest.approx(colour, abs=16):
            return frame
    raise AssertionError(f"no frame {width} wide of {colour} came")


def play(work: Coroutine[Any, Any, None]) -> None:
    asyncio.run(work)


def own_threads() -> int:
    """Threads but those of asyncio's pool, which grows to a bound of its own by need and stays."""
    return sum(not thread.name.startswith("asyncio_") for thread in threading.enumerate())
