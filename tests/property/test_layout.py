"""The layout finder on pictures of any content and size."""

from __future__ import annotations

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st

from agent.layout import find_layout
from agent.values import Box, Layout, Pixels
from tests.agent.layout.measure import matched


def check(layout: Layout, pixels: Pixels) -> None:
    """What holds of every layout."""
    assert (layout.width, layout.height) == (pixels.shape[1], pixels.shape[0])
    for index, slot in enumerate(layout.slots):
        assert slot.box.area
        for box in (slot.box, slot.video):
            assert box.clipped(layout.width, layout.height) == box
        assert slot.box.intersection(slot.video) == slot.video.area
        assert not any(slot.box.intersection(other.box) for other in layout.slots[:index])
    places = [(slot.row, slot.col) for slot in layout.slots]
    assert places == sorted(set(places))


@st.composite
def pictures(draw: st.DrawFn) -> Pixels:
    """Noise, or rectangles of noise and of flat colours on a flat page."""
    height, width = draw(st.integers(1, 200)), draw(st.integers(1, 260))
    rng = np.random.default_rng(draw(st.integers(0, 1 << 20)))
    pixels = rng.integers(0, 256, (height, width, 3)).astype(np.uint8)
    if draw(st.booleans()):
        pixels[:] = rng.integers(0, 256, 3)
        for _ in range(draw(st.integers(0, 12))):
            top, left = int(rng.integers(height)), int(rng.integers(width))
            part = pixels[top : top + int(rng.integers(1, 90)), left : left + int(rng.integers(1, 130))]
            part[:] = rng.integers(0, 256, part.shape if rng.random() < 0.6 else 3)
    return pixels


@given(pictures())
@settings(max_examples=60, deadline=None)
def test_any_picture_gives_a_sound_layout(pixels: Pixels) -> None:
    check(find_layout(pixels), pixels)


def textured(rng: np.random.Generator, height: int, width: int) -> Pixels:
    """Something like a camera's picture: light from one side, a dark figure and noise."""
    ys, xs = np.mgrid[0:height, 0:width].astype(np.float32)
    light = 120 + 90 * xs / width * rng.choice([-1.0, 1.0]) - 30 * ys / height
    figure = ((xs / width - 0.5) / 0.2) ** 2 + ((ys / height - 0.7) / 0.5) ** 2 < 1
    grey = np.where(figure, light * 0.5, light) + rng.normal(0, 4, (height, width))
    coloured = np.clip(grey[..., None] * rng.uniform(0.7, 1.0, 3), 0, 255)
    return np.asarray(coloured, np.uint8)


@given(
    shape=st.tuples(st.integers(2, 4), st.integers(2, 5)), gap=st.sampled_from([2, 4, 8, 12]),
    page=st.integers(10, 250), corner=st.tuples(st.integers(0, 60), st.integers(0, 60)),
    seed=st.integers(0, 1 << 20),
)  # fmt: skip
@example(shape=(2, 2), gap=8, page=10, corner=(0, 0), seed=0)
@settings(max_examples=25, deadline=None)
def test_a_lattice_is_found_wherever_it_stands(
    shape: tuple[int, int], gap: int, page: int, corner: tuple[int, int], seed: int
) -> None:
    rng = np.random.default_rng(seed)
    (rows, cols), (left, top) = shape, corner
    wide, high = 128, 72
    pixels: Pixels = np.full(
        (top + rows * (high + gap) + 40, left + cols * (wide + gap) + 40, 3), page, np.uint8
    )
    truth = []
    for row in range(rows):
        for col in range(cols):
            box = Box(left + 8 + col * (wide + gap), top + 8 + row * (high + gap), wide, high)
            box.of(pixels)[:] = textured(rng, high, wide)
            truth.append(box)
    layout = find_layout(pixels)
    check(layout, pixels)
    assert matched(layout, truth) == len(truth) == len(layout.slots)
