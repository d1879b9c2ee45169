"""Caches what each cell of a picture holds: many lattices of a picture share their cells."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from agent.layout.call_bar import CallBar, call_bars
from agent.layout.camera import camera_on, variety
from agent.layout.cell_texture import flat_rim, has_margin
from agent.layout.label import has_label
from agent.values import Box, Pixels


class Contents:
    """Examines boxes of one picture, RGB uint8 (H, W, 3), which must not change meanwhile.

    ``camera_on``, ``has_label``, ``has_margin``, ``variety`` and ``flat_rim`` call the functions of the same
    names on a box. Caching saves a third of the time on pages of pictures. ``call_bars`` gives those of the
    whole picture and takes 10 ms.
    """

    def __init__(self, pixels: Pixels) -> None:
        self.pixels = pixels
        self.camera_on: Callable[[Box], bool] = cache(lambda box: camera_on(box.of(pixels)))
        self.has_label: Callable[[Box], bool] = cache(lambda box: has_label(box.of(pixels)))
        self.has_margin: Callable[[Box], bool] = cache(lambda box: has_margin(box.of(pixels)))
        self.variety: Callable[[Box], float] = cache(lambda box: variety(box.of(pixels)))
        self.flat_rim: Callable[[Box], float] = cache(lambda box: flat_rim(box.of(pixels)))
        self.call_bars: Callable[[], list[CallBar]] = cache(lambda: call_bars(pixels))
