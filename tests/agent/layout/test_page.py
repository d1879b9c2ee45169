from __future__ import annotations

import cv2
import numpy as np

from agent.layout.lattice import islands
from agent.layout.page import coarse_shaded_pages, shaded_pages
from agent.values import Box, Pixels

TILES = [Box(80 + 300 * col, 60 + 190 * row, 280, 160) for row in range(3) for col in range(3)]


def on_a_shaded_page() -> Pixels:
    """Nine rooms on a page that turns from blue to violet, as JPEG."""
    rng = np.random.default_rng(5)
    corners = np.array([[(50, 60, 155), (130, 90, 185)], [(130, 90, 185), (215, 130, 225)]], np.float32)
    page = cv2.resize(corners, (1024, 640), interpolation=cv2.INTER_LINEAR)
    for box in TILES:
        room = rng.integers(20, 250, (8, 10, 3)).astype(np.float32)
        page[box.top : box.bottom, box.left : box.right] = cv2.resize(room, (box.width, box.height))
    packed = cv2.imencode(".jpg", page.astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, 80])[1]
    return np.asarray(cv2.imdecode(packed, cv2.IMREAD_COLOR), np.uint8)


def test_compression_hides_no_shaded_page() -> None:
    pixels = on_a_shaded_page()
    found = [box for page in coarse_shaded_pages(pixels) for box in islands(page)]
    assert all(any(box.iou(tile) > 0.8 for box in found) for tile in TILES)
    # Without averages it is many pages, each a few steps of its colour.
    assert not any(
        box.iou(tile) >= 0.9 for page in shaded_pages(pixels) for box in islands(page) for tile in TILES
    )
