"""Pages of which only lines are left: tight press pictures of galleries, scaled and compressed."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from agent.layout import find_layout
from agent.layout.hairlines import hairline_pages
from agent.values import Box, Pixels
from tests.agent.layout.measure import matched

WIDTH, HEIGHT = 320, 180


def tiles(cols: int, rows: int, gap: int, colour: int, name: str = "") -> Pixels:
    """Blurred rooms, each with ``name``, ``gap`` pixels of ``colour`` apart and not at all from the edges."""
    rng = np.random.default_rng(cols * rows)
    size = (rows * (HEIGHT + gap) - gap, cols * (WIDTH + gap) - gap, 3)
    page = np.full(size, colour, np.uint8)
    for row in range(rows):
        for col in range(cols):
            top, left = row * (HEIGHT + gap), col * (WIDTH + gap)
            room = rng.integers(70, 190, (4, 5, 3)).astype(np.float32)
            video = cv2.resize(room, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC)
            video += rng.normal(0, 4, (HEIGHT, WIDTH, 3)).astype(np.float32)
            page[top : top + HEIGHT, left : left + WIDTH] = np.clip(video, 50, 210)
            if name:
                end = top + HEIGHT
                page[end - 22 : end, left : left + 90] = 20
                cv2.putText(
                    page, name, (left + 6, end - 6), cv2.FONT_HERSHEY_SIMPLEX, 0.5, (255,) * 3, 1, cv2.LINE_AA
                )
    return page


def published(pixels: Pixels, width: int) -> Pixels:
    """A picture scaled down to ``width`` and compressed as on a website."""
    small = cv2.resize(
        pixels, (width, round(width * len(pixels) / pixels.shape[1])), interpolation=cv2.INTER_AREA
    )
    packed = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, 70])[1]
    return np.asarray(cv2.imdecode(packed, cv2.IMREAD_COLOR), np.uint8)


@pytest.mark.parametrize(("colour", "cols", "rows"), [(20, 3, 3), (250, 4, 4), (0, 5, 5)])
def test_a_tight_picture_of_a_gallery_without_names(colour: int, cols: int, rows: int) -> None:
    pixels = published(tiles(cols, rows, 2, colour), 800)
    across, down = pixels.shape[1] / cols, len(pixels) / rows
    truth = [
        Box(round(col * across), round(row * down), round(across), round(down))
        for row in range(rows)
        for col in range(cols)
    ]
    layout = find_layout(pixels)
    assert matched(layout, truth) == len(truth) == len(layout.slots)


def test_whole_tiles_are_found_where_the_picture_cuts_the_outer_ones() -> None:
    pixels = tiles(5, 4, 2, 10, "Ada Rossi")[100:-100, 190:-190]
    scale = 800 / pixels.shape[1]
    truth = [
        Box(*(round(scale * side) for side in (col * 322 - 190, row * 182 - 100, WIDTH, HEIGHT)))
        for row in (1, 2)
        for col in (1, 2, 3)
    ]
    assert matched(find_layout(published(pixels, 800)), truth) == len(truth)


def test_lines_are_dark_or_light() -> None:
    for colour in (10, 250):
        pages = list(hairline_pages(published(tiles(4, 4, 2, colour), 900)))
        page = max(pages, key=lambda page: float(page[:, 224].mean()))
        assert page[:, 220:230].mean(axis=0).max() > 0.9 < page[122:132].mean(axis=1).max()
        assert page.mean() < 0.1


def test_a_picture_without_long_lines_has_no_such_page() -> None:
    room = np.random.default_rng(1).integers(0, 255, (30, 40, 3), np.uint8)
    assert not list(hairline_pages(np.asarray(cv2.resize(room, (800, 600)), np.uint8)))
    assert not list(hairline_pages(tiles(3, 3, 0, 0)))
