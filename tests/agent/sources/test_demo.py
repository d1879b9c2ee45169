from __future__ import annotations

import threading
import time
from itertools import islice

import pytest

from agent.classroom.script import ScriptPace
from agent.errors import ConfigError
from agent.sources.base import Source
from agent.sources.demo import DemoSource


def test_it_is_a_source_that_says_what_it_is() -> None:
    with DemoSource(4, size=(640, 360)) as demo:
        source: Source = demo
        assert (source.info.kind, source.info.width, source.info.height) == ("demo", 640, 360)
        assert "4" in source.info.name
        assert source.dropped == 0


def test_frames_come_with_the_truth_of_the_last_one() -> None:
    with DemoSource(5, seed=3, size=(640, 360), fps=60) as demo:
        times = []
        for frame in islice(demo.frames(), 3):
            assert frame is not None
            assert frame.pixels.shape == (360, 640, 3)
            assert demo.scene is not None
            assert [tile.id for tile in demo.truth] == [one.participant.id for one in demo.scene.shown]
            times.append(frame.time)
        assert times == sorted(times)


def test_both_clocks_tell_of_one_moment_also_for_the_first_frame() -> None:
    """Which takes long to draw."""
    with DemoSource(25, size=(1920, 1080), fps=60) as demo:
        apart = time.time() - time.monotonic()
        for frame in islice(demo.frames(), 2):
            assert frame is not None
            assert frame.wall - frame.time == pytest.approx(apart, abs=0.02)


def test_a_frame_handed_out_is_not_drawn_over() -> None:
    with DemoSource(3, size=(320, 180), fps=60, pace=ScriptPace().faster(20)) as demo:
        frames = demo.frames()
        first = next(frames)
        assert first is not None
        kept = first.pixels.copy()
        for _ in range(5):
            next(frames)
        assert (first.pixels == kept).all()


def test_a_slow_reader_gets_the_present_and_no_backlog() -> None:
    now = [100.0]
    with DemoSource(2, size=(320, 180), fps=10, clock=lambda: now[0]) as demo:
        frames = demo.frames()
        first = next(frames)
        now[0] += 30.0
        second = next(frames)
        assert first is not None
        assert second is not None
        assert second.time - first.time == 30.0
        assert demo.scene is not None
        assert demo.scene.time == 30.0


def test_frames_come_no_faster_than_asked() -> None:
    with DemoSource(1, size=(320, 180), fps=20) as demo:
        times = [frame.time for frame in islice(demo.frames(), 4) if frame]
    assert times[-1] - times[0] >= 3 / 20 - 0.005


def test_closing_from_another_thread_ends_the_wait() -> None:
    demo = DemoSource(1, size=(320, 180), fps=0.01)
    frames = demo.frames()
    assert next(frames) is not None
    closer = threading.Timer(0.05, demo.close)
    closer.start()
    began = time.monotonic()
    assert next(frames, None) is None
    # Far less than the hundred seconds to the next frame.
    assert time.monotonic() - began < 50
    closer.join()
    demo.close()


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"participants": 0}, "0"),
        ({"participants": 50}, "50"),
        ({"size": (10, 10)}, "10x10"),
        ({"fps": 0.0}, "0.0"),
        ({"page_size": 60}, "60"),
        ({"style": "webex"}, "webex"),
    ],
)
def test_a_setting_out_of_range_is_named(wrong: dict[str, object], named: str) -> None:
    with pytest.raises(ConfigError, match=named):
        DemoSource(**wrong)  # type: ignore[arg-type]
