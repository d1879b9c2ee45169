"""Removes what an overlay drew over a frame, so that the agent never reads its own chips.

The pixels under each box are replaced by a blend of the rows above and below it, or of the columns left and
right of it where the box is higher than wide. A chip's symbol is a small face, which the detector would
find; a flat patch would add an edge for the layout search.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from agent.analysis.runner import Reader
from agent.values import Box, Frame, Pixels, Snapshot

RIM = 2
"""Pixels around a box that are replaced too: a chip's soft edge, and the rounding of its position."""


LARGEST_COVER = 1.0
"""Maximum area of all boxes that are filled, as a share of the frame: the work for a frame that any number of
clients and boxes can cause. Chips on 49 tiles cover 0.06."""


class OverlayMask:
    """Holds the boxes that are drawn over the frames now; ``put`` may be called from any thread."""

    def __init__(self) -> None:
        self._boxes: tuple[Box, ...] = ()
        self._chosen: tuple[tuple[Box, ...], tuple[int, int], tuple[Box, ...]] = ((), (0, 0), ())
        """The last boxes, the frame's width and height, and the areas to fill: they seldom change."""

    def put(self, boxes: Sequence[Box]) -> None:
        """Set the boxes that overlays draw from now on, in pixels of the frame."""
        self._boxes = tuple(boxes)

    def clean(self, frame: Frame) -> Frame:
        """The frame without the overlay; the same object where nothing is drawn.

        49 boxes of 90x26 pixels in a 1080p frame take 2 ms; 1 ms of it is the copy.
        """
        boxes = self._boxes
        if not boxes:
            return frame
        size = (frame.width, frame.height)
        if self._chosen[0] is not boxes or self._chosen[1] != size:
            self._chosen = (boxes, size, areas_to_fill(boxes, *size))
        return dataclasses.replace(frame, pixels=_fill(frame.pixels, self._chosen[2]))


def areas_to_fill(boxes: Sequence[Box], width: int, height: int) -> tuple[Box, ...]:
    """The parts of the boxes and their rims that lie in a frame of this size; none lies inside another.

    If their areas together exceed ``LARGEST_COVER`` of the frame, the largest are left out.
    """
    grown = {Box(box.left - RIM, box.top - RIM, box.width + 2 * RIM, box.height + 2 * RIM) for box in boxes}
    inside = {box.clipped(width, height) for box in grown}
    rects = sorted((box for box in inside if box.area), key=lambda box: (box.area, box.left, box.top))
    outer = _outer(rects)
    # The work if the first n are filled: a box counts from its own index to that of the first one around it.
    work = np.zeros(len(rects) + 2, np.int64)
    for place, box in enumerate(rects):
        work[place + 1] += box.area
        work[outer[place] + 1] -= box.area
    kept = int(np.flatnonzero(np.cumsum(work[:-1]) <= LARGEST_COVER * width * height)[-1])
    return tuple(rects[place] for place in range(kept) if outer[place] >= kept)


def _outer(rects: Sequence[Box]) -> list[int]:
    """For each of these different rectangles the index of the first one around it, or their number."""
    edges = np.array([(box.left, box.top, -box.right, -box.bottom) for box in rects], np.int32).reshape(-1, 4)
    is_within = ~np.eye(len(rects), len(rects) + 1, dtype=bool)
    for edge in edges.T:
        is_within[:, :-1] &= edge[:, None] >= edge[None, :]
    return [int(place) for place in is_within.argmax(axis=1)]


def _fill(pixels: Pixels, areas: Sequence[Box]) -> Pixels:
    """A copy of a picture (H, W, 3) in which each area is filled from the pixels around it."""
    clean = pixels.copy()
    for area in areas:
        area.of(clean)[:] = _across(pixels, area)
    return clean


def _across(pixels: Pixels, box: Box) -> NDArray[np.float32]:
    """Fill over the shorter side, so that a thin line beside a tile's edge vanishes and leaves no streak."""
    if box.height <= box.width:
        return _filled(pixels, box)
    turned = Box(box.top, box.left, box.height, box.width)
    return _filled(pixels.transpose(1, 0, 2), turned).transpose(1, 0, 2)


def _filled(pixels: Pixels, box: Box) -> NDArray[np.float32]:
    """Blend the rows above and below the box; at the picture's edge, repeat the only one."""
    columns = slice(box.left, box.right)
    first, last = box.top - 1, box.bottom
    above = pixels[first if first >= 0 else min(last, len(pixels) - 1), columns].astype(np.float32)
    below = pixels[last if last < len(pixels) else max(first, 0), columns].astype(np.float32)
    share = ((np.arange(box.height, dtype=np.float32) + 1) / (box.height + 1))[:, None, None]
    return np.rint(above * (1 - share) + below * share)


class InpaintingReader:
    """Removes the overlay from each frame before ``inner`` reads it."""

    def __init__(self, inner: Reader, mask: OverlayMask) -> None:
        self._inner, self._mask = inner, mask

    def analyze(self, frame: Frame) -> Snapshot:
        """Read the frame without the overlay."""
        return self._inner.analyze(self._mask.clean(frame))

    def again(self, snapshot: Snapshot) -> Snapshot:
        """The inner reader's answer."""
        return self._inner.again(snapshot)
