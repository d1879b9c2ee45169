"""Grabbing a real screen with mss: what is shown is what is read, and every failure says what to do."""

from __future__ import annotations

import sys
import threading
from collections.abc import Sequence
from pathlib import Path

import mss.darwin
import numpy as np
import pytest

from agent.errors import ConfigError, DisplayError, SourceLostError
from agent.sources.screen import COUNT_AGAIN, LOOK_AGAIN, ScreenSource
from agent.values import Box, Pixels
from tests.screen.conftest import Desktop

pytestmark = [
    pytest.mark.screen,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Xvfb is an X server"),
]


def grab(source: ScreenSource) -> Pixels:
    frame = next(source.frames())
    assert frame is not None
    return frame.pixels


def picture(width: int = 1920, height: int = 1080) -> Pixels:
    return np.random.default_rng(1).integers(0, 256, (height, width, 3), np.uint8)


def test_the_screen_is_read_pixel_for_pixel(desktop: Desktop) -> None:
    shown = picture()
    desktop.show(shown)
    with ScreenSource() as source:
        assert (source.info.kind, source.info.width, source.info.height) == ("screen", 1920, 1080)
        np.testing.assert_array_equal(grab(source), shown)


def test_a_region_is_that_part_of_the_monitor(desktop: Desktop) -> None:
    shown = picture()
    desktop.show(shown)
    with ScreenSource(1, region=Box(100, 50, 640, 360)) as source:
        np.testing.assert_array_equal(grab(source), shown[50:410, 100:740])
        assert (source.info.width, source.info.height) == (640, 360)


def test_a_region_outside_the_monitor_is_refused_with_its_size(desktop: Desktop) -> None:
    with pytest.raises(ConfigError, match=r"\[1800, 0, 640, 360\].*1920x1080"):
        ScreenSource(region=Box(1800, 0, 640, 360))


def test_a_monitor_that_is_not_there_is_refused(desktop: Desktop) -> None:
    with pytest.raises(ConfigError, match="source.monitor is 4, but there is only monitor 1"):
        ScreenSource(4)


def test_auto_takes_the_monitor_that_the_chooser_names(desktop: Desktop) -> None:
    desktop.set_monitor("left", 0, 960, "screen")
    desktop.set_monitor("right", 960, 960)
    shown = picture()
    desktop.show(shown)
    seen: list[tuple[int, ...]] = []

    def choose(pictures: Sequence[Pixels]) -> int | None:
        seen.extend(one.shape for one in pictures)
        return 1

    with ScreenSource(choose=choose) as source:
        assert seen == [(1080, 960, 3), (1080, 960, 3)]
        np.testing.assert_array_equal(grab(source), shown[:, 960:])
        assert source.info.name == "monitor 2"


def test_without_a_display_it_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.setenv("XDG_SESSION_TYPE", "tty")
    with pytest.raises(DisplayError, match="no display.*readtheroom demo"):
        ScreenSource()


def test_on_wayland_it_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.setenv("XDG_SESSION_TYPE", "wayland")
    with pytest.raises(DisplayError, match="Wayland.*X11"):
        ScreenSource()


def test_a_display_that_does_not_answer_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", ":987")
    with pytest.raises(DisplayError, match=":987"):
        ScreenSource()


def test_close_is_idempotent_and_ends_the_frames(desktop: Desktop) -> None:
    source = ScreenSource()
    frames = source.frames()
    assert next(frames) is not None
    source.close()
    source.close()
    assert list(frames) == []


class Clock:
    """Stands still until it is told."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_monitor_that_goes_away_is_lost(desktop: Desktop) -> None:
    desktop.set_monitor("left", 0, 960, "screen")
    desktop.set_monitor("right", 960, 960)
    clock = Clock()
    with ScreenSource(2, clock=clock) as source:
        frames = source.frames()
        assert next(frames) is not None
        desktop.remove_monitor("right")
        clock.now += COUNT_AGAIN
        with pytest.raises(SourceLostError, match="monitor 2 went away"):
            next(frames)
    with pytest.raises(ConfigError, match="source.monitor is 2, but there is only monitor 1"):
        ScreenSource(2)


def test_a_monitor_that_changes_size_is_followed(desktop: Desktop) -> None:
    shown = picture()
    desktop.show(shown)
    desktop.set_monitor("only", 0, 960, "screen")
    clock = Clock()
    with ScreenSource(1, clock=clock) as source:
        frames = source.frames()
        assert next(frames) is not None
        assert source.info.width == 960
        desktop.remove_monitor("only")
        clock.now += COUNT_AGAIN
        frame = next(frames)
        assert frame is not None
        np.testing.assert_array_equal(frame.pixels, shown)
        assert (source.info.width, source.info.height) == (1920, 1080)
        assert (source.desktop, source.scale) == (Box(0, 0, 1920, 1080), 1.0)


def test_auto_follows_the_gallery_to_another_monitor(desktop: Desktop) -> None:
    desktop.set_monitor("left", 0, 900, "screen")
    desktop.set_monitor("right", 900, 1020)

    def bright(pictures: Sequence[Pixels]) -> int | None:
        return next((index for index, one in enumerate(pictures) if one.mean() > 200), None)

    desktop.clear(10)
    clock = Clock()
    with ScreenSource(choose=bright, clock=clock) as source:
        frames = source.frames()
        next(frames)
        assert source.info.name == "monitor 1"
        shown = np.full((1080, 1920, 3), 10, np.uint8)
        shown[:, 900:] = 250
        desktop.show(shown)
        next(frames)
        assert source.info.name == "monitor 1", "looked for again too soon"
        clock.now += LOOK_AGAIN
        frame = next(frames)
        assert frame is not None
        assert (source.info.name, frame.width) == ("monitor 2", 1020)
        desktop.clear(10)
        clock.now += LOOK_AGAIN
        next(frames)
        assert source.info.name == "monitor 2", "with no gallery anywhere it stays"


def test_a_display_server_that_dies_is_lost_and_can_be_closed(desktop: Desktop) -> None:
    with ScreenSource() as source:
        frames = source.frames()
        assert next(frames) is not None
        desktop.stop()
        with pytest.raises(SourceLostError, match="monitor 1 cannot be grabbed|no longer answers"):
            next(frames)


def test_a_black_screen_on_wayland_is_a_screen_that_cannot_be_grabbed(
    desktop: Desktop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_SESSION_TYPE", "wayland")
    desktop.clear(0)
    with pytest.raises(DisplayError, match="Wayland.*X11"):
        ScreenSource()
    desktop.clear(40)
    with ScreenSource() as source:
        assert grab(source).max() == 40


def test_closing_from_another_thread_ends_a_wait(desktop: Desktop) -> None:
    source = ScreenSource(hz=0.01)
    frames = source.frames()
    next(frames)
    reader = threading.Thread(target=lambda: next(frames, None))
    reader.start()
    source.close()
    reader.join(timeout=5.0)
    assert not reader.is_alive()


def test_nothing_stays_open(desktop: Desktop) -> None:
    open_files = Path("/proc/self/fd")
    ScreenSource().close()
    before = len(list(open_files.iterdir()))
    clock = Clock()
    for _ in range(3):
        with ScreenSource(clock=clock) as source:
            for frame in source.frames():
                assert frame is not None
                clock.now += COUNT_AGAIN
                if clock.now % 5 == 0:
                    break
        with pytest.raises(ConfigError):
            ScreenSource(9)
    assert len(list(open_files.iterdir())) == before


def test_retina_pictures_are_asked_for_in_physical_pixels() -> None:
    """The flag that mss documents for it must still be there: nothing else here runs on macOS."""
    assert mss.darwin.IMAGE_OPTIONS & mss.darwin.kCGWindowImageNominalResolution
