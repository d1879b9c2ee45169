"""Screens full of set text: a code editor and a terminal."""

from __future__ import annotations

import numpy as np

from agent.classroom import chrome
from agent.classroom.canvas import Colour, darker, mix
from agent.classroom.filler_text import line, word
from agent.classroom.text import fitted, put_mask, put_text, text_mask
from agent.values import Box, Pixels

Size = tuple[int, int]

CODE_INKS: tuple[Colour, ...] = (
    (197, 134, 192), (220, 220, 170), (156, 220, 254), (206, 145, 120), (106, 153, 85), (212, 212, 212),
)  # fmt: skip


def code(seed: int, size: Size) -> Pixels:
    """A code editor with a file tree, line numbers and a status bar, dark or light."""
    rng = np.random.default_rng((seed, 23))
    dark = rng.random() < 0.7
    back: Colour = (30, 30, 30) if dark else (255, 255, 255)
    picture = chrome.blank(size, back)
    height = max(size[1] // 46, 8)
    step, side = height * 3 // 2, size[0] // 6
    faint = mix(back, (128, 128, 128), 0.7)
    chrome.fill(picture, Box(0, 0, side, size[1]), mix(back, (128, 128, 128), 0.12))
    chrome.fill(picture, Box(0, size[1] - step, size[0], step), (0, 122, 204))
    indent = 0
    for number, y in enumerate(range(step, size[1] - 2 * step, step)):
        name = fitted(f"{word(rng)}.py", height, side - height)
        put_text(picture, name, (height * (1 + number % 3), y), height, faint)
        put_mask(picture, text_mask(str(number + 1), height, mono=True), (side + height, y), faint)
        x = side + height * 4 + indent * height * 2
        for _ in range(int(rng.integers(0, 8))):
            ink = CODE_INKS[int(rng.integers(6))]
            token = text_mask(word(rng), height, mono=True)
            put_mask(picture, token, (x, y), ink if dark else darker(ink, 0.6))
            x += token.shape[1] + height // 2
        indent = int(np.clip(indent + rng.integers(-1, 2), 0, 4))
    return picture


def terminal(seed: int, size: Size) -> Pixels:
    """A dark terminal full of output."""
    rng = np.random.default_rng((seed, 24))
    level = int(rng.integers(0, 30))
    picture = chrome.blank(size, (level, level, level))
    height = max(size[1] // int(rng.integers(32, 50)), 7)
    for y in range(height, size[1] - height, height * 3 // 2):
        typed = rng.random() < 0.2
        text = f"{'$ ' if typed else ''}{line(rng, int(rng.integers(1, 14)))}"
        put_mask(
            picture,
            text_mask(text, height, mono=True),
            (height, y),
            (120, 220, 120) if typed else (204, 204, 204),
        )
    return picture
