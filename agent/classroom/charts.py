"""The contents of drawn slides: bullet points, bar charts, curves, boxes with arrows."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.random import Generator

from agent.classroom import chrome
from agent.classroom.canvas import Colour, mix
from agent.classroom.filler_text import line, word
from agent.classroom.text import fitted, put_text
from agent.values import Box, Pixels


def bullets(pixels: Pixels, box: Box, rng: Generator, ink: Colour) -> None:
    """Bullet points."""
    height = max(box.height // 14, 6)
    for row in range(int(rng.integers(3, 7))):
        y = box.top + row * height * 2
        cv2.circle(
            pixels, (box.left + height // 3, y + height * 3 // 5), max(height // 6, 1), ink, -1, cv2.LINE_AA
        )
        put_text(
            pixels, fitted(line(rng, 5), height, box.width - height), (box.left + height, y), height, ink
        )


def bars(pixels: Pixels, box: Box, rng: Generator, colours: tuple[Colour, Colour]) -> None:
    """A bar chart in the first colour with axes in the second."""
    accent, ink = colours
    count = int(rng.integers(4, 9))
    step = box.width // count
    for index in range(count):
        high = int(box.height * float(rng.uniform(0.2, 0.95)))
        bar = Box(box.left + index * step + step // 6, box.bottom - high, step * 2 // 3, high)
        chrome.fill(pixels, bar, mix(accent, (255, 255, 255), 0.15 * (index % 3)))
    cv2.line(pixels, (box.left, box.bottom), (box.right, box.bottom), ink, 1)
    cv2.line(pixels, (box.left, box.top), (box.left, box.bottom), ink, 1)


def curve_plot(pixels: Pixels, box: Box, rng: Generator, colours: tuple[Colour, Colour]) -> None:
    """A line chart in the first colour with axes in the second."""
    accent, ink = colours
    xs = np.linspace(box.left, box.right, 40)
    walk = np.cumsum(rng.normal(0, 1, 40))
    ys = box.top + box.height * (walk.max() - walk) / max(float(np.ptp(walk)), 0.1)
    cv2.polylines(pixels, [np.stack([xs, ys], 1).astype(np.int32)], False, accent, 2, cv2.LINE_AA)
    cv2.line(pixels, (box.left, box.bottom), (box.right, box.bottom), ink, 1)
    cv2.line(pixels, (box.left, box.top), (box.left, box.bottom), ink, 1)


def boxes(pixels: Pixels, box: Box, rng: Generator, accent: Colour) -> None:
    """A grid of labelled boxes joined by arrows: the slide that most resembles a gallery."""
    rows, cols = int(rng.integers(1, 4)), int(rng.integers(2, 5))
    gap = max(box.width // 30, 4)
    wide, high = (box.width - gap * (cols - 1)) // cols, (box.height - gap * (rows - 1)) // rows
    height = max(high // 8, 6)
    for row in range(rows):
        for col in range(cols):
            part = Box(box.left + col * (wide + gap), box.top + row * (high + gap), wide, high)
            chrome.rounded(pixels, part, mix(accent, (255, 255, 255), float(rng.uniform(0, 0.5))), high // 10)
            put_text(
                pixels,
                fitted(word(rng), height, wide),
                (part.left + wide // 4, part.top + high // 3),
                height,
                (255, 255, 255),
            )
            if col + 1 < cols:
                tail, tip = (part.right, part.top + high // 2), (part.right + gap, part.top + high // 2)
                cv2.arrowedLine(pixels, tail, tip, (120, 120, 124), 2, cv2.LINE_AA, tipLength=0.4)
