"""A picture of a screen as a camera takes it: tilted, in perspective, with desk, moire, glare and noise.

Composed in memory only, so that real pictures can be photographed too. Equal seeds give equal photos.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from agent.values import Box, Pixels

Points = NDArray[np.float64]

SIZES: tuple[tuple[int, int], ...] = ((1280, 960), (1600, 1200), (1920, 1080), (1440, 1080), (2016, 1512))
"""Sizes (width, height) of the photos: a phone's, and smaller as they are sent on."""


def photographed(screen: Pixels, tiles: Sequence[Box], seed: int) -> tuple[Pixels, list[Box]]:
    """A photo, RGB uint8 (H, W, 3), of a screen, RGB uint8 (H, W, 3), and the boxes of its tiles there.

    A box runs along the mean of each side of its tile, which is no longer upright.
    """
    rng = np.random.default_rng((seed, 77))
    size = SIZES[int(rng.integers(len(SIZES)))]
    corners = _corners(rng, size, screen.shape[1] / screen.shape[0])
    height, width = screen.shape[:2]
    plane = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    lens = cv2.getPerspectiveTransform(plane, corners.astype(np.float32))
    photo = _desk(rng, size)
    outer = corners.mean(axis=0) + (corners - corners.mean(axis=0)) * float(rng.uniform(1.03, 1.08))
    bezel = int(rng.choice([12, 24, 60, 190]))
    cv2.fillConvexPoly(photo, np.round(outer).astype(np.int32), (bezel, bezel, bezel + 3), cv2.LINE_AA)
    # What is smaller in the photo than on the screen is averaged by the sensor's pixels.
    shrink = max(float(np.linalg.norm(corners[1] - corners[0])) / width, 0.05)
    soft = cv2.GaussianBlur(screen, (0, 0), 0.45 / shrink) if shrink < 0.9 else screen
    shown = cv2.warpPerspective(soft, lens, size, flags=cv2.INTER_LINEAR)
    inside = cv2.warpPerspective(np.full((height, width), 255, np.uint8), lens, size)
    share = (inside / 255.0)[..., None]
    lit = _shone(shown.astype(np.float64), rng, size)
    mixed = photo * (1 - share) + lit * share
    pixels = _taken(mixed, rng, size)
    return pixels, [_mean_box(box, np.asarray(lens, np.float64)) for box in tiles]


def _corners(rng: Generator, size: tuple[int, int], aspect: float) -> Points:
    """The corners of the screen in the photo, clockwise from the upper left."""
    width, height = size
    wide = min(width * float(rng.uniform(0.55, 0.96)), height * 0.95 * aspect)
    half = np.array(
        [(-wide, -wide / aspect), (wide, -wide / aspect), (wide, wide / aspect), (-wide, wide / aspect)]
    )
    half = half / 2
    turn = np.radians(float(rng.uniform(-5, 5)) if rng.random() < 0.8 else 0.0)
    yaw, pitch = np.radians(rng.uniform(-14, 14)), np.radians(rng.uniform(-10, 14))
    x, y = half[:, 0], half[:, 1]
    # Turned about both axes and seen from 1.6 times its width away.
    across, deep = x * np.cos(yaw), x * np.sin(yaw)
    down, deep = y * np.cos(pitch), deep + y * np.sin(pitch)
    near = 1.6 * wide / (1.6 * wide + deep)
    flat = np.stack([across * near, down * near], axis=1)
    turned = flat @ np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    span = np.ptp(turned, axis=0)
    free = np.maximum(np.array([width, height]) - span, 0)
    at = free * rng.uniform(0.3, 0.7, 2) - turned.min(axis=0)
    return np.asarray(turned + at, np.float64)


def _desk(rng: Generator, size: tuple[int, int]) -> Pixels:
    """What is around the screen: a wall, a desk with a grain, and blurred things on it."""
    width, height = size
    wall = rng.uniform(60, 230) * rng.uniform(0.8, 1.0, 3)
    wood = rng.uniform(50, 200) * np.array([1.0, rng.uniform(0.7, 1.0), rng.uniform(0.5, 0.95)])
    edge = int(height * rng.uniform(0.55, 0.95))
    desk = np.empty((height, width, 3))
    desk[:edge], desk[edge:] = wall, wood
    grain = cv2.resize(rng.normal(0, 9, (height // 4 + 1, width // 40 + 1)), (width, height))
    desk += grain[..., None] * np.linspace(0.3, 1.0, height)[:, None, None]
    for _ in range(int(rng.integers(2, 7))):
        centre = int(rng.integers(width)), int(rng.integers(height))
        colour = tuple(float(value) for value in rng.uniform(20, 240, 3))
        axes = int(rng.integers(20, width // 6)), int(rng.integers(20, height // 6))
        if rng.random() < 0.5:
            cv2.ellipse(desk, centre, axes, float(rng.uniform(0, 180)), 0, 360, colour, -1, cv2.LINE_AA)
        else:
            corner = centre[0] + axes[0], centre[1] + axes[1]
            cv2.rectangle(desk, centre, corner, colour, -1)
    blurred = cv2.GaussianBlur(desk, (0, 0), float(rng.uniform(2, 9)))
    return np.clip(blurred, 0, 255).astype(np.uint8)


def _shone(shown: NDArray[np.float64], rng: Generator, size: tuple[int, int]) -> NDArray[np.float64]:
    """The light of the screen: exposure, raised black, a reflection, and moire."""
    width, height = size
    rows, cols = np.mgrid[0:height, 0:width].astype(np.float64)
    glow = float(rng.uniform(4, 22))
    lit = shown * float(rng.uniform(0.75, 1.0)) * rng.uniform(0.92, 1.0, 3) + glow * rng.uniform(0.8, 1.2, 3)
    slope = rng.uniform(-0.16, 0.16, 2)
    lit *= (1 + slope[0] * (cols / width - 0.5) + slope[1] * (rows / height - 0.5))[..., None]
    if rng.random() < 0.4:
        at, wide = rng.uniform(0, 1, 2) * (width, height), rng.uniform(0.15, 0.4) * width
        veil = np.exp(-((cols - at[0]) ** 2 + (rows - at[1]) ** 2) / (2 * wide**2))
        lit += veil[..., None] * float(rng.uniform(8, 30))
    if rng.random() < 0.7:
        period, angle = float(rng.uniform(5, 30)), float(rng.uniform(0, np.pi))
        wave = np.sin(2 * np.pi * (cols * np.cos(angle) + rows * np.sin(angle)) / period)
        lit *= 1 + float(rng.uniform(0.01, 0.05)) * wave[..., None] * rng.uniform(0.4, 1.0, 3)
    return lit


def _taken(light: NDArray[np.float64], rng: Generator, size: tuple[int, int]) -> Pixels:
    """What lens, sensor and JPEG make of it."""
    width, height = size
    rows, cols = np.mgrid[0:height, 0:width].astype(np.float64)
    far = ((cols / width - 0.5) ** 2 + (rows / height - 0.5) ** 2) * 2
    dimmed = light * (1 - float(rng.uniform(0, 0.3)) * far)[..., None]
    blurred = cv2.GaussianBlur(dimmed, (0, 0), float(rng.uniform(0.5, 1.4)) * width / 1600)
    noisy = blurred + rng.normal(0, float(rng.uniform(1, 4)), blurred.shape)
    pixels = np.clip(noisy, 0, 255).astype(np.uint8)
    packed = cv2.imencode(".jpg", pixels[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(75, 96))])[1]
    opened = np.asarray(cv2.imdecode(packed, cv2.IMREAD_COLOR), np.uint8)
    return np.ascontiguousarray(opened[..., ::-1])


def _mean_box(box: Box, lens: NDArray[np.float64]) -> Box:
    corners = np.array(
        [[(box.left, box.top), (box.right, box.top), (box.right, box.bottom), (box.left, box.bottom)]],
        np.float64,
    )
    seen = cv2.perspectiveTransform(corners, lens)[0]
    xs, ys = np.sort(seen[:, 0]), np.sort(seen[:, 1])
    left, top = round(float(xs[:2].mean())), round(float(ys[:2].mean()))
    return Box(left, top, round(float(xs[2:].mean())) - left, round(float(ys[2:].mean())) - top)
