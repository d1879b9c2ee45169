"""Grabbing a real screen with mss: what is shown is what is read, and every failure says what to do."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence

import numpy as np
import pytest

from agent.errors import ConfigError, DisplayError, SourceLostError
from agent.sources.screen import ScreenSource
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
    for name, geometry, output in (
        ("left", "960/250x1080/280+0+0", "screen"),
        ("right", "960/250x1080/280+960+0", "none"),
    ):
        subprocess.run(["xrandr", "--setmonitor", name, geometry, output], check=True, timeout=10)
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


def test_a_monitor_that_goes_away_is_lost(desktop: Desktop) -> None:
    subprocess.run(
        ["xrandr", "--setmonitor", "left", "960/250x1080/280+0+0", "screen"], check=True, timeout=10
    )
    with ScreenSource(1) as source:
        frames = source.frames()
        assert next(frames) is not None
        source._screen.monitors[1:] = []
        with pytest.raises(SourceLostError, match="monitor 1 cannot be grabbed"):
            next(frames)
