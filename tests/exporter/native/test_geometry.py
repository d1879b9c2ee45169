"""Frame pixels, the desktop's units, logical pixels: on one monitor, on two, scaled, left of the first."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.native.geometry import FrameMap, Monitor, Rect, monitor_of

PLAIN = Monitor(Rect(0, 0, 1920, 1080))
SCALED = Monitor(Rect(1920, 0, 1920, 1080), 2.0)
LEFT = Monitor(Rect(-1280, 0, 1280, 720), 1.5)


@pytest.mark.parametrize(
    ("place", "monitor"),
    [
        (Rect(0, 0, 1920, 1080), PLAIN),
        (Rect(1920, 0, 3840, 2160), SCALED),
        (Rect(-1280, 0, 1920, 1080), LEFT),
        (Rect(-1280, 0, 1200, 700), LEFT),
    ],
)
def test_a_frame_is_found_on_the_monitor_that_holds_most_of_it(place: Rect, monitor: Monitor) -> None:
    assert monitor_of(place, [PLAIN, SCALED, LEFT]) in {monitor, PLAIN if place.left < 0 else monitor}


def test_a_tile_on_a_scaled_monitor_lies_at_half_its_pixels() -> None:
    frame = FrameMap.of((3840, 2160), Rect(1920, 0, 3840, 2160), [PLAIN, SCALED])
    assert frame is not None
    assert frame.window == Rect(1920, 0, 1920, 1080)
    assert frame.to_window((1000, 500, 200, 100)) == Rect(500, 250, 100, 50)


def test_a_region_of_a_retina_screen_is_given_in_points() -> None:
    # The frame has the screen's pixels, its place has points, and so has Qt.
    frame = FrameMap.of((800, 600), Rect(100, 50, 400, 300), [Monitor(Rect(0, 0, 1440, 900))])
    assert frame is not None
    assert frame.window == Rect(100, 50, 400, 300)
    assert frame.to_window((80, 60, 8, 6)) == Rect(40, 30, 4, 3)


def test_without_a_monitor_or_a_frame_there_is_nowhere_to_draw() -> None:
    assert FrameMap.of((10, 10), Rect(0, 0, 10, 10), []) is None
    assert FrameMap.of((10, 10), Rect(9000, 0, 10, 10), [PLAIN]) is None
    assert FrameMap.of((0, 0), Rect(0, 0, 10, 10), [PLAIN]) is None


@given(
    st.tuples(st.integers(0, 1800), st.integers(0, 1000), st.integers(1, 100), st.integers(1, 60)),
    st.sampled_from([1.0, 1.25, 1.5, 2.0]),
)
def test_a_box_comes_back_whole_within_a_pixel(box: tuple[int, int, int, int], scale: float) -> None:
    monitor = Monitor(Rect(0, 0, 1920 / scale, 1080 / scale), scale)
    frame = FrameMap.of((1920, 1080), Rect(0, 0, 1920, 1080), [monitor])
    assert frame is not None
    back = frame.to_frame(frame.to_window(box))
    assert back is not None
    assert back[0] <= box[0]
    assert back[1] <= box[1]
    assert all(0 <= got - true <= 2 for got, true in zip(back[2:], box[2:], strict=True))


def test_what_lies_outside_the_frame_covers_nothing_of_it() -> None:
    frame = FrameMap.of((100, 100), Rect(0, 0, 100, 100), [PLAIN])
    assert frame is not None
    assert frame.to_frame(Rect(200, 200, 10, 10)) is None
    assert frame.to_frame(Rect(90, 90, 50, 50)) == (90, 90, 10, 10)
