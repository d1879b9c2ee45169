"""Gallery pages that the drawn class does not have: widths mixed, very wide, Jitsi's, and stages."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from agent.classroom.office import slide
from agent.classroom.scene import Shown, random_class
from agent.classroom.styles import STYLES, Plan, Style
from agent.classroom.tile import draw_tile
from agent.values import Box, Pixels
from tests.agent.classroom.offices import calendar, document, spreadsheet
from tests.agent.classroom.variations import random_shown

SHAPES = (16 / 9, 16 / 9, 4 / 3, 1.0, 3 / 4, 9 / 16)
"""Width over height of the tiles that Meet mixes: laptops, tablets, phones held upright."""
JITSI = replace(STYLES["meet"], name="jitsi", page=(4, 4, 4), off=((41, 41, 41),), gap=6, radius=4, margin=10)


def mixed_widths(seed: int, size: tuple[int, int] = (1280, 720)) -> tuple[Pixels, list[Box]]:
    """A Meet page, RGB uint8 (H, W, 3), with rows of tiles of one height and several widths; their boxes."""
    rng = np.random.default_rng((seed, 91))
    style = STYLES[str(rng.choice(["meet", "meet-light"]))]
    plan = Plan(style, size, title=False)
    rows, gap = int(rng.integers(2, 4)), plan.px(style.gap)
    room = size[1] - plan.px(70)
    high = (room - (rows + 1) * gap) // rows
    boxes: list[Box] = []
    for row in range(rows):
        widths = [round(high * float(rng.choice(SHAPES))) for _ in range(int(rng.integers(2, 6)))]
        while sum(widths) + (len(widths) + 1) * gap > size[0]:
            widths.pop()
        left = (size[0] - sum(widths) - (len(widths) - 1) * gap) // 2
        for width in widths:
            boxes.append(Box(left, gap + row * (high + gap), width, high))
            left += width + gap
    return _drawn(boxes, plan, rng), boxes


def jitsi(seed: int, size: tuple[int, int] = (1280, 720)) -> tuple[Pixels, list[Box]]:
    """Jitsi's tile view, RGB uint8 (H, W, 3): 16:9 or square tiles, a tool bar below; the tiles' boxes."""
    rng = np.random.default_rng((seed, 92))
    plan = Plan(JITSI, size, title=False)
    aspect = float(rng.choice([16 / 9, 1.0]))
    cols, rows = ((2, 2), (3, 2), (3, 3), (4, 3), (5, 4))[int(rng.integers(5))]
    gap, room = plan.px(JITSI.gap), size[1] - plan.px(80)
    wide = int(min((size[0] - (cols + 1) * gap) / cols, (room - (rows + 1) * gap) / rows * aspect))
    high = int(wide / aspect)
    left, top = (size[0] - cols * (wide + gap)) // 2, (room - rows * (high + gap)) // 2
    places = [(row, col) for row in range(rows) for col in range(cols)]
    boxes = [Box(left + col * (wide + gap), top + row * (high + gap), wide, high) for row, col in places]
    return _drawn(boxes, plan, rng), boxes


def stretched(
    seed: int, aspect: float = 2.2, size: tuple[int, int] = (1600, 800)
) -> tuple[Pixels, list[Box]]:
    """A Teams page, RGB uint8 (H, W, 3), with tiles that fill a wide window, ``aspect`` as wide as high."""
    rng = np.random.default_rng((seed, 93))
    plan = Plan(STYLES["teams"], size, title=False)
    gap, columns = 2, int(rng.integers(3, 6))
    wide = (size[0] - (columns + 1) * gap) // columns
    high = round(wide / aspect)
    places = [
        (row, col) for row in range((size[1] - 40) // (high + gap) - (columns > 3)) for col in range(columns)
    ]
    boxes = [Box(gap + col * (wide + gap), 40 + row * (high + gap), wide, high) for row, col in places]
    return _drawn(boxes, plan, rng), boxes


def filled(
    seed: int, counts: tuple[int, ...], gap: int = 6, size: tuple[int, int] = (1600, 900)
) -> tuple[Pixels, list[Box]]:
    """A Teams page, RGB uint8 (H, W, 3), with so many tiles in its rows, each row as wide as the window."""
    rng = np.random.default_rng((seed, 96))
    plan = Plan(STYLES["teams"], size, title=False)
    margin, high = 16, (size[1] - 140) // len(counts) - gap
    boxes: list[Box] = []
    for row, count in enumerate(counts):
        wide = (size[0] - 2 * margin - (count - 1) * gap) // count
        boxes += [
            Box(margin + col * (wide + gap), 30 + row * (high + gap), wide, high) for col in range(count)
        ]
    return _drawn(boxes, plan, rng), boxes


def staged(
    seed: int, where: str, shared: bool, size: tuple[int, int] = (1600, 900), shape: float = 16 / 9
) -> tuple[Pixels, list[Box]]:
    """A strip of tiles ``where`` (above, below, left or right of) somebody's large tile or a shared screen.

    RGB uint8 (H, W, 3), and the boxes of the tiles, the large one last.
    """
    rng = np.random.default_rng((seed, 94))
    plan = Plan(STYLES[("zoom", "teams", "meet")[seed % 3]], size, title=False)
    count, wide, high = int(rng.integers(2, 6)), 208, 117
    level = where in {"above", "below"}
    room = (size[0] - 40, size[1] - high - 120) if level else (size[0] - wide - 60, size[1] - 110)
    large = min(room[0], int(room[1] * shape)), min(room[1], int(room[0] / shape))
    left, top = (size[0] - large[0]) // 2, 20
    strip = Box((size[0] - count * (wide + 8)) // 2, 20, wide, high)
    if level:
        top = strip.bottom + 14 if where == "above" else 20
        strip = strip if where == "above" else strip.shifted(0, large[1] + 14)
    else:
        left = wide + 40 if where == "left" else 20
        strip = Box(20 if where == "left" else left + large[0] + 14, 60, wide, high)
    boxes = [strip.shifted(*((k * (wide + 8), 0) if level else (0, k * (high + 8)))) for k in range(count)]
    stage = Box(left, top, *large)
    picture = _drawn([*boxes, stage], plan, rng)
    if shared:
        draw = (slide, document, spreadsheet, calendar)[seed % 4]
        stage.of(picture)[:] = draw(seed, large)
    return picture, [*boxes, stage]


def call(seed: int, boxes: list[Box], size: tuple[int, int] = (1280, 720), *, on: bool = True) -> Pixels:
    """A Meet page, RGB uint8 (H, W, 3), with tiles in these boxes, the last ones on top, and its controls.

    ``on``: all cameras are on; otherwise all are off.
    """
    return _drawn(
        boxes, Plan(STYLES["meet"], size, title=False), np.random.default_rng((seed, 95)), cameras=on
    )


def flush_window(seed: int, rows: int, cols: int, gap: int) -> tuple[Pixels, list[Box]]:
    """A window on a shaded desktop, RGB uint8 (900, 1600, 3), whose tiles touch its bars; the tiles' boxes.

    Page shows only in the gaps and as a margin at the left and right.
    """
    rng = np.random.default_rng((seed, 93))
    plan = Plan(STYLES["zoom"], (1600, 900), title=False)
    high = (640 - (rows - 1) * gap) // rows
    wide = round(high * 16 / 9)
    width, height = cols * (wide + gap) - gap + 32, rows * (high + gap) - gap
    window = Box((1600 - width) // 2, 120, width, height)
    places = [(row, col) for row in range(rows) for col in range(cols)]
    boxes = [
        Box(window.left + 16 + col * (wide + gap), window.top + row * (high + gap), wide, high)
        for row, col in places
    ]
    picture = np.zeros((900, 1600, 3), np.uint8)
    picture[:] = (np.linspace(60, 190, 1600)[:, None] * np.array([0.6, 0.85, 1.0])).astype(np.uint8)
    Box(window.left, window.top - 30, width, 30).of(picture)[:] = (243, 243, 243)
    Box(window.left, window.bottom, width, 60).of(picture)[:] = (17, 17, 17)
    window.of(picture)[:] = window.of(_drawn(boxes, plan, rng))
    return picture, boxes


def _drawn(boxes: list[Box], plan: Plan, rng: np.random.Generator, cameras: bool | None = None) -> Pixels:
    picture = np.zeros((plan.size[1], plan.size[0], 3), np.uint8)
    style: Style = plan.style
    picture[:] = style.page
    for who, box in zip(random_class(int(rng.integers(1 << 20)), len(boxes)), boxes, strict=True):
        shown: Shown = random_shown(who, rng)
        if cameras is not None:
            shown = replace(shown, camera_on=cameras, participant=replace(shown.participant, aspect=16 / 9))
        box.of(picture)[:] = draw_tile(shown, (box.width, box.height), plan)[0]
    middle, unit = plan.size[0] // 2, plan.px(40)
    for index in range(-3, 4):
        at = middle + index * unit * 5 // 4, plan.size[1] - unit
        cv2.circle(picture, at, unit // 2, (60, 64, 67) if index < 3 else (230, 60, 50), -1, cv2.LINE_AA)
    return picture
