from __future__ import annotations

import numpy as np
import pytest

from agent.classroom.canvas import Canvas, Shade, curve, darker, ellipse, mix, points


def test_a_curve_goes_through_its_anchors_from_end_to_end() -> None:
    anchors = [(0.0, 0.0), (1.0, 2.0), (3.0, 1.0)]
    line = curve(anchors, steps=5)
    for anchor in anchors:
        assert np.abs(line - anchor).sum(axis=1).min() == pytest.approx(0, abs=1e-9)
    assert tuple(line[0]) == anchors[0]
    assert tuple(line[-1]) == anchors[-1]


def test_an_ellipse_keeps_its_radii() -> None:
    shape = ellipse((2.0, 3.0), (1.0, 0.5))
    assert shape.max(axis=0) == pytest.approx([3.0, 3.5])
    assert shape.min(axis=0) == pytest.approx([1.0, 2.5])


def test_colours_stay_in_range() -> None:
    assert darker((200, 10, 0), 2.0) == (255, 20, 0)
    assert mix((0, 0, 0), (100, 200, 50), 0.5) == (50, 100, 25)


def test_a_filled_shape_is_opaque_and_its_rim_keeps_the_colour() -> None:
    canvas = Canvas((40, 40), 10.0, (20.0, 20.0))
    canvas.fill(ellipse((0.0, 0.0), (1.0, 1.0)), (200, 100, 50), extend=True)
    assert canvas.alpha[20, 20] == 255
    assert canvas.alpha[2, 2] == 0
    # A half transparent rim that mixed with black would draw a dark line around every head.
    rim = canvas.rgb[(canvas.alpha > 60) & (canvas.alpha < 200)]
    assert len(rim)
    assert np.abs(rim.astype(int) - (200, 100, 50)).max() <= 2


def test_a_shape_outside_the_canvas_changes_nothing() -> None:
    canvas = Canvas((20, 20), 10.0, (10.0, 10.0))
    canvas.tint(ellipse((9.0, 9.0), (0.5, 0.5)), (255, 0, 0), 1.0)
    shade = Shade(canvas, 0.1)
    shade.blob(ellipse((-9.0, 0.0), (0.5, 0.5)), 0.5)
    shade.apply()
    assert not canvas.rgb.any()


@pytest.mark.parametrize("blur", [0.02, 0.6])
def test_shade_darkens_under_a_stroke_and_leaves_the_far_side(blur: float) -> None:
    canvas = Canvas((80, 80), 10.0, (40.0, 40.0))
    canvas.rgb[:] = 200
    shade = Shade(canvas, blur)
    shade.stroke(points((-3.0, -3.0), (-2.0, -3.0)), -0.5, 0.5)
    shade.apply()
    assert canvas.rgb[10, 15].max() < 200
    assert (canvas.rgb[60:, 60:] == 200).all()
