"""Decoding no more of a recording than is wanted of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from agent.sources.base import Playback
from agent.sources.decoding import Video
from agent.sources.media import open_media

RATE, SECONDS = 25, 4


@pytest.fixture
def lesson(tmp_path: Path) -> Path:
    """H.264 with B-frames, each frame a little brighter than the one before."""
    path = tmp_path / "lesson.mp4"
    with av.open(str(path), "w") as container:
        stream: Any = container.add_stream("libx264", rate=RATE)
        stream.width, stream.height, stream.pix_fmt = 128, 96, "yuv420p"
        stream.options = {"preset": "veryfast", "bf": "3", "b-adapt": "0"}
        for index in range(RATE * SECONDS):
            level = np.full((96, 128, 3), 20 + 2 * index, np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(level, format="rgb24")))
        container.mux(stream.encode())
    return path


def decoded(path: Path, wanted: float) -> list[float]:
    with Video(str(path), wanted=wanted) as video:
        return [seconds for seconds, _ in video.frames()]


def test_frames_that_no_other_refers_to_are_left_out_where_few_are_wanted(lesson: Path) -> None:
    everything, few = decoded(lesson, RATE), decoded(lesson, 2)
    assert len(everything) == RATE * SECONDS
    assert len(few) <= 0.8 * len(everything)
    assert set(few) <= set(everything)
    assert few == sorted(few)
    # The last ones come too: what the decoder's threads hold back is asked for at the end.
    assert few[-1] > SECONDS - 0.3


def test_the_frames_wanted_come_when_they_are_due_and_show_what_they_should(lesson: Path) -> None:
    with open_media(str(lesson), Playback(realtime=False, hz=2)) as source:
        frames = [frame for frame in source.frames() if frame is not None]
    assert len(frames) == 2 * SECONDS
    for number, frame in enumerate(frames):
        assert number / 2 <= frame.time + 0.005 <= number / 2 + 0.2
        assert float(frame.pixels.mean()) == pytest.approx(20 + 2 * frame.time * RATE, abs=4)
