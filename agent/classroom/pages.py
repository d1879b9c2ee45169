"""Screens without a gallery, drawn by seed: what the layout finder must leave alone."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from numpy.random import Generator

from agent.classroom import charts, chrome
from agent.classroom.brush import Colour, darker, mix
from agent.classroom.face import Look
from agent.classroom.rooms import KINDS, draw_room
from agent.classroom.scene import Shown, random_class
from agent.classroom.text import fitted, put_text, text_mask
from agent.classroom.video import draw_video
from agent.classroom.words import line, title, word
from agent.values import LABELS, Box, Pixels

Size = tuple[int, int]


def desktop(seed: int, size: Size) -> Pixels:
    """A wallpaper with icons and captions."""
    rng = np.random.default_rng((seed, 21))
    colours: tuple[Colour, ...] = ((60, 100, 160), (180, 120, 90), (70, 120, 100), (40, 44, 70), (140, 150, 170))
    first, second = colours[int(rng.integers(5))], colours[int(rng.integers(5))]
    part = np.linspace(0, 1, size[1], dtype=np.float32)[:, None, None]
    column = np.float32(first) * (1 - part) + np.float32(second) * 1.1 * part
    picture: Pixels = np.clip(np.repeat(column, size[0], axis=1), 0, 255).astype(np.uint8)
    xs = np.linspace(0, size[0], 30)
    for layer in range(3):
        ys = size[1] * (0.55 + 0.15 * layer + 0.08 * np.sin(xs / size[0] * (4 + layer) + rng.uniform(0, 6)))
        hills = np.concatenate([np.stack([xs, ys], 1), [[size[0], size[1]], [0, size[1]]]]).astype(np.int32)
        cv2.fillPoly(picture, [hills], darker(mix(first, second, 0.3 * layer), 0.85 - 0.15 * layer), cv2.LINE_AA)
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
        put_text(picture, caption, (x + (side - wide) // 2, y + side + side // 6), max(side // 4, 6), (245, 245, 245))


def spreadsheet(seed: int, size: Size) -> Pixels:
    """A table of numbers with grid lines, headings and a tool bar."""
    rng = np.random.default_rng((seed, 22))
    picture = np.full((size[1], size[0], 3), 255, np.uint8)
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
        chrome.rounded(picture, Box(x, high + high // 2, high, high), darker((150, 170, 200), rng.uniform(0.7, 1.2)), 3)
        put_text(picture, word(rng)[:6], (x - 2, high * 3 - high // 3), max(high * 2 // 5, 6), (90, 92, 96))
    return high * 4


CODE_INKS: tuple[Colour, ...] = ((197, 134, 192), (220, 220, 170), (156, 220, 254), (206, 145, 120), (106, 153, 85), (212, 212, 212))


def code(seed: int, size: Size) -> Pixels:
    """A code editor with a file tree, line numbers and a status bar, dark or light."""
    rng = np.random.default_rng((seed, 23))
    dark = rng.random() < 0.7
    back: Colour = (30, 30, 30) if dark else (255, 255, 255)
    picture: Pixels = np.empty((size[1], size[0], 3), np.uint8)
    picture[:] = back
    height = max(size[1] // 46, 8)
    step, side = height * 3 // 2, size[0] // 6
    chrome.fill(picture, Box(0, 0, side, size[1]), mix(back, (128, 128, 128), 0.12))
    chrome.fill(picture, Box(0, size[1] - step, size[0], step), (0, 122, 204))
    indent = 0
    for number, y in enumerate(range(step, size[1] - 2 * step, step)):
        faint = mix(back, (128, 128, 128), 0.7)
        put_text(picture, fitted(f"{word(rng)}.py", height, side - height), (height * (1 + number % 3), y), height, faint)
        put_text(picture, str(number + 1), (side + height, y), height, faint, mono=True)
        x = side + height * 4 + indent * height * 2
        for _ in range(int(rng.integers(0, 8))):
            ink = CODE_INKS[int(rng.integers(6))]
            x += put_text(picture, word(rng), (x, y), height, ink if dark else darker(ink, 0.6), mono=True) + height // 2
        indent = int(np.clip(indent + rng.integers(-1, 2), 0, 4))
    return picture


def terminal(seed: int, size: Size) -> Pixels:
    """A dark terminal full of output."""
    rng = np.random.default_rng((seed, 24))
    picture: Pixels = np.full((size[1], size[0], 3), int(rng.integers(0, 30)), np.uint8)
    height = max(size[1] // int(rng.integers(32, 50)), 7)
    for y in range(height, size[1] - height, height * 3 // 2):
        green = rng.random() < 0.2
        text = f"{'$ ' if green else ''}{line(rng, int(rng.integers(1, 14)))}"
        put_text(picture, text, (height, y), height, (120, 220, 120) if green else (204, 204, 204), mono=True)
    return picture


def slide(seed: int, size: Size) -> Pixels:
    """A slide: a heading, then text beside a chart, boxes with arrows, or pictures."""
    rng = np.random.default_rng((seed, 25))
    back: Colour = ((255, 255, 255), (250, 246, 238), (28, 40, 66), (240, 244, 250))[int(rng.integers(4))]
    ink: Colour = (240, 240, 240) if sum(back) < 380 else (36, 40, 52)
    picture: Pixels = np.empty((size[1], size[0], 3), np.uint8)
    picture[:] = back
    wide, high = size
    accent: Colour = ((200, 80, 60), (50, 110, 180), (60, 140, 100))[int(rng.integers(3))]
    put_text(picture, title(rng), (wide // 16, high // 12), max(high // 13, 7), ink, bold=True)
    chrome.fill(picture, Box(wide // 16, high // 5, wide // 6, max(high // 120, 1)), accent)
    kind = int(rng.integers(3))
    left = Box(wide // 16, high // 4, wide * 3 // 8, high * 5 // 8)
    right = Box(wide // 2, high // 4, wide * 7 // 16, high * 5 // 8)
    if kind == 0:
        charts.bullets(picture, left, rng, ink)
        charts.bars(picture, right, rng, accent, ink)
    elif kind == 1:
        charts.boxes(picture, Box(left.left, left.top, wide * 7 // 8, left.height), rng, accent)
    else:
        charts.bullets(picture, left, rng, ink)
        photo(rng, (right.width, right.height // 2), picture[right.top :, right.left :])
        charts.curve_plot(picture, Box(right.left, right.top + right.height * 5 // 9, right.width, right.height * 4 // 9), rng, accent, ink)
    return picture


def photo(rng: Generator, size: Size, onto: Pixels | None = None) -> Pixels:
    """A photo of ``size`` (width, height): a portrait, or a room without anybody; pasted on ``onto`` if given."""
    seed = int(rng.integers(1 << 30))
    if rng.random() < 0.55:
        who = random_class(seed % 5000, 1)[0]
        look = Look(((LABELS[int(rng.integers(7))], float(rng.uniform(0.3, 1.0))),))
        picture, _ = draw_video(Shown(who, look=look), size)
    else:
        picture = draw_room(list(KINDS)[seed % len(KINDS)], seed, size)
    if onto is not None:
        Box(0, 0, *size).of(onto)[:] = Box(0, 0, onto.shape[1], onto.shape[0]).of(picture)
    return picture


def _thumbnails(picture: Pixels, area: Box, rng: Generator, card: Size, gap: int, captions: int) -> None:
    """A grid of photos with ``captions`` lines of text under each."""
    height = max(card[1] // 11, 7)
    step = (card[0] + gap, card[1] + gap + height * 3 // 2 * captions)
    for top in range(area.top, area.bottom - step[1], step[1]):
        for left in range(area.left, area.right - card[0], step[0]):
            if rng.random() < 0.06:
                return
            photo(rng, card, picture[top:, left:])
            for row in range(captions):
                text = fitted(line(rng, 2 + 2 * row), height, card[0])
                put_text(picture, text, (left, top + card[1] + 3 + row * height * 5 // 4), height, (70, 74, 80))


def files(seed: int, size: Size) -> Pixels:
    """A file manager with folders at the side and thumbnails of pictures with their names below."""
    rng = np.random.default_rng((seed, 26))
    picture: Pixels = np.full((size[1], size[0], 3), 250, np.uint8)
    unit = max(size[1] // 40, 9)
    chrome.fill(picture, Box(0, 0, size[0], unit * 3), (232, 234, 238))
    put_text(picture, "Pictures  ›  " + title(rng), (size[0] // 5, unit), unit, (60, 62, 66))
    side = size[0] // 6
    chrome.fill(picture, Box(0, unit * 3, side, size[1]), (243, 244, 246))
    for row in range(9):
        y = unit * 5 + row * unit * 2
        chrome.rounded(picture, Box(unit, y, unit, unit), (236, 190, 90), 2)
        put_text(picture, word(rng).title(), (unit * 3, y), unit, (70, 72, 78))
    card = size[0] // int(rng.integers(7, 12))
    shape = (card, card * 3 // 4) if rng.random() < 0.5 else (card, card)
    area = Box(side + unit * 2, unit * 5, size[0] - side - unit * 3, size[1] - unit * 5)
    _thumbnails(picture, area, rng, shape, unit * 2, 1)
    return picture


def web(seed: int, size: Size) -> Pixels:
    """A web page with a photo grid and captions under the photos."""
    rng = np.random.default_rng((seed, 27))
    back = int(rng.choice([255, 246, 24]))
    picture: Pixels = np.full((size[1], size[0], 3), back, np.uint8)
    unit = max(size[1] // 36, 9)
    chrome.fill(picture, Box(0, 0, size[0], unit * 2), (222, 225, 230))
    chrome.rounded(picture, Box(unit * 6, unit // 3, size[0] // 2, unit * 4 // 3), (250, 250, 250), unit // 2)
    put_text(picture, f"https://{word(rng)}.example/{word(rng)}", (unit * 7, unit // 2), unit * 4 // 5, (80, 84, 90))
    put_text(picture, title(rng), (unit * 3, unit * 3), unit * 2, (60, 90, 150), bold=True)
    card = (size[0] - unit * 6) // int(rng.integers(3, 6)) - unit * 2
    shape = (card, int(card * float(rng.choice([0.5625, 0.66, 0.75, 1.0]))))
    area = Box(unit * 3, unit * 7, size[0] - unit * 5, size[1] - unit * 7 + shape[1])
    _thumbnails(picture, area, rng, shape, unit * 2, int(rng.integers(2, 4)))
    return picture


def portrait(seed: int, size: Size) -> Pixels:
    """One big photo of one face, filling the screen or in a viewer."""
    rng = np.random.default_rng((seed, 28))
    picture: Pixels = np.full((size[1], size[0], 3), int(rng.choice([0, 24, 255])), np.uint8)
    who = random_class(int(rng.integers(5000)), 1)[0]
    full = rng.random() < 0.5
    shape = size if full else (int(size[1] * float(rng.uniform(0.6, 1.2))), int(size[1] * 0.84))
    shown, _ = draw_video(Shown(who, look=Look(((LABELS[int(rng.integers(7))], 1.0),))), shape)
    box = Box((size[0] - shape[0]) // 2, (size[1] - shape[1]) // 2, *shape)
    box.of(picture)[:] = shown
    return picture


def document(seed: int, size: Size) -> Pixels:
    """A text on one or two white sheets over grey."""
    rng = np.random.default_rng((seed, 29))
    picture: Pixels = np.full((size[1], size[0], 3), 212, np.uint8)
    unit = max(size[1] // 44, 8)
    top = _ribbon(picture, rng, unit, (43, 87, 154))
    sheets = int(rng.integers(1, 3))
    wide = min(size[0] // sheets - unit * 2, size[1])
    left = (size[0] - sheets * (wide + unit)) // 2
    for sheet in range(sheets):
        page = Box(left + sheet * (wide + unit), top + unit, wide, size[1])
        chrome.fill(picture, page, (255, 255, 255))
        put_text(picture, title(rng), (page.left + unit * 3, page.top + unit * 2), unit * 3 // 2, (30, 32, 36), bold=True)
        for y in range(page.top + unit * 5, size[1], unit * 3 // 2):
            if rng.random() < 0.85:
                words = fitted(line(rng, 16), unit, page.width - unit * 6)
                put_text(picture, words, (page.left + unit * 3, y), unit, (50, 52, 56))
    return picture


def calendar(seed: int, size: Size) -> Pixels:
    """A month or a week of coloured appointments."""
    rng = np.random.default_rng((seed, 30))
    dark = rng.random() < 0.3
    back: Colour = (32, 33, 36) if dark else (255, 255, 255)
    picture: Pixels = np.empty((size[1], size[0], 3), np.uint8)
    picture[:] = back
    unit = max(size[1] // 40, 8)
    ink = mix(back, (128, 128, 128), 0.9)
    put_text(picture, "November", (unit * 2, unit), unit * 2, ink, bold=True)
    rows, cols, top = int(rng.choice([1, 5])), 7, unit * 5
    high, wide = (size[1] - top) // rows, size[0] // cols
    for row in range(rows):
        for col in range(cols):
            cell = Box(col * wide, top + row * high, wide, high)
            cv2.rectangle(picture, (cell.left, cell.top), (cell.right, cell.bottom), mix(back, ink, 0.3), 1)
            put_text(picture, str(row * 7 + col + 1), (cell.left + 4, cell.top + 3), unit, ink)
            for _ in range(int(rng.integers(0, 4 if rows == 5 else 7))):
                colour: Colour = ((66, 133, 244), (51, 182, 121), (244, 181, 30), (213, 0, 80))[int(rng.integers(4))]
                y = cell.top + unit * 2 + int(rng.integers(0, max(high - unit * 3, 1)))
                block = Box(cell.left + 3, y, wide - 6, unit * int(rng.integers(1, 3 if rows == 5 else 8)))
                block = block.clipped(size[0], cell.bottom)
                chrome.rounded(picture, block, colour, 3)
                put_text(picture, fitted(line(rng, 2), unit * 4 // 5, wide - 12), (block.left + 4, block.top + 2), unit * 4 // 5, (255, 255, 255))
    return picture


PAGES: dict[str, Callable[[int, Size], Pixels]] = {
    "desktop": desktop, "spreadsheet": spreadsheet, "code": code, "terminal": terminal, "slide": slide,
    "files": files, "web": web, "portrait": portrait, "document": document, "calendar": calendar,
}  # fmt: skip
"""Every kind of page: a function of seed and size (width, height) that gives RGB uint8 (H, W, 3)."""
