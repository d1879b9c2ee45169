"""Screens of everyday work without a gallery: spreadsheet, document and calendar."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.random import Generator

from agent.classroom import chrome
from agent.classroom.canvas import Colour, darker, mix
from agent.classroom.filler_text import line, title, word
from agent.classroom.text import fitted, put_heading, put_text
from agent.values import Box, Pixels

Size = tuple[int, int]


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
