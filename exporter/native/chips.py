"""Places a chip inside its tile, without covering the face or the name. Pure; logical pixels.

Sizes, corners and forms are those of the overlay page (``exporter/pages/chip_placement.js``), and without a
face the places are too. With a face four rules differ:

- A chip here covers what the agent itself sees, so it also avoids the classifier's crop, which is larger than
  the face.
- On tiles that are too small for that (for example 22 logical pixels high) the chip is a dot.
- The page avoids the hair if an upper corner allows it; here the crop has that effect.
- Before a chip changes its form, an additional 0.08 of the face must be free here, and 0.11 on the page.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from exporter.native.geometry import Rect

Form = Literal["full", "slim", "mini", "dot"]
Corner = Literal["top-left", "top-right", "bottom-right", "right", "left"]

FORMS: tuple[Form, ...] = ("full", "slim", "mini", "dot")
CORNERS: tuple[Corner, ...] = ("top-left", "top-right", "bottom-right", "right", "left")

SIZES: dict[Form, tuple[float, float]] = {
    "full": (7.3, 2.0),
    "slim": (6.4, 1.45),
    "mini": (2.0, 2.2),
    "dot": (1.3, 1.3),
}
"""Width and height in em of a chip with a reading; as wide as the longest word, so that it never resizes."""

QUIET_SIZES: dict[Form, tuple[float, float]] = {
    "full": (2.5, 1.6),
    "slim": (2.1, 1.3),
    "mini": (1.5, 1.5),
    "dot": (0.9, 0.9),
}
"""Width and height in em of a chip without a reading; the word's width is added."""

WORDLESS = frozenset({"mini", "dot"})
"""Forms with a symbol but without a word; the dot also has no bar."""

LETTER = 0.51
"""Width in em of a letter on a chip without a reading."""

LEAST_HEIGHT = 60.0
"""Minimum height of a tile for a readable word, in logical pixels."""

CROP_SLACK = 0.2
"""Share of its size by which a face's box grows on each side to hold the crop: 1.29 boxes wide, rotated."""

FACE_SLACK = 0.04
"""As ``CROP_SLACK``, for the face alone; used if there is no room beside the crop."""

STAY_SLACK = 0.08
"""Additional slack for a place in another form, so that a chip does not flicker between two forms."""

JITTER = 0.04
"""Maximum move of a still face between two messages, as a share of its width and height."""

NAME_WIDTH, NAME_HEIGHT, LEAST_NAME = 0.62, 0.17, 14.0
"""The area kept free for names, bottom-left as in Zoom, Meet, Teams: shares of the tile, minimum pixels."""

EDGE = 0.035
"""Distance from the tile's edge, as a share of its shorter side; the agent finds tiles by their edges."""


@dataclass(frozen=True, slots=True)
class ChipPlace:
    """A chip's rectangle in the window, its form and corner, and the size of its font."""

    rect: Rect
    form: Form
    corner: Corner
    font: float


def font_size(tile: Rect) -> float:
    """Font size in pixels: from 9 (still readable in an 80x45 tile) to 30, more only in very large tiles."""
    return min(max(tile.height * 0.088, 9.0), max(30.0, tile.height * 0.03))


def name_zone(tile: Rect) -> Rect:
    """The area where the meeting program writes the participant's name."""
    height = max(tile.height * NAME_HEIGHT, LEAST_NAME)
    return Rect(tile.left, tile.bottom - height, tile.width * NAME_WIDTH, height)


def sizes_of(word: str, *, read: bool) -> dict[Form, tuple[float, float]]:
    """Width and height in em of each form of a chip with this ``word``."""
    if read:
        return SIZES
    extra = LETTER * len(word)
    return {
        form: (width + (0.0 if form in WORDLESS else extra), height)
        for form, (width, height) in QUIET_SIZES.items()
    }


def place_chip(
    tile: Rect, face: Rect | None, sizes: dict[Form, tuple[float, float]], before: ChipPlace | None = None
) -> ChipPlace:
    """The place of a tile's chip, all in the window's logical pixels.

    The chip avoids the crop around the face and the name. If no such place is free, it avoids the face and
    the name; if that is impossible too, it covers as little as possible. ``before`` is its last place: that
    corner is kept while it is free, so that chips do not jump.
    """
    open_places = list(_candidates(tile, sizes, before))
    name = name_zone(tile)
    # A dot shows least, so it is used only if no other form leaves the face free.
    for is_dot, slack in ((False, CROP_SLACK), (False, FACE_SLACK), (True, CROP_SLACK), (True, FACE_SLACK)):
        for place in open_places:
            if (place.form == "dot") != is_dot:
                continue
            if place.rect.intersection(name) == 0 and _over(place, face, slack, before) == 0:
                return place
    return min(
        open_places, key=lambda place: _over(place, face, FACE_SLACK, None) + place.rect.intersection(name)
    )


def is_near(face: Rect | None, before: Rect | None) -> bool:
    """Whether a face moved so little that its chip's place need not be computed again.

    Nearly all of 49 faces move a little between two messages, and computing a place takes 50 times as long.
    """
    if face is None or before is None:
        return face is before
    across, down = JITTER * before.width, JITTER * before.height
    return max(abs(face.left - before.left), abs(face.right - before.right)) <= across and (
        max(abs(face.top - before.top), abs(face.bottom - before.bottom)) <= down
    )


def _over(place: ChipPlace, face: Rect | None, slack: float, before: ChipPlace | None) -> float:
    if face is None:
        return 0.0
    if before is not None and before.form != place.form:
        slack += STAY_SLACK
    return place.rect.intersection(face.grown(face.width * slack, face.height * slack))


def _candidates(
    tile: Rect, sizes: dict[Form, tuple[float, float]], before: ChipPlace | None
) -> Iterator[ChipPlace]:
    font = font_size(tile)
    margin = max(3.0, min(tile.width, tile.height) * EDGE)
    corners = CORNERS
    if before is not None:
        corners = (before.corner, *(corner for corner in CORNERS if corner != before.corner))
    for form in FORMS:
        width, height = (size * font for size in sizes[form])
        if form not in WORDLESS and (width + 2 * margin > tile.width * 0.72 or tile.height < LEAST_HEIGHT):
            continue
        for corner in corners:
            yield ChipPlace(_in_corner(tile, corner, (width, height), margin), form, corner, font)


def _in_corner(tile: Rect, corner: Corner, size: tuple[float, float], margin: float) -> Rect:
    width, height = size
    across = min(margin, max((tile.width - width) / 2, 0.0))
    down = min(margin, max((tile.height - height) / 2, 0.0))
    left = tile.right - width - across if "right" in corner else tile.left + across
    top = tile.top + down
    if corner == "bottom-right":
        top = tile.bottom - height - down
    elif corner in {"left", "right"}:
        top = (tile.top + tile.bottom - height) / 2
    return Rect(left, top, width, height)
