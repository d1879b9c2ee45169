"""The background of a student: drawn rooms, soft and slightly noisy like a webcam's picture."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from numpy.random import Generator

from agent.classroom.canvas import Colour, darker, mix
from agent.values import Pixels

WALLS: tuple[Colour, ...] = (
    (214, 206, 192), (196, 204, 206), (222, 214, 206), (178, 190, 180), (204, 186, 170), (168, 178, 194),
    (226, 222, 214), (190, 170, 150), (146, 158, 160),
)  # fmt: skip


def _pick(rng: Generator, colours: tuple[Colour, ...]) -> Colour:
    return colours[int(rng.integers(len(colours)))]


def _gradient(size: tuple[int, int], first: Colour, second: Colour, angle: float) -> Pixels:
    """A linear gradient over (width, height)."""
    x = np.linspace(-0.5, 0.5, size[0], dtype=np.float32)[None, :] * np.cos(angle)
    y = np.linspace(-0.5, 0.5, size[1], dtype=np.float32)[:, None] * np.sin(angle)
    part = np.clip(x + y + 0.5, 0, 1)[..., None]
    picture: Pixels = (np.array(first, np.float32) * (1 - part) + np.array(second, np.float32) * part).astype(
        np.uint8
    )
    return picture


def _rect(picture: Pixels, part: tuple[float, float, float, float], colour: Colour) -> None:
    """Fill a rectangle: left, top, right and bottom as parts (0..1) of the picture."""
    height, width = picture.shape[:2]
    left, top, right, bottom = part
    corners = (
        (round(left * width), round(top * height)),
        (round(right * width) - 1, round(bottom * height) - 1),
    )
    cv2.rectangle(picture, corners[0], corners[1], colour, -1)


def _wall(size: tuple[int, int], rng: Generator) -> Pixels:
    wall = _pick(rng, WALLS)
    picture = _gradient(size, wall, darker(wall, float(rng.uniform(0.72, 0.9))), float(rng.uniform(0.2, 1.2)))
    x, y = rng.uniform(0.04, 0.12), rng.uniform(0.1, 0.2)
    _rect(picture, (x, y, x + 0.18, y + 0.3), darker(wall, 0.6))
    _rect(picture, (x + 0.01, y + 0.02, x + 0.17, y + 0.28), mix(_pick(rng, WALLS), (70, 110, 140), 0.5))
    if rng.random() < 0.6:
        _plant(picture, float(rng.uniform(0.85, 0.94)), 0.98)
    return picture


def _plant(picture: Pixels, x: float, y: float) -> None:
    height, width = picture.shape[:2]
    for lean in np.linspace(-1.1, 1.1, 7):
        tip = (round((x + 0.05 * lean) * width), round((y - 0.32 * np.cos(lean * 0.8)) * height))
        axes = (max(round(0.018 * width), 1), max(round(0.15 * height), 1))
        middle = ((tip[0] + round(x * width)) // 2, (tip[1] + round(y * height)) // 2)
        green = (62 + round(18 * lean), 110 + round(14 * lean), 70)
        cv2.ellipse(picture, middle, axes, float(lean * 28), 0, 360, green, -1, cv2.LINE_AA)


def _bookshelf(size: tuple[int, int], rng: Generator) -> Pixels:
    wood = _pick(rng, ((112, 80, 56), (150, 116, 82), (84, 64, 52), (196, 188, 178)))
    picture = _gradient(size, darker(wood, 0.62), darker(wood, 0.45), 1.2)
    for shelf in range(4):
        top, bottom = shelf * 0.26 + 0.03, shelf * 0.26 + 0.23
        x = 0.0
        while x < 1:
            wide = float(rng.uniform(0.014, 0.034))
            if rng.random() < 0.85:
                book = tuple(int(v) for v in rng.integers(50, 210, 3))
                muted = mix((book[0], book[1], book[2]), darker(wood, 0.9), 0.45)
                _rect(picture, (x, top + float(rng.uniform(0, 0.06)), x + wide * 0.92, bottom), muted)
            x += wide
        _rect(picture, (0, bottom, 1, bottom + 0.035), wood)
    return picture


def _window(size: tuple[int, int], rng: Generator) -> Pixels:
    wall = _pick(rng, WALLS)
    picture = _gradient(size, darker(wall, 0.8), wall, float(rng.uniform(0, 1)))
    left = float(rng.choice([0.04, 0.6]))
    _rect(picture, (left - 0.02, 0.04, left + 0.38, 0.78), (240, 240, 236))
    sky = _gradient(
        (max(round(0.34 * size[0]), 2), max(round(0.66 * size[1]), 2)), (186, 214, 238), (232, 240, 240), 1.57
    )
    y, x = round(0.08 * size[1]), round(left * size[0])
    part = picture[y : y + sky.shape[0], x : x + sky.shape[1]]
    part[:] = sky[: part.shape[0], : part.shape[1]]
    _rect(picture, (left, 0.55, left + 0.34, 0.74), (138, 170, 128))
    _rect(picture, (left + 0.16, 0.08, left + 0.18, 0.74), (240, 240, 236))
    return picture


def _kitchen(size: tuple[int, int], rng: Generator) -> Pixels:
    front = _pick(rng, ((228, 226, 220), (164, 186, 180), (120, 136, 150), (206, 176, 140)))
    picture = _gradient(size, (224, 220, 212), (196, 190, 182), 1.3)
    for row in range(6):
        for col in range(14):
            shade = darker((222, 224, 222), float(rng.uniform(0.9, 1.0)))
            _rect(picture, (col / 14, 0.36 + row * 0.05, (col + 0.92) / 14, 0.36 + row * 0.05 + 0.044), shade)
    for col in range(5):
        _rect(picture, (col / 5 + 0.005, 0, (col + 1) / 5 - 0.005, 0.34), front)
        _rect(picture, (col / 5 + 0.02, 0.29, col / 5 + 0.07, 0.305), darker(front, 0.5))
    _rect(picture, (0, 0.66, 1, 0.71), (120, 100, 84))
    _rect(picture, (0, 0.71, 1, 1), darker(front, 0.9))
    return picture


def _blurred(size: tuple[int, int], rng: Generator) -> Pixels:
    kind = (_bookshelf, _window, _kitchen)[int(rng.integers(3))]
    sharp = kind(size, rng)
    return np.asarray(cv2.GaussianBlur(sharp, (0, 0), max(size[1] * 0.045, 0.5)), np.uint8)


def _virtual(size: tuple[int, int], rng: Generator) -> Pixels:
    pairs: tuple[tuple[Colour, Colour], ...] = (
        ((84, 130, 200), (210, 226, 240)), ((240, 180, 150), (130, 90, 150)),
        ((60, 140, 130), (190, 220, 170)),
        ((40, 60, 110), (150, 110, 170)), ((250, 214, 160), (230, 130, 120)),
    )  # fmt: skip
    first, second = pairs[int(rng.integers(len(pairs)))]
    picture = _gradient(size, first, second, float(rng.uniform(0.8, 2.2)))
    hill = mix(first, (30, 50, 70), 0.45)
    xs = np.linspace(0, size[0], 24)
    ys = size[1] * (0.72 + 0.07 * np.sin(xs / size[0] * 6 + rng.uniform(0, 6)))
    ground = np.concatenate([np.stack([xs, ys], 1), [[size[0], size[1]], [0, size[1]]]]).astype(np.int32)
    cv2.fillPoly(picture, [ground], hill, cv2.LINE_AA)
    return picture


def _dark(size: tuple[int, int], rng: Generator) -> Pixels:
    picture = _gradient(size, (44, 42, 46), (20, 20, 24), float(rng.uniform(0.3, 2.4)))
    cv2.circle(
        picture,
        (round(size[0] * rng.uniform(0.05, 0.2)), round(size[1] * 0.3)),
        max(size[1] // 9, 1),
        (150, 116, 70),
        -1,
    )
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), max(size[1] * 0.06, 0.5)), np.uint8)


def _bright(size: tuple[int, int], rng: Generator) -> Pixels:
    picture = _gradient(size, (250, 250, 246), (228, 230, 232), float(rng.uniform(0, 3)))
    _rect(picture, (0.7, 0.1, 0.95, 0.6), (255, 255, 252))
    return picture


KINDS: dict[str, Callable[[tuple[int, int], Generator], Pixels]] = {
    "wall": _wall, "bookshelf": _bookshelf, "window": _window, "kitchen": _kitchen, "blurred": _blurred,
    "virtual": _virtual, "dark": _dark, "bright": _bright,
}  # fmt: skip


def draw_room(kind: str, seed: int, size: tuple[int, int], edge: Colour | None = None) -> Pixels:
    """A background of ``size`` (width, height): RGB uint8 (H, W, 3); ``kind`` is one of KINDS.

    ``edge`` lets the picture's rim fade into that colour, as a dark room does on a dark page.
    """
    rng = np.random.default_rng((seed, 13))
    picture = KINDS[kind](size, rng)
    soft = cv2.GaussianBlur(picture, (0, 0), max(size[1] * 0.008, 0.4)).astype(np.float32)
    x = np.linspace(-1, 1, size[0], dtype=np.float32)[None, :]
    y = np.linspace(-1, 1, size[1], dtype=np.float32)[:, None]
    soft *= (1.03 - 0.13 * (x**2 + y**2) / 2)[..., None]
    if edge is not None:
        rim = np.clip((np.maximum(np.abs(x), np.abs(y)) - 0.6) / 0.4, 0, 1)[..., None] ** 1.5
        soft += (np.array(edge, np.float32) - soft) * rim * 0.92
    soft += rng.normal(0, 2.5, (size[1], size[0], 1)).astype(np.float32)
    return np.clip(soft, 0, 255).astype(np.uint8)
