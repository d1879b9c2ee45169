from __future__ import annotations

import numpy as np
import pytest

from tests.agent.classroom.pages import PAGES


@pytest.mark.parametrize("kind", list(PAGES))
@pytest.mark.parametrize("size", [(1280, 720), (320, 240)])
def test_a_page_fills_its_size_and_follows_its_seed(kind: str, size: tuple[int, int]) -> None:
    page = PAGES[kind](3, size)
    assert page.shape == (size[1], size[0], 3)
    assert page.dtype == np.uint8
    assert page.std() > 3
    assert (page == PAGES[kind](3, size)).all()
    assert any((page != PAGES[kind](seed, size)).any() for seed in (4, 5))
