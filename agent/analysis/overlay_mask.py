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


class OverlayMask:
    """Holds the boxes that are drawn over the frames now; ``put`` may be called from any thread."""

    def __init__(self) -> None:
        self._boxes: tuple[Box, ...] = ()

    def put(self, boxes: Sequence[Box]) -> None:
        """Set the boxes that overlays draw from now on, in pixels of the frame."""
        self._boxes = tuple(boxes)

    def clean(self, frame: Frame) -> Frame:
        """The frame without the overlay; the same object where nothing is drawn."""
        boxes = self._boxes
        if not boxes:
            return frame
        return dataclasses.replace(frame, pixels=inpaint(frame.pixels, boxes))


def inpaint(pixels: Pixels, boxes: Sequence[Box]) -> Pixels:
    """A copy of a picture (H, W, 3) in which each box is filled from the pixels around it.

    49 boxes of 90x26 pixels in a 1080p frame take 2 ms; 1 ms of it is the copy.
    """
    clean = pixels.copy()
    for box in boxes:
        grown = Box(box.left - RIM, box.top - RIM, box.width + 2 * RIM, box.height + 2 * RIM)
        inside = grown.clipped(pixels.shape[1], pixels.shape[0])
        if inside.area:
            inside.of(clean)[:] = _across(pixels, inside)
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
