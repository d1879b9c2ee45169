"""Tells what is inside a tile: camera video, perhaps pillarboxed, or the card of a camera that is off."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from agent.colour_distance import colour_distance
from agent.layout.edges import Edges
from agent.values import Box, Pixels

THUMBNAIL = (64, 36)
LEVELS = 8
"""Maximum difference in levels from a card's median colour; measured on real galleries (see OFF)."""
OFF = 0.8
"""Minimum share of a card's thumbnail that is near its median colour: cards have 0.88 or more, video at most
0.71."""
DARK = 40
"""Maximum level of all channels at which a tile may be an unlit room."""
EVEN = 0.88
"""Minimum ratio, on a dark card, of the pixels within 3 levels of its colour to those within LEVELS: cards
have 0.97 or more, real tiles at 15 % of their light 0.8 or less."""
CARD = 0.4
"""Minimum share of exactly one colour in a card with a large photo or disc; labels and buttons cover some
more."""
RIM = 0.75
"""Minimum share of the left, right and upper rim that has the card's colour; buttons may stand on the rim."""
BRIGHT = 240
"""Minimum level of all channels at which a wall may be over-exposed and therefore as uniform as a card."""
HEAD = 0.03
"""Minimum share of the thumbnail that a head in front of an over-exposed wall covers; letters of a name cover
less."""
CLEAR = 0.97
"""Minimum share of a card's colour around what stands in the middle of the card."""
PLACES = np.stack([*np.mgrid[0 : THUMBNAIL[1], 0 : THUMBNAIL[0]], np.ones(THUMBNAIL[::-1])], axis=-1)
"""Row, column and 1 for each pixel of the thumbnail: the terms of a linear shading."""
RIM_PLACES = np.zeros(THUMBNAIL[::-1], np.bool_)
RIM_PLACES[2, 1:-1] = RIM_PLACES[:28, 3] = RIM_PLACES[:28, -4] = True
"""The rim pixels of the thumbnail to which a card's shading is fitted, bool (36, 64)."""
FIT = np.linalg.pinv(PLACES[RIM_PLACES])
NARROWEST_BAR = 0.03


def look_into(pixels: Pixels, box: Box) -> tuple[bool, Box]:
    """Whether a tile of a picture, RGB uint8 (H, W, 3), shows video, and the box of the video.

    Without video, the box is the whole tile.
    """
    tile = box.of(pixels)
    if not (tile.size and camera_on(tile)):
        return False, box
    return True, video_box(tile).shifted(box.left, box.top)


def camera_on(tile: Pixels) -> bool:
    """Whether a tile, RGB uint8 (H, W, 3), shows video rather than a name, initials or a profile photo."""
    inner = _interior(tile)
    small = cv2.resize(inner, THUMBNAIL, interpolation=cv2.INTER_AREA).astype(np.int16)
    median = np.median(small.reshape(-1, 3), axis=0)
    near = colour_distance(small, median) <= LEVELS
    if median.min() >= BRIGHT and _head(near, inner.shape[1] / inner.shape[0]):
        return True
    if near.mean() >= OFF:
        # An unlit room is within a few levels of black, but hardly any two of its places are alike.
        even = colour_distance(small, median) <= 3
        return bool(median.max() <= DARK and even.mean() < EVEN * near.mean())
    sparse = np.ascontiguousarray(inner[::2, ::2])
    if _near_colour(sparse, median, 2).mean() >= CARD:
        # Pillarboxed video reaches the middle of the upper rim. A wall behind a person is nowhere of exactly
        # one colour.
        return _rim(near) < RIM
    shade = _shade(small)
    if shade is None:
        return True
    near = colour_distance(small, shade) <= LEVELS
    if _rim(near) < RIM or _head(near, inner.shape[1] / inner.shape[0]):
        return True
    # Compare single pixels: averages of a camera's noise are uniform too.
    rows = np.linspace(0, len(inner) - 1, THUMBNAIL[1]).astype(np.intp)
    cols = np.linspace(0, inner.shape[1] - 1, THUMBNAIL[0]).astype(np.intp)
    return bool((colour_distance(inner[np.ix_(rows, cols)], shade) <= 3).mean() < CARD)


def centred_card(tile: Pixels) -> bool:
    """Whether a tile without video shows something in its middle only, as a card shows a name or a disc.

    Names and buttons in the lower part and in the upper corners are ignored.
    """
    inner = _interior(tile)
    small = cv2.resize(inner, THUMBNAIL, interpolation=cv2.INTER_AREA).astype(np.int16)
    near = colour_distance(small, np.median(small.reshape(-1, 3), axis=0)) <= 3 * LEVELS
    outside = (near[:8, 14:-14], near[8:26, :12], near[8:26, -12:])
    return bool(min(part.mean() for part in outside) >= CLEAR and not near[10:26, 20:-20].all())


def _rim(near: NDArray[np.bool_]) -> float:
    """The smallest share of the left, right and upper rim of the thumbnail that has the card's colour."""
    return float(min(part.mean() for part in (near[6:24, 1:9], near[6:24, -9:-1], near[1:5, 12:48])))


def _head(near: NDArray[np.bool_], aspect: float) -> bool:
    """Whether the largest component on a bright wall is anything but a disc or square in the tile's middle.

    ``near``, bool (H, W), marks the wall. ``aspect`` is the tile's width over its height.
    """
    high, wide = near.shape
    # The lowest rows may hold the background of the name.
    upper = (~near[: high * 4 // 5]).astype(np.uint8)
    count, _, stats, centres = cv2.connectedComponentsWithStats(upper, connectivity=8)
    if count < 2:
        return False
    largest = 1 + int(np.argmax(stats[1:, 4]))
    width, height, area = (int(stats[largest, index]) for index in (2, 3, 4))
    if area < HEAD * near.size:
        return False
    x, y = centres[largest] / (wide, high)
    middle = abs(x - 0.5) <= 0.06 and abs(y - 0.5) <= 0.1
    square = abs(np.log(width / wide * aspect * high / height)) <= np.log(1.15)
    return not (middle and square and area >= 0.72 * width * height)


def _shade(small: NDArray[np.int16]) -> NDArray[np.float64] | None:
    """The linear shading, float64 (36, 64, 3), fitted to a thumbnail's rim; None where the rim is uneven.

    Whatever lies on the rim, such as a button, is left out.
    """
    rim = small[RIM_PLACES]
    away = colour_distance(rim, PLACES[RIM_PLACES] @ (FIT @ rim))
    clear = away <= 2 * LEVELS
    if clear.mean() < RIM:
        return None
    slopes = np.linalg.lstsq(PLACES[RIM_PLACES][clear], rim[clear], rcond=None)[0]
    return np.asarray(PLACES @ slopes)


def variety(tile: Pixels) -> float:
    """Entropy in bits, 0..5, of the brightness (32 steps) in the middle of a tile: low for anything drawn.

    Samples single pixels: averages would give the paper between lines of text every shade of grey.
    """
    inner = _interior(tile)
    third = inner.shape[1] * 3 // 10
    small = inner[
        :: max(inner.shape[0] // 48, 1), third : inner.shape[1] - third : max(inner.shape[1] // 96, 1)
    ]
    counts = np.bincount(small.max(axis=2).ravel() >> 3, minlength=32) / max(small[..., 0].size, 1)
    return float(-np.sum(counts * np.log2(np.maximum(counts, 1e-9))))


def _interior(tile: Pixels) -> Pixels:
    """The tile without its speaker's border and rounded corners."""
    dy, dx = max(tile.shape[0] // 20, 1), max(tile.shape[1] // 20, 1)
    inner = tile[dy:-dy, dx:-dx]
    return inner if inner.size else tile


def video_box(tile: Pixels) -> Box:
    """The box of the video inside a tile, without bars at the left and right or above and below.

    In pixels of the tile; the whole tile when there are no such bars.
    """
    height, width = tile.shape[:2]
    whole = Box(0, 0, width, height)
    if min(height, width) < 16:
        return whole
    side = _bars(tile)
    if side is not None:
        return Box(side[0], 0, width - side[0] - side[1], height)
    side = _bars(np.ascontiguousarray(tile.transpose(1, 0, 2)))
    if side is not None:
        return Box(0, side[0], width, height - side[0] - side[1])
    return whole


def _bars(tile: Pixels) -> tuple[int, int] | None:
    """Widths of the flat bars at the left and right of a tile; None unless both are about equally wide."""
    height, width = tile.shape[:2]
    # Skip the outermost pixels: a speaker's border or rounded corner there does not have the bar's colour.
    rim = max(width // 40, 2)
    upper, lower = height // 8, height - height // 4
    strips = np.concatenate([tile[upper:lower, rim : rim + 3], tile[upper:lower, -rim - 3 : -rim]], axis=1)
    colour = np.median(strips.reshape(-1, 3), axis=0)
    near = _near_colour(tile[upper:lower], colour, 5)
    flat: NDArray[np.bool_] = near.mean(axis=0) >= 0.8
    left, right = _run(flat, rim), _run(flat[::-1], rim)
    least = max(NARROWEST_BAR * width, rim + 4)
    if min(left, right) < least or left + right > 0.85 * width or abs(left - right) > 0.04 * width + 3:
        return None
    edges = Edges(tile)
    ends = (left, width - right)
    if any(edges.vertical.strength(x, upper, lower, slack=2) < 1.8 for x in ends):
        return None
    return left, right


def _near_colour(pixels: Pixels, colour: NDArray[np.float64], levels: int) -> NDArray[np.bool_]:
    """Where all channels are within ``levels`` of ``colour``."""
    low = np.clip(np.ceil(colour - levels), 0, 255).astype(np.uint8)
    high = np.clip(np.floor(colour + levels), 0, 255).astype(np.uint8)
    return np.asarray(cv2.inRange(pixels, low, high)) > 0


def _run(flat: NDArray[np.bool_], start: int) -> int:
    """Number of columns from the rim up to the first one that is not flat."""
    broken = np.flatnonzero(~flat[start:])
    return int(broken[0]) + start if len(broken) else len(flat)
