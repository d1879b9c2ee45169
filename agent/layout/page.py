"""Finds the page behind the tiles: its possible colours, and the mask of where each of them shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from agent.values import Box, Pixels

Mask = NDArray[np.bool_]
Colour = tuple[int, int, int]
"""Red, green and blue in levels."""

TOLERANCE = 3
"""Maximum difference in levels from the page's colour; camera-off tiles may be only 8 levels away."""
COLOURS = 12
"""Maximum number of frequent flat colours that are tried as the page's."""
SHADE, SHADES_OF_ONE = 12, 3
"""Levels within which colours are shades of each other, and the maximum number of shades that are tried. A
wallpaper or a dark room has dozens. On 172 drawn screens this maximum finds the same tiles and takes 15 %
less time."""
EVEN, EVEN_COLOURS = 0.5, 4
"""Minimum share of the pixels of nearly one colour that have it exactly, and maximum number of such colours
that are tried besides. A wallpaper's gradient took seven of the COLOURS, and the page of a small window
none."""
LENS = 12
"""Maximum difference in levels from the page's colour in a photo of a screen, whose corners are darker."""
LENS_LINE = 31
"""Length in pixels over which a line between two tiles of a photo is averaged, so that noise and moire cancel
out."""
LENS_GAP = 13
"""Maximum width in pixels of a line that the blur of a lens has mixed with the tiles beside it."""
LENS_DEPTH = 7
"""Minimum levels by which such a line is nearer to the page's colour than both of its sides."""
COARSE_LIGHT, COARSE_COLOUR = 6, 9
"""Maximum differences in brightness and in colour, in levels, from the page's in a strongly compressed
picture."""
LINE = 41
"""Length in pixels of a section of a row or column that counts as page if at least MOSTLY of it is page."""
MOSTLY = 0.7
SHADES = 2
"""Maximum number of shaded pages that are tried."""
CALM, CALM_LEVELS = 5, 2
"""Side in pixels of the averaging filter, and maximum difference in levels between neighbours of a compressed
shading. On two shaded pages, JPEG 80 and 83, all 30 tiles then become components at an IoU of 0.91 or more;
without the filter, none. At half the size it would take 27 ms instead of 55 for a page at 1080p, but lose
gaps of 20 pixels in a small picture."""
CHANGE = 0.6, 24
"""Middle share of a compressed shaded page's colours, and minimum levels that they span: 75 and 87 on those
two pages. Whatever blurs into a compressed page of one colour makes them span 7; photos on such a page passed
for tiles."""
SAMPLES, SMALLER, SHADE_OFF = 4000, 8, 8
"""Number of page pixels to which a shading is fitted; factor by which the picture is reduced to compute the
shading; maximum difference in levels of a page pixel from it."""
LEAST_SHADE = 0.02
"""Minimum share of the picture that a shaded page covers."""
LEAST_SPAN = 0.3
"""Minimum share of the picture's width and height that a shaded page spans; shaded walls in videos span
less."""
LEAST_SHARE = 0.004
"""Minimum share of the picture that a colour must cover to be tried: the 1 px gaps of a 7x7 gallery cover
0.02."""


@dataclass(frozen=True, slots=True, eq=False)
class Page:
    """One possible page of a picture.

    - ``mask``: where it shows, bool (H, W).
    - ``components``: boxes of the connected components that are not page and could hold a tile.
    - ``colour``: its colour in levels (red, green, blue); None for a page that has no single one.
    - ``frame``: the box outside which everything counts as page; None for a page that has none.
    """

    mask: Mask
    components: Sequence[Box]
    colour: Colour | None = None
    frame: Box | None = None


def page_colours(pixels: Pixels, apart: int = TOLERANCE, levels: int = 1) -> list[Colour]:
    """The most frequent flat colours of a picture, RGB uint8 (H, W, 3), most frequent first.

    Two colours differ by more than ``apart`` levels, two neighbours within a flat colour by at most
    ``levels``.
    """
    flat = flat_pixels(pixels, levels).ravel()
    # Reading every pixel would take five times as long. A step that does not divide the width reaches every
    # column, so that gaps of one pixel are seen too.
    step = next(step for step in (5, 7, 11) if pixels.shape[1] % step or step == 11)
    colours = pixels.reshape(-1, 3)[::step][flat[::step]].astype(np.int32)
    if not len(colours):
        return []
    keys = (colours[:, 0] >> 2 << 12) | (colours[:, 1] >> 2 << 6) | colours[:, 2] >> 2
    counts = np.bincount(keys, minlength=1 << 18)
    frequent = np.flatnonzero(counts >= LEAST_SHARE * flat.size / step)
    found: list[Colour] = []
    for key in frequent[np.argsort(-counts[frequent], kind="stable")][: 4 * COLOURS]:
        if len(found) == COLOURS + EVEN_COLOURS:
            break
        alike = colours[keys == key]
        red, green, blue = (int(value) for value in np.median(alike, axis=0))
        away = [max(abs(red - r), abs(green - g), abs(blue - b)) for r, g, b in found]
        if all(far > apart for far in away) and sum(far <= SHADE for far in away) < SHADES_OF_ONE:
            even = float((alike == (red, green, blue)).all(axis=1).mean())
            if len(found) < COLOURS or even >= EVEN:
                found.append((red, green, blue))
    return found


def flat_pixels(pixels: Pixels, levels: int = 1) -> Mask:
    """Where a pixel differs by at most ``levels`` from its right and its lower neighbour, bool (H, W)."""
    flat = np.ones(pixels.shape[:2], np.bool_)
    if pixels.shape[1] > 1:
        flat[:, :-1] &= largest(cv2.absdiff(pixels[:, 1:], pixels[:, :-1]), pixels.shape[0]) <= levels
    if pixels.shape[0] > 1:
        flat[:-1] &= largest(cv2.absdiff(pixels[1:], pixels[:-1]), pixels.shape[0] - 1) <= levels
    return flat


def largest(channels: NDArray[Any], height: int) -> NDArray[np.uint8]:
    """The largest of the three channels, uint8 (H, W); OpenCV takes a fifth of NumPy's time."""
    red, green, blue = cv2.split(channels.reshape(height, -1, 3))
    return np.asarray(cv2.max(cv2.max(red, green), blue), np.uint8)


def page_mask(pixels: Pixels, colour: Colour) -> Mask:
    """Mask of the page's colour, bool (H, W)."""
    low = np.array([max(value - TOLERANCE, 0) for value in colour], np.uint8)
    high = np.array([min(value + TOLERANCE, 255) for value in colour], np.uint8)
    return np.asarray(cv2.inRange(pixels, low, high)) > 0


def shaded_pages(
    pixels: Pixels, levels: int = 1, most: float = 0.9, change: int = 2 * TOLERANCE
) -> list[Mask]:
    """Masks, bool (H, W), of pages whose colour changes so slowly that no two neighbours differ.

    Neighbours differ if they are more than ``levels`` apart. The middle share ``most`` of a page's colours
    must span more than ``change`` levels; pages of one colour are left to ``page_colours``. Gives at most
    SHADES pages, the largest first.
    """
    flat = flat_pixels(pixels, levels)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(flat.view(np.uint8), connectivity=4)
    height, width = flat.shape
    least = LEAST_SHADE * height * width
    spans = np.minimum(stats[:, 2] / width, stats[:, 3] / height)
    parts = [part for part in range(1, count) if stats[part, 4] >= least and spans[part] >= LEAST_SPAN]
    found: list[Mask] = []
    for part in sorted(parts, key=lambda part: -int(stats[part, 4]))[:SHADES]:
        mask = labels == part
        colours = pixels[mask][:: max(int(stats[part, 4]) // 2000, 1)]
        if np.ptp(np.quantile(colours, (0.5 - most / 2, 0.5 + most / 2), axis=0), axis=0).max() > change:
            # The right and lower neighbours of a flat pixel belong to the same page, even if they are not
            # flat themselves.
            mask[:, 1:] |= labels[:, :-1] == part
            mask[1:] |= labels[:-1] == part
            found.append(mask)
    return found


def coarse_shaded_pages(pixels: Pixels) -> list[Mask]:
    """``shaded_pages`` of a compressed picture, RGB uint8 (H, W, 3), in which a shading is broken into steps.

    Gaps too narrow to remain in the averaged picture are added to the page where they have its shading's
    colour.
    """
    calm = np.asarray(cv2.blur(pixels, (CALM, CALM)), np.uint8)
    return [mask | shade_goes_on(pixels, mask) for mask in shaded_pages(calm, CALM_LEVELS, *CHANGE)]


def shade_goes_on(pixels: Pixels, page: Mask) -> Mask:
    """Where a picture, RGB uint8 (H, W, 3), has the colour of its shaded ``page`` at that place, bool (H, W).

    Each channel's shading is fitted to the page as a polynomial in x and y. Most of a line must have its
    colour.
    """
    height, width = page.shape
    rows, cols = np.nonzero(page)
    step = max(len(rows) // SAMPLES, 1)
    rows, cols = rows[::step], cols[::step]
    fitted = np.linalg.lstsq(_terms(cols / width, rows / height), pixels[rows, cols].astype(np.float64))[0]
    # Computed small and enlarged: a shading has no details, and at full size this would take a second.
    x, y = np.meshgrid(
        *((np.arange(size // SMALLER + 1) + 0.5) / (size // SMALLER + 1) for size in (width, height))
    )
    small = np.clip(_terms(x, y) @ fitted, 0, 255).astype(np.uint8)
    shade = cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR)
    near = largest(cv2.absdiff(pixels, shade), height) <= SHADE_OFF
    return _with_lines(np.asarray(near, np.uint8) * 255)


def _terms(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
    """The terms of a third-degree polynomial, float64 (..., 10)."""
    return np.stack([x**i * y**j for i in range(4) for j in range(4 - i)], axis=-1)


def coarse_mask(pixels: Pixels, colour: Colour) -> Mask:
    """Mask of the page's colour in a strongly compressed picture, RGB uint8 (H, W, 3), bool (H, W).

    JPEG at quality 60 leaves three quarters of the pixels of a 4 px gap within these levels of the page's
    brightness and colour. The other pixels of such a line count as page too.
    """
    wanted = np.array([[colour]], np.uint8)
    light, red, blue = (int(value) for value in cv2.cvtColor(wanted, cv2.COLOR_RGB2YCrCb)[0, 0])
    low = (light - COARSE_LIGHT, red - COARSE_COLOUR, blue - COARSE_COLOUR)
    high = (light + COARSE_LIGHT, red + COARSE_COLOUR, blue + COARSE_COLOUR)
    return _with_lines(
        np.asarray(cv2.inRange(cv2.cvtColor(pixels, cv2.COLOR_RGB2YCrCb), low, high), np.uint8)
    )


def _with_lines(near: NDArray[np.uint8]) -> Mask:
    """Where ``near``, uint8 (H, W), is 255 itself or along most of a line through the pixel, bool (H, W)."""
    along = cv2.blur(near, (LINE, 1), borderType=cv2.BORDER_REPLICATE)
    upright = cv2.blur(near, (1, LINE), borderType=cv2.BORDER_REPLICATE)
    least = 255 * MOSTLY
    return np.asarray((near > 0) | (along >= least) | (upright >= least))


def photo_mask(pixels: Pixels, colour: Colour) -> Mask:
    """Mask of the page's colour in a photo of a screen, RGB uint8 (H, W, 3), bool (H, W).

    The lens mixes a narrow gap with the tiles beside it. There the page is a line that is nearer to its
    colour than both sides are.
    """
    away = largest(cv2.absdiff(pixels, np.full_like(pixels, colour)), pixels.shape[0])
    found = away <= LENS
    for along, across in (((LENS_LINE, 1), (LENS_GAP, 1)), ((1, LENS_LINE), (1, LENS_GAP))):
        lines = cv2.blur(away, along, borderType=cv2.BORDER_REPLICATE)
        found |= cv2.morphologyEx(lines, cv2.MORPH_BLACKHAT, np.ones(across, np.uint8)) >= LENS_DEPTH
    return np.asarray(found)
