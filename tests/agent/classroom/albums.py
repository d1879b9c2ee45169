"""Screens that show photos, also of faces, but no gallery: a file manager, a web page, one big portrait."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from agent.classroom import chrome
from agent.classroom.canvas import Colour
from agent.classroom.face import HeadLook
from agent.classroom.filler_text import line, title, word
from agent.classroom.photos import photo
from agent.classroom.scene import Shown, random_class
from agent.classroom.text import fitted, put_heading, put_text
from agent.classroom.video import draw_video
from agent.values import LABELS, Box, Pixels

Size = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Cards:
    """A grid of photos of ``size`` (width, height), ``gap`` pixels apart, with lines of text under each."""

    size: Size
    gap: int
    captions: int
    ink: Colour


def _thumbnails(picture: Pixels, area: Box, rng: Generator, cards: Cards) -> None:
    """Fill an area with photos; now and then the last row is short."""
    (wide, high), height = cards.size, max(cards.size[1] // 11, 7)
    step = (wide + cards.gap, high + cards.gap + height * 3 // 2 * cards.captions)
    for top in range(area.top, area.bottom - step[1], step[1]):
        for left in range(area.left, area.right - wide, step[0]):
            if rng.random() < 0.03:
                return
            photo(rng, cards.size, picture[top:, left:])
            for row in range(cards.captions):
                text = fitted(line(rng, 2 + 2 * row), height, wide)
                put_text(picture, text, (left, top + high + 3 + row * height * 5 // 4), height, cards.ink)


def files(seed: int, size: Size) -> Pixels:
    """A file manager with folders at the side and thumbnails of pictures with their names below."""
    rng = np.random.default_rng((seed, 26))
    picture = chrome.blank(size, (250, 250, 250))
    unit = max(size[1] // 40, 9)
    chrome.fill(picture, Box(0, 0, size[0], unit * 3), (232, 234, 238))
    put_text(picture, "Pictures / " + title(rng), (size[0] // 5, unit), unit, (60, 62, 66))
    side = size[0] // 6
    chrome.fill(picture, Box(0, unit * 3, side, size[1]), (243, 244, 246))
    for row in range(9):
        y = unit * 5 + row * unit * 2
        chrome.rounded(picture, Box(unit, y, unit, unit), (236, 190, 90), 2)
        put_text(picture, word(rng).title(), (unit * 3, y), unit, (70, 72, 78))
    card = size[0] // int(rng.integers(7, 12))
    shape = (card, card * 3 // 4) if rng.random() < 0.5 else (card, card)
    area = Box(side + unit * 2, unit * 5, size[0] - side - unit * 3, size[1] - unit * 5)
    _thumbnails(picture, area, rng, Cards(shape, unit * 2, 1, (70, 74, 80)))
    return picture


def web(seed: int, size: Size) -> Pixels:
    """A web page with a photo grid and captions under the photos."""
    rng = np.random.default_rng((seed, 27))
    back = int(rng.choice([255, 246, 24]))
    picture = chrome.blank(size, (back, back, back))
    ink: Colour = (70, 74, 80) if back > 99 else (190, 192, 196)
    unit = max(size[1] // 36, 9)
    chrome.fill(picture, Box(0, 0, size[0], unit * 2), (222, 225, 230))
    chrome.rounded(picture, Box(unit * 6, unit // 3, size[0] // 2, unit * 4 // 3), (250, 250, 250), unit // 2)
    put_text(
        picture,
        f"https://{word(rng)}.example/{word(rng)}",
        (unit * 7, unit // 2),
        unit * 4 // 5,
        (80, 84, 90),
    )
    put_heading(picture, title(rng), (unit * 3, unit * 3), unit * 2, (90, 120, 180))
    card = (size[0] - unit * 6) // int(rng.integers(3, 6)) - unit * 2
    shape = (card, int(card * float(rng.choice([0.5625, 0.66, 0.75, 1.0]))))
    area = Box(unit * 3, unit * 7, size[0] - unit * 5, size[1] - unit * 7 + shape[1])
    _thumbnails(picture, area, rng, Cards(shape, unit * 2, int(rng.integers(2, 4)), ink))
    return picture


def portrait(seed: int, size: Size) -> Pixels:
    """One big photo of one face, filling the screen or in a viewer."""
    rng = np.random.default_rng((seed, 28))
    level = int(rng.choice([0, 24, 255]))
    picture = chrome.blank(size, (level, level, level))
    who = random_class(int(rng.integers(5000)), 1)[0]
    full = rng.random() < 0.5
    shape = size if full else (int(size[1] * float(rng.uniform(0.6, 1.2))), int(size[1] * 0.84))
    shown, _ = draw_video(Shown(who, look=HeadLook(((LABELS[int(rng.integers(7))], 1.0),))), shape)
    box = Box((size[0] - shape[0]) // 2, (size[1] - shape[1]) // 2, *shape)
    box.of(picture)[:] = shown
    return picture
