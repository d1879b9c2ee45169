from __future__ import annotations

import cv2
import numpy as np
import pytest

from agent.layout.cell_texture import has_margin, lopsided
from agent.values import Box, Pixels

CELL = Box(10, 10, 120, 90)


@pytest.mark.parametrize(
    ("upper", "lower", "captioned"),
    [(0, 0, False), (0, 20, True), (20, 0, True), (12, 12, False), (0, 2, False)],
    ids=["filled", "caption below", "heading above", "video between bars", "a shadow"],
)
def test_page_at_one_end_only_is_a_caption(upper: int, lower: int, captioned: bool) -> None:
    mask = np.ones((120, 140), np.bool_)
    mask[CELL.top + upper : CELL.bottom - lower, CELL.left : CELL.right] = False
    # Letters on the page, two in five of its pixels.
    mask[CELL.bottom - lower : CELL.bottom, CELL.left : CELL.right : 5] = False
    mask[CELL.bottom - lower : CELL.bottom, CELL.left + 1 : CELL.right : 5] = False
    assert lopsided(CELL, mask) is captioned


def chart(size: tuple[int, int] = (160, 120)) -> Pixels:
    """Bars and a title on dark paper."""
    paper = np.full((size[1], size[0], 3), 24, np.uint8)
    for step in range(8):
        cv2.rectangle(paper, (24 + 14 * step, 100 - 9 * step), (32 + 14 * step, 104), (60, 120, 220), -1)
    cv2.putText(paper, "water", (8, 14), cv2.FONT_HERSHEY_PLAIN, 0.8, (200, 200, 200))
    return paper


def test_a_drawing_has_a_flat_margin_and_video_has_none() -> None:
    video = np.random.default_rng(3).integers(90, 140, (120, 160, 3)).astype(np.uint8)
    assert has_margin(chart())
    assert not has_margin(video)
    # Somebody before a flat background reaches the lower edge.
    person = np.full((120, 160, 3), 46, np.uint8)
    cv2.ellipse(person, (80, 120), (50, 50), 0, 0, 360, (200, 160, 140), -1)
    assert not has_margin(person)
