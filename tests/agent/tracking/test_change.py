from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from agent.classroom.face import HeadLook
from agent.classroom.gallery import Gallery
from agent.classroom.scene import Scene, Shown, random_class
from agent.classroom.styles import STYLES, Plan
from agent.tracking.change import changed, cut, flatness, thumbnails
from agent.values import Box, Pixels

MOODS = ("happy", "surprise", "sad", "angry", "fear", "disgust")


def drawn(gallery: Gallery, shown: list[Shown]) -> tuple[Pixels, list[Box]]:
    drawing = gallery.draw(Scene(0.0, tuple(shown)))
    return drawing.pixels, [one.box for one in drawing.truth]


def differ(gallery: Gallery, before: list[Shown], after: list[Shown]) -> list[bool]:
    pixels, boxes = drawn(gallery, before)
    reference = thumbnails(pixels, boxes)
    return [bool(one) for one in changed(thumbnails(drawn(gallery, after)[0], boxes), reference)]


@pytest.mark.parametrize(("count", "size"), [(9, (1280, 720)), (25, (1920, 1080)), (49, (1920, 1080))])
def test_faces_that_take_an_expression_or_move_are_changes_and_others_are_not(
    count: int, size: tuple[int, int]
) -> None:
    gallery = Gallery(Plan(STYLES["zoom"], size))
    class_ = [replace(one, aspect=16 / 9) for one in random_class(2, count)]
    calm = [Shown(one, muted=True) for one in class_]
    moody = [
        replace(one, look=HeadLook(((MOODS[n % 6], 1.0),))) if n % 3 == 0 else one
        for n, one in enumerate(calm)
    ]
    moved = [replace(one, sway=(0.06, 0.03, 1.5)) if n % 3 == 0 else one for n, one in enumerate(calm)]
    wanted = [n % 3 == 0 for n in range(count)]
    assert differ(gallery, calm, moody) == wanted
    assert differ(gallery, calm, moved) == wanted


def test_noise_of_a_camera_is_no_change_at_any_size() -> None:
    rng = np.random.default_rng(5)
    pixels = np.full((1080, 1920, 3), 120, np.uint8)
    for wide, high in ((640, 360), (380, 214), (270, 150), (228, 128), (130, 73)):
        boxes = [Box(left, 9, wide, high) for left in range(0, 1920 - wide, wide + 6)]
        noisy = [
            thumbnails(np.clip(pixels + rng.normal(0, 3, pixels.shape), 0, 255).astype(np.uint8), boxes)
            for _ in range(2)
        ]
        assert not changed(noisy[0], noisy[1]).any()
        assert not cut(noisy[0], noisy[1]).any()


def test_another_picture_is_a_cut_and_a_moving_head_is_not() -> None:
    gallery = Gallery(Plan(STYLES["zoom"], (1280, 720)))
    class_ = random_class(2, 12)
    first = [Shown(one) for one in class_[:6]]
    pixels, boxes = drawn(gallery, first)
    before = thumbnails(pixels, boxes)
    swayed = drawn(gallery, [replace(one, sway=(0.09, 0.04, 3.0)) for one in first])[0]
    assert not cut(thumbnails(swayed, boxes), before).any()
    others = drawn(gallery, [Shown(one) for one in class_[6:]])[0]
    assert cut(thumbnails(others, boxes), before).mean() > 0.8


def test_what_happens_beside_a_tile_does_not_count() -> None:
    for wide, high in ((640, 360), (381, 213), (130, 73)):
        box = Box(101, 57, wide, high)
        pixels = np.full((720, 1280, 3), 250, np.uint8)
        box.of(pixels)[:] = 90
        assert (thumbnails(pixels, [box, Box(3, 5, wide, high)])[0] == 90).all()


def test_cards_are_flat_and_video_is_not() -> None:
    gallery = Gallery(Plan(STYLES["zoom"], (1280, 720)))
    shown = [Shown(one, camera_on=n % 2 == 0) for n, one in enumerate(random_class(4, 16))]
    pixels, boxes = drawn(gallery, shown)
    flat = flatness(thumbnails(pixels, boxes))
    assert flat[1::2].min() >= 0.5
    assert np.median(flat[::2]) < 0.35


def test_boxes_without_pixels_have_black_thumbnails() -> None:
    pixels = np.full((40, 60, 3), 200, np.uint8)
    boxes = [Box(0, 0, 0, 0), Box(100, 100, 20, 20), Box(-30, -30, 31, 31), Box(10, 10, 30, 20)]
    small = thumbnails(pixels, boxes)
    assert small.shape == (4, 18, 32)
    assert small.reshape(4, -1).max(axis=1).tolist() == [0, 0, 200, 200]
    assert thumbnails(pixels, []).shape == (0, 18, 32)
    assert changed(small[:0], small[:0]).shape == cut(small[:0], small[:0]).shape == (0,)
    assert flatness(small[:0]).shape == (0,)
