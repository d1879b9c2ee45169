from __future__ import annotations

import cv2
import numpy as np

from agent.layout.lattice import connected_components
from agent.layout.page import coarse_shaded_pages, page_colours, shade_goes_on, shaded_pages
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
    found = [box for page in coarse_shaded_pages(pixels) for box in connected_components(page)]
    assert all(any(box.iou(tile) > 0.8 for box in found) for tile in TILES)
    # Without averages it is many pages, each a few steps of its colour.
    assert not any(
        box.iou(tile) >= 0.9
        for page in shaded_pages(pixels)
        for box in connected_components(page)
        for tile in TILES
    )


def test_a_shading_goes_on_in_gaps_where_it_was_not_seen() -> None:
    """Between tiles 10 pixels apart the calmed picture of a compressed page loses it here and there."""
    y, x = np.mgrid[0:640, 0:1024] / 1024
    low, high = np.array((90, 40, 190)), np.array((245, 205, 240))
    shade = (low + (x + y)[..., None] / 1.625 * (high - low)).astype(np.uint8)
    gallery, gap = Box(80, 60, 860, 500), Box(505, 60, 10, 500)
    page = np.ones(shade.shape[:2], np.bool_)
    gallery.of(page)[:] = False
    tiles = shade.copy()
    gallery.of(tiles)[:] = (30, 90, 60)
    assert gallery.of(shade_goes_on(tiles, page).view(np.uint8)).mean() < 0.02
    gap.of(tiles)[:] = gap.of(shade)
    found = shade_goes_on(tiles, page)
    assert gap.of(found.view(np.uint8)).mean() > 0.95
    assert found[page].mean() > 0.98


def test_the_shades_of_a_wallpaper_leave_a_turn_for_other_colours() -> None:
    pixels = np.zeros((200, 320, 3), np.uint8)
    # Eight bands, 5 levels apart, and a small window of another colour.
    for band in range(8):
        pixels[25 * band : 25 * band + 25] = 100 + 5 * band
    pixels[20:50, 20:80] = (230, 235, 245)
    found = page_colours(pixels)
    assert (230, 235, 245) in found
    dark = [colour for colour in found if colour[0] < 200]
    assert max(sum(abs(a[0] - b[0]) <= 12 for b in dark) for a in dark) <= 5
    assert len(dark) < 8


def test_a_compressed_page_is_flat_give_or_take_two_levels() -> None:
    # Compression leaves steps of two levels in a page of one colour.
    pixels = np.full((200, 320, 3), (236, 236, 244), np.uint8)
    pixels[(np.indices((200, 320)).sum(axis=0) % 2).astype(bool)] += 2
    assert page_colours(pixels) == []
    (colour,) = page_colours(pixels, levels=2)
    assert max(abs(a - b) for a, b in zip(colour, (237, 237, 245), strict=True)) <= 1


def test_the_gradient_of_a_wallpaper_does_not_hide_the_page_of_a_window() -> None:
    across = np.linspace(0, 1, 1200)[None, :, None]
    pixels = np.repeat(80 + 170 * across * np.array([1.0, 0.9, 0.6]), 600, axis=0).astype(np.uint8)
    pixels[560:596, 300:650] = (26, 26, 26)
    colours = page_colours(pixels)
    # Each band of the gradient is larger than the window's page.
    assert colours.index((26, 26, 26)) >= 12
