"""Frames that a thread pushes: the newest is taken, and what goes wrong there is raised to the taker."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np
import pytest
from av import VideoFrame

from agent.errors import SourceLostError
from agent.sources.pushed_frames import PushedFrames

PICTURE = VideoFrame.from_ndarray(np.zeros((4, 4, 3), np.uint8), format="rgb24")


def pushed(*times: float, error: Exception | None = None) -> PushedFrames:
    """Frames of these times, then an error if there is one."""

    def push() -> None:
        for time in times:
            frames.put(PICTURE, time, 1000.0 + time)
        if error is not None:
            raise error

    frames = PushedFrames(push, "pusher")
    return frames


def ended(frames: PushedFrames) -> PushedFrames:
    """The same once its thread has ended."""
    frames.start()
    frames._thread.join(5.0)
    return frames


def test_the_newest_frame_comes_with_its_times_and_the_others_are_counted() -> None:
    frames = ended(pushed(1.0, 2.0, 3.0))
    (frame,) = frames.frames()
    assert frame is not None
    assert (frame.time, frame.wall, frame.pixels.shape) == (3.0, 1003.0, (4, 4, 3))
    assert frames.dropped == 2


@pytest.mark.parametrize("error", [SourceLostError("unplugged"), ZeroDivisionError()])
def test_what_ends_the_thread_is_raised_after_the_last_frame(error: Exception) -> None:
    frames = ended(pushed(1.0, error=error)).frames()
    assert next(frames) is not None
    with pytest.raises(type(error)):
        next(frames)


@pytest.mark.parametrize("times", [(), (1.0,)])
def test_after_a_close_neither_frames_nor_errors_come(times: tuple[float, ...]) -> None:
    frames = ended(pushed(*times, error=SourceLostError("unplugged")))
    frames.close()
    frames.close()
    assert list(frames.frames()) == []


def test_while_nothing_comes_that_is_said_until_the_close(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agent.sources.pushed_frames.TICK", 0.01)
    waits: list[bool] = []
    frames = PushedFrames(lambda: waits.append(frames.wait(60.0)), "pusher")
    frames.start()
    given: list[Any] = []
    for one in frames.frames():
        given.append(one)
        if len(given) == 3:
            frames.close()
    assert given == [None] * 3
    assert waits == [True], "its wait for the next frame has ended too"
    assert "pusher" not in {thread.name for thread in threading.enumerate()}
