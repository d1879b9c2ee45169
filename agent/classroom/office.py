"""What is shown behind a gallery or instead of it: a desktop and a slide."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.random import Generator

from agent.classroom import charts, chrome
from agent.classroom.canvas import Colour, darker, mix
from agent.classroom.filler_text import title, word
from agent.classroom.photos import photo
from agent.classroom.text import fitted, put_heading, put_text, text_mask
from agent.values import Box, Pixels

Size = tuple[int, int]


def desktop(seed: int, size: Size) -> Pixels:
    """A wallpaper with icons and captions."""
    rng = np.random.default_rng((seed, 21))
    colours: tuple[Colour, ...] = (
        (60, 100, 160),
        (180, 120, 90),
        (70, 120, 100),
        (40, 44, 70),
        (140, 150, 170),
    )
    first, second = colours[int(rng.integers(5))], colours[int(rng.integers(5))]
    part = np.linspace(0, 1, size[1], dtype=np.float32)[:, None, None]
    column = np.array(first, np.float32) * (1 - part) + np.array(second, np.float32) * 1.1 * part
    picture: Pixels = np.clip(np.repeat(column, size[0], axis=1), 0, 255).astype(np.uint8)
    xs = np.linspace(0, size[0], 30)
    for layer in range(3):
        ys = size[1] * (0.55 + 0.15 * layer + 0.08 * np.sin(xs / size[0] * (4 + layer) + rng.uniform(0, 6)))
        hills = np.concatenate([np.stack([xs, ys], 1), [[size[0], size[1]], [0, size[1]]]]).astype(np.int32)
        cv2.fillPoly(
            picture, [hills], darker(mix(first, second, 0.3 * layer), 0.85 - 0.15 * layer), cv2.LINE_AA
        )
    _icons(picture, rng, max(size[1] // 18, 14))
    return picture


def _icons(picture: Pixels, rng: Generator, side: int) -> None:
    step = side * 2
    for index in range(int(rng.integers(4, 22))):
        col, row = divmod(index, max((picture.shape[0] - step) // step, 1))
        x, y = side // 2 + col * step, side // 2 + row * step
        red, green, blue = (int(v) for v in rng.integers(60, 240, 3))
        chrome.rounded(picture, Box(x, y, side, side), (red, green, blue), side // 5)
        caption = fitted(word(rng), max(side // 4, 6), side * 2)
        wide = text_mask(caption, max(side // 4, 6)).shape[1]
        put_text(
            picture,
            caption,
            (x + (side - wide) // 2, y + side + side // 6),
            max(side // 4, 6),
            (245, 245, 245),
        )


def slide(seed: int, size: Size) -> Pixels:
    """A slide: a heading, then text beside a chart, boxes with arrows, or pictures."""
    rng = np.random.default_rng((seed, 25))
    back: Colour = ((255, 255, 255), (250, 246, 238), (28, 40, 66), (240, 244, 250))[int(rng.integers(4))]
    ink: Colour = (240, 240, 240) if sum(back) < 380 else (36, 40, 52)
    picture = chrome.blank(size, back)
    wide, high = size
    accent: Colour = ((200, 80, 60), (50, 110, 180), (60, 140, 100))[int(rng.integers(3))]
    put_heading(picture, title(rng), (wide // 16, high // 12), max(high // 13, 7), ink)
    chrome.fill(picture, Box(wide // 16, high // 5, wide // 6, max(high // 120, 1)), accent)
    kind = int(rng.integers(3))
    left = Box(wide // 16, high // 4, wide * 3 // 8, high * 5 // 8)
    right = Box(wide // 2, high // 4, wide * 7 // 16, high * 5 // 8)
    if kind == 0:
        charts.bullets(picture, left, rng, ink)
        charts.bars(picture, right, rng, (accent, ink))
    elif kind == 1:
        charts.boxes(picture, Box(left.left, left.top, wide * 7 // 8, left.height), rng, accent)
    else:
        charts.bullets(picture, left, rng, ink)
        photo(rng, (right.width, right.height // 2), picture[right.top :, right.left :])
        below = Box(right.left, right.top + right.height * 5 // 9, right.width, right.height * 4 // 9)
        charts.curve_plot(picture, below, rng, (accent, ink))
    return picture
