"""Recordings and streams played in real time, by a decoder that breaks off or jumps when it is told to."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pytest
from av import VideoFrame

from agent.errors import SourceLostError
from agent.sources.base import Playback
from agent.sources.video import VideoSource
from agent.values import Frame

PICTURE = VideoFrame.from_ndarray(np.zeros((4, 4, 3), np.uint8), format="rgb24")


class Decoder:
    """Stands for ``Video``: frames at these times, the last of which may be an error."""

    width = height = 4
    damaged = 0
    name = "lesson.ts"

    def __init__(self, script: Sequence[float | Exception], duration: float | None) -> None:
        self.script, self.duration = script, duration

    def frames(self) -> Iterator[tuple[float, VideoFrame]]:
        for step in self.script:
            if isinstance(step, Exception):
                raise step
            yield step, PICTURE

    def close(self) -> None:
        pass


def playing(script: Sequence[float | Exception], duration: float | None, *, is_stream: bool) -> VideoSource:
    decoder: Any = Decoder(script, duration)
    return VideoSource(decoder, decoder.name, Playback(realtime=True, hz=5), is_stream=is_stream)


def test_a_damaged_file_ends_where_it_breaks_off_and_is_not_played_again(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A source that is lost would be opened again, for ever."""
    with playing([0.0, SourceLostError("lesson.ts broke off")], 9.0, is_stream=False) as source:
        assert [type(frame) for frame in source.frames()] == [Frame]
    assert caplog.messages == ["lesson.ts broke off: the frames before it were played"]


def test_a_stream_that_breaks_off_is_lost() -> None:
    source = playing([0.0, SourceLostError("lesson.ts broke off")], None, is_stream=True)
    with source, pytest.raises(SourceLostError, match="broke off"):
        list(source.frames())


@pytest.mark.parametrize(("duration", "is_stream"), [(9.0, True), (9.0, False)])
def test_the_time_stamps_of_a_recording_say_when_a_frame_is_due(duration: float, is_stream: bool) -> None:
    begun = time.monotonic()
    with playing([0.0, 0.3], duration, is_stream=is_stream) as source:
        *_, last = source.frames()
    assert last is not None
    assert last.time - begun >= 0.3
    assert time.monotonic() - begun >= 0.3


def test_a_live_stream_sets_its_own_pace() -> None:
    """Its time stamps may jump: here by an hour, which nobody waits for."""
    begun = time.monotonic()
    with playing([0.0, 3600.0], None, is_stream=True) as source:
        *_, last = source.frames()
    assert last is not None
    assert last.time <= time.monotonic() < begun + 60.0
