"""Finds the bar with the controls of a call: a red button to leave beside a row of grey or white icons."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from agent.box import around
from agent.values import Box, Pixels

RED = (150, 90, 70)
"""Minimum level of red, and minimum levels by which green and blue are below it, in a button to leave."""
HEIGHTS = 16, 84
"""Minimum and maximum height of the button in pixels."""
SHAPES = 0.8, 5.0
"""Minimum and maximum aspect ratio of the button: a disc, or a pill with an icon and a word."""
FILLED, SOLID = 0.5, 0.97
"""Minimum and maximum share of the button that is red: a white icon or word stands in it."""
LEVELS = 12
"""Minimum difference in levels of an icon from the bar."""
FLAT = 0.8
"""Minimum share of the pixels around the button that have the bar's colour."""
ICON = 0.42, 1.7
"""Minimum and maximum height of an icon, as a share of the button's; letters beside a button are lower, and a
flat pill stands beside discs that are higher."""
BESIDE = 0.4
"""Height of what is looked at above and below the button, as a share of its own."""
SHARED = 0.2
"""Minimum part of the narrower one of tiles and controls that lies above or below the other. The controls may
stand at the right end of a window in whose right part people chat."""
SQUARE = 0.5, 2.0
"""Minimum and maximum aspect ratio of an icon."""
APART = 0.12
"""Minimum gap between two icons, as a share of their width: 0.2 between Meet's discs; letters are closer."""
LEVEL = 0.5
"""Maximum distance of an icon's middle from the button's, as a share of the button's height."""
COLOURFUL = 40
"""Minimum difference in levels between the channels of an icon that is coloured, as those of a dock are."""
PILL, DISC, LARGE = 1.35, 0.8, 32
"""Minimum aspect ratio of a button that is wider than high. A rounder one needs icons of at least DISC of its
height, and is at least LARGE pixels high: somebody's initial beside the icons of a browser and the icon of a
program in a dock may be red discs too."""
FEWEST, GREY = 3, 0.7
"""Minimum number of icons, and minimum share of them that is grey or white."""


@dataclass(frozen=True, slots=True)
class CallBar:
    """The ``button`` to leave the call, and the bounds of all controls beside it (``controls``)."""

    button: Box
    controls: Box

    def serves(self, tiles: Box) -> bool:
        """Whether tiles with these bounds stand above or below the controls, or behind them."""
        shared = min(tiles.right, self.controls.right) - max(tiles.left, self.controls.left)
        return shared >= SHARED * min(tiles.width, self.controls.width)


def call_bars(pixels: Pixels) -> list[CallBar]:
    """The bars of calls in a picture, RGB uint8 (H, W, 3): nearly always none or one."""
    return [bar for button in _buttons(pixels) if (bar := _bar(pixels, button))]


def _buttons(pixels: Pixels) -> Iterator[Box]:
    """Boxes that are red all over, apart from an icon or a word."""
    red, green, blue = cv2.split(np.ascontiguousarray(pixels[::2, ::2]))
    least, greener, bluer = RED
    mask = (red >= least) & (cv2.subtract(red, green) >= greener) & (cv2.subtract(red, blue) >= bluer)
    count, _, stats, _ = cv2.connectedComponentsWithStats(mask.view(np.uint8), connectivity=4)
    # Every second pixel of every second row, in a quarter of the time.
    for left, top, width, height, area in (2 * stats[1:count]).tolist():
        fits = HEIGHTS[0] <= height <= HEIGHTS[1] and SHAPES[0] <= width / height <= SHAPES[1]
        fits = fits and (width >= PILL * height or height >= LARGE)
        if fits and FILLED <= 2 * area / (width * height) <= SOLID:
            yield Box(left, top, width, height)


def _bar(pixels: Pixels, button: Box) -> CallBar | None:
    """The bar around a red button; None where too few icons stand beside it."""
    high = button.height
    more = round(BESIDE * high)
    top, bottom = max(button.top - more, 0), min(button.bottom + more, len(pixels))
    band = pixels[top:bottom]
    sides = [band[:, max(button.left - 7, 0) : max(button.left - 3, 0)], band[:, button.right + 3 :][:, :4]]
    ring = np.concatenate([side[more:-more].reshape(-1, 3) for side in sides]).astype(np.int16)
    if not len(ring):
        return None
    colour = np.median(ring, axis=0)
    if (np.abs(ring - colour).max(axis=1) <= LEVELS).mean() < FLAT:
        return None
    least = ICON[0] if button.width >= PILL * high else DISC
    icons = [
        icon
        for one in _icons(band, colour, high)
        if not (icon := one.shifted(0, top)).intersection(button)
        and icon.height >= least * high
        and abs(icon.centre[1] - button.centre[1]) <= LEVEL * high
    ]
    grey = [icon for icon in icons if _is_grey(icon.of(pixels))]
    if len(grey) < max(FEWEST, GREY * len(icons)):
        return None
    return CallBar(button, around([button, *icons]))


def _icons(band: Pixels, colour: NDArray[np.float64], high: int) -> list[Box]:
    """Components of a bar, in its pixels, of an icon's size that stand apart; ``high`` is the button's."""
    low = np.clip(colour - LEVELS, 0, 255).astype(np.uint8)
    top = np.clip(colour + LEVELS, 0, 255).astype(np.uint8)
    drawn = cv2.bitwise_not(cv2.inRange(band, low, top))
    # An icon may consist of several strokes; a word below it is no part of it.
    joined = cv2.morphologyEx(drawn, cv2.MORPH_CLOSE, np.ones((1, max(high // 8, 2)), np.uint8))
    count, _, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    found: list[Box] = []
    for left, up, width, height, _ in stats[1:count].tolist():
        if ICON[0] * high <= height <= ICON[1] * high and SQUARE[0] <= width / height <= SQUARE[1]:
            found.append(Box(left, up, width, height))
    return [
        one
        for one in found
        if all(
            max(one.left - other.right, other.left - one.right) >= APART * min(one.width, other.width)
            for other in found
            if other != one
        )
    ]


def _is_grey(icon: Pixels) -> bool:
    """Whether hardly anything in an icon is coloured."""
    spread = icon.max(axis=2).astype(np.int16) - icon.min(axis=2)
    return bool(np.quantile(spread, 0.8) <= COLOURFUL)
