"""Pages of HTML and CSS drawn by a real Chromium, and where the tiles in them are."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.random import Generator
from playwright.sync_api import Browser, sync_playwright

from agent.classroom.rooms import KINDS
from agent.classroom.scene import random_class
from agent.classroom.video import draw_video
from agent.values import Box, Pixels
from tests.agent.classroom.variations import random_shown
from tests.browser.conftest import FLAGS
from tests.paths import need_chromium

TILES = """() => [...document.querySelectorAll('.tile')].map(tile => {
    const box = tile.getBoundingClientRect();
    return [box.left, box.top, box.right, box.bottom, tile.dataset.off === '1'];
})"""


@dataclass(frozen=True)
class Markup:
    """A page: its HTML, its size (width, height) in screen pixels, and how many of those are one of CSS."""

    html: str
    size: tuple[int, int]
    ratio: float
    what: str


@dataclass(frozen=True)
class Rendered:
    """A screenshot RGB uint8 (H, W, 3), its tiles in reading order, and which of them are without video."""

    pixels: Pixels
    tiles: tuple[Box, ...]
    camera_off: frozenset[int]
    what: str


@contextmanager
def chromium() -> Iterator[Browser]:
    """A Chromium without a window."""
    program = need_chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()


def render(browser: Browser, markup: Markup) -> Rendered:
    """What Chromium shows of a page; tiles are its elements of the class ``tile``."""
    width, height = (round(side / markup.ratio) for side in markup.size)
    context = browser.new_context(
        viewport={"width": width, "height": height}, device_scale_factor=markup.ratio
    )
    page = context.new_page()
    page.set_content(markup.html)
    packed = np.frombuffer(page.screenshot(), np.uint8)
    found = page.evaluate(TILES)
    context.close()
    opened = cv2.imdecode(packed, cv2.IMREAD_COLOR)
    assert opened is not None
    pixels = np.ascontiguousarray(opened[..., ::-1]).astype(np.uint8)
    seen = Box(0, 0, pixels.shape[1], pixels.shape[0])
    tiles = []
    for *sides, off in found:
        left, top, right, bottom = (round(side * markup.ratio) for side in sides)
        box = Box(left, top, right - left, bottom - top).clipped(seen.width, seen.height)
        tiles.append((box, bool(off)))
    off_tiles = frozenset(index for index, (_, off) in enumerate(tiles) if off)
    return Rendered(pixels, tuple(box for box, _ in tiles), off_tiles, markup.what)


def as_source(pixels: Pixels, quality: int = 80) -> str:
    """A picture RGB uint8 (H, W, 3) as the address of an image, compressed as video is."""
    packed = cv2.imencode(".jpg", pixels[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return "data:image/jpeg;base64," + base64.b64encode(packed.tobytes()).decode()


def people(rng: Generator, count: int, size: tuple[int, int] = (320, 180)) -> list[str]:
    """Addresses of ``count`` drawn people in their rooms, pictures of ``size`` (width, height)."""
    sources = []
    for who in random_class(int(rng.integers(1 << 20)), count):
        shown = random_shown(who, rng)
        shown = replace(shown, participant=replace(shown.participant, room=str(rng.choice(list(KINDS)))))
        sources.append(as_source(draw_video(shown, size)[0], int(rng.integers(60, 90))))
    return sources


def photos(rng: Generator, count: int) -> list[str]:
    """Addresses of ``count`` pictures of things: landscapes, textures, products on white, gradients."""
    return [as_source(_photo(rng), int(rng.integers(70, 95))) for _ in range(count)]


def _photo(rng: Generator) -> Pixels:
    wide, high = ((320, 240), (320, 180), (240, 320), (300, 300))[int(rng.integers(4))]
    kind = int(rng.integers(4))
    if kind == 0:
        base = np.full((high, wide, 3), 250.0)
    else:
        corners = rng.uniform(10, 245, (2 + kind, 2 + kind, 3)).astype(np.float32)
        base = cv2.resize(corners, (wide, high), interpolation=cv2.INTER_CUBIC).astype(np.float64)
    picture = np.clip(base, 0, 255).astype(np.uint8)
    for _ in range(int(rng.integers(1, 9))):
        colour = tuple(float(value) for value in rng.uniform(0, 255, 3))
        centre = int(rng.uniform(0.2, 0.8) * wide), int(rng.uniform(0.2, 0.8) * high)
        axes = int(rng.uniform(0.04, 0.3) * wide), int(rng.uniform(0.04, 0.3) * high)
        cv2.ellipse(picture, centre, axes, float(rng.uniform(0, 180)), 0, 360, colour, -1, cv2.LINE_AA)
    if kind == 0:
        return np.asarray(picture, np.uint8)
    soft = cv2.GaussianBlur(picture, (0, 0), float(rng.uniform(0.6, 5)))
    noise = cv2.resize(rng.normal(0, 12, (high // 2, wide // 2)).astype(np.float32), (wide, high))
    noisy = soft + noise[..., None] * rng.uniform(0, 1.5)
    return np.asarray(np.clip(noisy, 0, 255), np.uint8)
