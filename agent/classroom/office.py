"""Screens of everyday work without a gallery: desktop, spreadsheet, document, calendar and slide."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.random import Generator

from agent.classroom import charts, chrome
from agent.classroom.brush import Colour, darker, mix
from agent.classroom.photos import photo
from agent.classroom.text import fitted, put_heading, put_text, text_mask
from agent.classroom.words import line, title, word
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


def spreadsheet(seed: int, size: Size) -> Pixels:
    """A table of numbers with grid lines, headings and a tool bar."""
    rng = np.random.default_rng((seed, 22))
    picture = chrome.blank(size, (255, 255, 255))
    high, wide = max(size[1] // int(rng.integers(26, 40)), 10), max(size[0] // int(rng.integers(9, 16)), 24)
    top = _ribbon(picture, rng, high, (33, 115, 70))
    ink, size_px = (40, 42, 46), max(high * 3 // 5, 6)
    filled = rng.random((60, 20)) < 0.6
    for row, y in enumerate(range(top, size[1], high)):
        for col, x in enumerate(range(wide // 3, size[0], wide)):
            heading = row == 0
            cell = Box(x, y, wide, high)
            if heading or rng.random() < 0.03:
                chrome.fill(picture, cell, (232, 234, 237) if heading else (255, 236, 160))
            if heading:
                put_text(picture, "ABCDEFGHIJKLMNOPQRST"[col % 20], (x + wide // 2, y + 1), size_px, ink)
            elif filled[row % 60, col % 20]:
                value = f"{rng.uniform(0, 2000):.2f}" if col else word(rng)
                put_text(picture, fitted(value, size_px, wide - 6), (x + 3, y + 1), size_px, ink)
    picture[top::high] = (212, 214, 218)
    picture[top:, wide // 3 :: wide] = (212, 214, 218)
    return picture


def _ribbon(picture: Pixels, rng: Generator, high: int, accent: Colour) -> int:
    """A program's tool bar along the top; returns where the content starts."""
    width = picture.shape[1]
    chrome.fill(picture, Box(0, 0, width, high), accent)
    put_text(picture, title(rng), (width // 3, high // 6), max(high * 3 // 5, 6), (250, 250, 250))
    chrome.fill(picture, Box(0, high, width, high * 3), (243, 243, 244))
    for index in range(14):
        x = high + index * high * 5 // 2
        chrome.rounded(
            picture, Box(x, high + high // 2, high, high), darker((150, 170, 200), rng.uniform(0.7, 1.2)), 3
        )
        put_text(picture, word(rng)[:6], (x - 2, high * 3 - high // 3), max(high * 2 // 5, 6), (90, 92, 96))
    return high * 4


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


def document(seed: int, size: Size) -> Pixels:
    """A text on one or two white sheets over grey."""
    rng = np.random.default_rng((seed, 29))
    picture = chrome.blank(size, (212, 212, 212))
    unit = max(size[1] // 44, 8)
    top = _ribbon(picture, rng, unit, (43, 87, 154))
    sheets = int(rng.integers(1, 3))
    wide = min(size[0] // sheets - unit * 2, size[1])
    left = (size[0] - sheets * (wide + unit)) // 2
    for sheet in range(sheets):
        page = Box(left + sheet * (wide + unit), top + unit, wide, size[1])
        chrome.fill(picture, page, (255, 255, 255))
        at = page.left + unit * 3, page.top + unit * 2
        put_heading(picture, title(rng), at, unit * 3 // 2, (30, 32, 36))
        for y in range(page.top + unit * 5, size[1], unit * 3 // 2):
            if rng.random() < 0.85:
                words = fitted(line(rng, 16), unit, page.width - unit * 6)
                put_text(picture, words, (page.left + unit * 3, y), unit, (50, 52, 56))
    return picture


APPOINTMENTS: tuple[Colour, ...] = ((66, 133, 244), (51, 182, 121), (244, 181, 30), (213, 0, 80))


def calendar(seed: int, size: Size) -> Pixels:
    """A month or a week of coloured appointments."""
    rng = np.random.default_rng((seed, 30))
    back: Colour = (32, 33, 36) if rng.random() < 0.3 else (255, 255, 255)
    picture = chrome.blank(size, back)
    unit = max(size[1] // 40, 8)
    ink = mix(back, (128, 128, 128), 0.9)
    put_heading(picture, "November", (unit * 2, unit), unit * 2, ink)
    rows, cols, top = int(rng.choice([1, 5])), 7, unit * 5
    high, wide = (size[1] - top) // rows, size[0] // cols
    for day in range(rows * cols):
        cell = Box(day % cols * wide, top + day // cols * high, wide, high)
        cv2.rectangle(picture, (cell.left, cell.top), (cell.right, cell.bottom), mix(back, ink, 0.3), 1)
        put_text(picture, str(day + 1), (cell.left + 4, cell.top + 3), unit, ink)
        for _ in range(int(rng.integers(0, 4 if rows == 5 else 7))):
            _appointment(picture, cell, rng, unit)
    return picture


def _appointment(picture: Pixels, day: Box, rng: Generator, unit: int) -> None:
    longest = 3 if day.height < unit * 12 else 8
    top = day.top + unit * 2 + int(rng.integers(0, max(day.height - unit * 3, 1)))
    block = Box(day.left + 3, top, day.width - 6, unit * int(rng.integers(1, longest)))
    block = block.clipped(picture.shape[1], day.bottom)
    chrome.rounded(picture, block, APPOINTMENTS[int(rng.integers(4))], 3)
    height = unit * 4 // 5
    text = fitted(line(rng, 2), height, day.width - 12)
    put_text(picture, text, (block.left + 4, block.top + 2), height, (255, 255, 255))
