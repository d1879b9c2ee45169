"""What shows no gallery is searched seldom, and at once where one may have come."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from agent.tracking.layout_watch import LayoutWatch
from agent.tracking.search_scheduler import EVERY, MOST, STILL
from agent.values import Frame, Pixels
from tests.agent.classroom.variations import random_page
from tests.agent.tracking.drawing import Found, draw, frame, people, slots_for

HZ = 5


def looks(found: Found, watch: LayoutWatch, pictures: list[Pixels], start: float = 0.0) -> list[float]:
    """When the pictures, HZ a second, were searched."""
    at = []
    for step, pixels in enumerate(pictures):
        before, time = found.calls, start + step / HZ
        watch.update(Frame(pixels, time, 0.0))
        at += [time] * (found.calls - before)
    return at


def idle() -> tuple[Found, LayoutWatch]:
    """A slow path that finds nothing, and a watch that takes it."""
    found = Found()
    return found, LayoutWatch(found)


def noise(count: int, seed: int = 0) -> list[Pixels]:
    """Another picture each time, as in a film with cuts."""
    random = np.random.default_rng(seed)
    return [random.integers(0, 256, (480, 640, 3), np.uint8) for _ in range(count)]


def test_a_desktop_that_stays_as_it_is_is_hardly_searched_again() -> None:
    pixels, _ = random_page(0)
    clock = pixels.copy()
    clock[-30:-10, -80:-20] = 255
    pictures = [pixels, clock] * (150 * HZ)
    at = looks(*idle(), pictures)
    assert at[0] == 0.0
    assert all(after - before >= STILL for before, after in pairwise(at[1:]))
    assert len(at) <= 2 + 300 / STILL


def test_a_film_is_searched_now_and_then() -> None:
    at = looks(*idle(), noise(120 * HZ))
    assert len(at) <= 1 + MOST + 120 / EVERY
    assert max(after - before for before, after in pairwise(at)) <= EVERY + 1 / HZ


def test_a_gallery_that_comes_on_a_still_screen_is_found_at_once() -> None:
    found, watch = idle()
    seen = people()
    looks(found, watch, [np.full_like(draw(seen), 90)] * (40 * HZ))
    found.slots = slots_for(9)
    assert watch.update(frame(seen, 40.0)).slots == slots_for(9)


def test_a_small_gallery_that_comes_on_a_still_screen_is_found_soon() -> None:
    """It changes too little of the screen to be another picture."""
    found, watch = idle()
    desktop = np.full((1080, 1920, 3), 90, np.uint8)
    looks(found, watch, [desktop] * (40 * HZ))
    small = draw(people())[:300, :400]
    desktop = desktop.copy()
    desktop[:300, :400] = small
    found.slots = slots_for(9)
    assert looks(found, watch, [desktop] * HZ, 40.0)
    assert watch.layout.slots == slots_for(9)


def test_after_a_film_a_gallery_is_found_when_its_turn_comes() -> None:
    found, watch = idle()
    seen = people()
    height, width = draw(seen).shape[:2]
    looks(found, watch, [film[:height, :width] for film in noise(30 * HZ)])
    found.slots = slots_for(9)
    for step in range(round(EVERY * HZ) + 1):
        layout = watch.update(frame(seen, 30.0 + step / HZ))
    assert layout.slots == slots_for(9)


def test_the_gallery_that_a_film_hid_is_found_at_once() -> None:
    seen = people()
    found = Found(slots_for(9))
    watch = LayoutWatch(found)
    for step in range(10):
        watch.update(frame(seen, step / HZ))
    found.slots = ()
    height, width = draw(seen).shape[:2]
    looks(found, watch, [film[:height, :width] for film in noise(30 * HZ)], 2.0)
    assert watch.layout.slots == ()
    found.slots = slots_for(9)
    watch.update(frame(seen, 32.0))
    assert watch.update(frame(seen, 32.2)).slots == slots_for(9)


def test_a_recording_that_begins_again_is_searched_as_before() -> None:
    found, watch = idle()
    looks(found, watch, noise(30 * HZ))
    assert looks(found, watch, noise(30 * HZ, seed=1))
