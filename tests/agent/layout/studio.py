"""The pictures of ``scenes``: people cut, mirrored and lit anew, and before virtual backgrounds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from agent.values import Box, Pixels
from tests.agent.layout.rendering import Rendered, as_source, people, photos
from tests.galleries import real_videos

SCALES = (1.0, 1.0, 1.0, 1.0, 0.5, 0.67, 0.75, 1.25, 1.5)
"""How screenshots are resized before they are sent on."""


def cast(rng: Generator, views: Sequence[Pixels] = ()) -> tuple[list[str], list[str]]:
    """Addresses of people and of photos: real people where the galleries are at hand, drawn ones elsewhere.

    ``views`` are photos RGB uint8 (H, W, 3) of anything; parts of them are taken.
    """
    found = [_without_name(video) for video in real_videos()]
    scenery = [as_source(_part(view, rng), int(rng.integers(70, 92))) for view in views for _ in range(3)]
    if not found:
        return people(rng, 49), scenery or photos(rng, 30)
    filmed = []
    for index in range(56):
        video = _lit(found[index % len(found)], rng)
        if rng.random() < 0.25:
            video = _before_another_wall(video, rng, views)
        filmed.append(as_source(video, int(rng.integers(55, 92))))
    return filmed, scenery or photos(rng, 30)


def finished(page: Rendered, rng: Generator, scale: float | None = None) -> Rendered:
    """A screenshot as it is sent on: now and then resized (by ``scale`` if given), now and then as JPEG."""
    pixels, tiles, what = page.pixels, page.tiles, page.what
    factor = float(rng.choice(SCALES)) if scale is None else scale
    if factor != 1 and pixels.shape[1] * factor <= 2600:
        size = round(pixels.shape[1] * factor), round(pixels.shape[0] * factor)
        how = cv2.INTER_AREA if factor < 1 and rng.random() < 0.5 else cv2.INTER_LINEAR
        pixels = np.asarray(cv2.resize(pixels, size, interpolation=how), np.uint8)
        tiles = tuple(_scaled(box, factor) for box in tiles)
        what += f", x{factor:.2f}"
    if rng.random() < 0.4:
        quality = int(rng.integers(60, 91))
        packed = cv2.imencode(".jpg", pixels[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
        opened = np.asarray(cv2.imdecode(packed, cv2.IMREAD_COLOR), np.uint8)
        pixels, what = np.ascontiguousarray(opened[..., ::-1]), f"{what}, JPEG {quality}"
    return replace(page, pixels=pixels, tiles=tiles, what=what)


def _scaled(box: Box, factor: float) -> Box:
    left, top, right, bottom = (round(side * factor) for side in (box.left, box.top, box.right, box.bottom))
    return Box(left, top, right - left, bottom - top)


def _without_name(video: Pixels) -> Pixels:
    """A tile without its rim and the name at its lower edge."""
    height, width = video.shape[:2]
    return np.ascontiguousarray(
        video[round(0.03 * height) : round(0.87 * height), round(0.03 * width) : round(0.97 * width)]
    )


def _part(view: Pixels, rng: Generator) -> Pixels:
    """A part of a photo, of some usual shape, at most 640 pixels wide."""
    height, width = view.shape[:2]
    shape = float(rng.choice([16 / 9, 4 / 3, 1.5, 1.0, 0.75]))
    wide = min(width, height * shape) * float(rng.uniform(0.4, 1.0))
    left, top = int(rng.uniform(0, width - wide)), int(rng.uniform(0, height - wide / shape))
    cut = view[top : top + int(wide / shape), left : left + int(wide)]
    return np.asarray(cv2.resize(cut, (640, int(640 / shape)), interpolation=cv2.INTER_AREA), np.uint8)


def _lit(video: Pixels, rng: Generator) -> Pixels:
    """A person seen anew: mirrored, nearer, in other light, as noisy as a laptop's camera."""
    height, width = video.shape[:2]
    share = float(rng.uniform(0.72, 1.0))
    left, top = (
        int((1 - share) * width * rng.uniform(0.2, 0.8)),
        int((1 - share) * height * rng.uniform(0, 0.4)),
    )
    cut = video[top : top + int(share * height), left : left + int(share * width)]
    seen = cut[:, ::-1] if rng.random() < 0.5 else cut
    light = float(rng.choice([1.0, 1.0, 0.45, 0.7, 1.35, 1.8])) * rng.uniform(0.92, 1.06, 3)
    noise = rng.normal(0, float(rng.uniform(0, 3)), seen.shape)
    return np.asarray(np.clip(seen * light + noise, 0, 255), np.uint8)


def _before_another_wall(video: Pixels, rng: Generator, views: Sequence[Pixels]) -> Pixels:
    """A virtual background: one colour, white, black, or a photo, around head and shoulders."""
    height, width = video.shape[:2]
    mask: NDArray[np.uint8] = np.zeros((height, width), np.uint8)
    cv2.ellipse(
        mask, (width // 2, int(0.45 * height)), (int(0.17 * width), int(0.4 * height)), 0, 0, 360, 255, -1
    )
    cv2.ellipse(mask, (width // 2, height), (int(0.36 * width), int(0.35 * height)), 0, 0, 360, 255, -1)
    share = cv2.GaussianBlur(mask, (0, 0), width / 200)[..., None] / 255.0
    wall = np.empty((height, width, 3))
    kind = int(rng.integers(4))
    if kind == 3 and views:
        view = _part(views[int(rng.integers(len(views)))], rng)
        wall[:] = cv2.resize(view, (width, height), interpolation=cv2.INTER_AREA)
    else:
        wall[:] = ((255, 255, 255), (8, 8, 10), (46, 110, 170), (210, 214, 220))[kind]
    return np.asarray(video * share + wall * (1 - share), np.uint8)
