from __future__ import annotations

from itertools import combinations

import pytest

from agent.values import Box
from tests.agent.classroom.pages import PAGES
from tests.agent.classroom.variations import SMALLEST, random_gallery, random_page


@pytest.mark.parametrize("seed", range(12))
def test_a_random_gallery_says_the_truth(seed: int) -> None:
    pixels, truth, description = random_gallery(seed)
    frame = Box(0, 0, pixels.shape[1], pixels.shape[0])
    assert description.startswith(f"{len(truth)} tiles")
    assert any(tile.camera_on for tile in truth)
    for tile in truth:
        assert tile.box.intersection(frame) == tile.box.area
        assert tile.box.width >= SMALLEST[0]
        assert tile.box.height >= SMALLEST[1]
        assert (tile.face is None) == (not tile.camera_on)
    assert all(a.box.intersection(b.box) == 0 for a, b in combinations(truth, 2))


def test_a_seed_draws_the_same_again() -> None:
    first, second = random_gallery(7), random_gallery(7)
    assert (first[0] == second[0]).all()
    assert first[1:] == second[1:]


def test_random_pages_go_through_every_kind() -> None:
    kinds = [random_page(seed)[1] for seed in range(len(PAGES))]
    assert kinds == list(PAGES)
