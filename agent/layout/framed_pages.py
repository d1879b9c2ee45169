"""Finds pages whose tiles touch the bars or the border of their window, and separates them from these."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import cv2
import numpy as np

from agent.box import around
from agent.layout.lattice import Lattice, connected_components
from agent.layout.page import Mask, Page
from agent.values import Box

STEP = 2
"""Every which row and column of a page is looked at: a quarter of the time, at a pixel's precision."""
FRAMES = 2
"""Maximum number of frames of one page that are tried."""
PARTS = 24
"""Maximum number of connected parts of a page that are looked at, the largest first."""
LEAST_PART = 0.0004
"""Minimum share of the picture that a part covers; letters and buttons have smaller ones."""
LEAST_FRAME = 0.02
"""Minimum share of the picture that a frame covers."""
LEVEL = 3
"""Maximum pixels between the ends of two parts that lie in the same window."""
FLUSH = 6
"""Maximum pixels between the outermost tiles and the frame's side that they touch."""
INSIDE = 3
"""Distance in pixels from the end of a row of cells at which its tiles are seen."""
FULL = 0.45
"""Minimum share of a frame that tiles cover: two of 16:9 in a window of 16:10 cover 0.51."""
MANY = 4
"""Minimum number of tiles without the controls of a call; fewer are any two or three photos in an article."""
TOUCHING = 0.1
"""Minimum share of a side of the frame at which something other than page stands."""


def framed(page: Page) -> Iterator[Page]:
    """The same page with everything outside one frame as page too, for each frame with further components.

    A tile that touches a tool bar makes one component with it, and a row of tiles between a title bar and a
    tool bar makes one with the whole desktop. But the page between and beside the tiles ends where they do:
    the box around a part of the page, or around two parts of one height or width, is the frame.
    """
    known = set(page.components)
    for frame in frames(page.mask):
        inside = frame.of(page.mask)
        boxes = [box.shifted(frame.left, frame.top) for box in connected_components(inside)]
        if known.issuperset(boxes):
            continue
        mask = np.ones_like(page.mask)
        frame.of(mask)[:] = inside
        yield Page(mask, boxes, page.colour, frame)


def fills(lattice: Lattice, mask: Mask, frame: Box, *, in_call: bool) -> bool:
    """Whether the cells fill a page's frame and touch two of its sides, and are many or stand in a call.

    Photos are framed by the page of a web site, too, but have more of it around them, or at their sides.
    """
    inner = lattice.bounds
    taken = ~inner.of(mask)
    sides = (
        (inner.left - frame.left, taken[:, INSIDE]),
        (inner.top - frame.top, taken[INSIDE]),
        (frame.right - inner.right, taken[:, -INSIDE]),
        (frame.bottom - inner.bottom, taken[-INSIDE]),
    )
    touched = sum(apart <= FLUSH and float(line.mean()) >= TOUCHING for apart, line in sides)
    if in_call:
        return touched >= 1
    full = sum(box.area for box in lattice.boxes) >= FULL * frame.area
    return full and touched >= 2 and len(lattice.boxes) >= MANY


def frames(mask: Mask) -> list[Box]:
    """The largest frames of a page, bool (H, W), at a side of which something goes on beyond the page."""
    height, width = mask.shape
    count, _, stats, _ = cv2.connectedComponentsWithStats(
        np.ascontiguousarray(mask[::STEP, ::STEP]).view(np.uint8), connectivity=4
    )
    parts = stats[1:count]
    parts = parts[parts[:, 4] * STEP**2 >= LEAST_PART * height * width]
    parts = parts[np.argsort(-parts[:, 4], kind="stable")][:PARTS]
    boxes = [_part(*(int(value) * STEP for value in part[:4])) for part in parts]
    found = [*boxes, *(around(pair) for pair in combinations(boxes, 2) if _level(*pair))]
    usable = {box for box in found if box.area >= LEAST_FRAME * height * width and _is_touched(box, mask)}
    return sorted(usable, key=lambda box: (-box.area, box.top, box.left))[:FRAMES]


def _part(left: int, top: int, width: int, height: int) -> Box:
    """The box of the page's pixels that were looked at; a line that was not would join tiles to a bar."""
    return Box(left, top, width - STEP + 1, height - STEP + 1)


def _level(one: Box, other: Box) -> bool:
    """Whether two parts end at the same height, or at the same places from left to right."""
    upright = abs(one.top - other.top) <= LEVEL and abs(one.bottom - other.bottom) <= LEVEL
    lying = abs(one.left - other.left) <= LEVEL and abs(one.right - other.right) <= LEVEL
    return upright or lying


def _is_touched(box: Box, mask: Mask) -> bool:
    """Whether something crosses a side of the box that is not the picture's."""
    height, width = mask.shape
    rows, cols = slice(box.top, box.bottom), slice(box.left, box.right)
    return (
        (box.left >= STEP and _joined(mask[rows, box.left], mask[rows, box.left - STEP]))
        or (box.top >= STEP and _joined(mask[box.top, cols], mask[box.top - STEP, cols]))
        or (box.right + STEP <= width and _joined(mask[rows, box.right - 1], mask[rows, box.right + 1]))
        or (box.bottom + STEP <= height and _joined(mask[box.bottom - 1, cols], mask[box.bottom + 1, cols]))
    )


def _joined(inner: Mask, outer: Mask) -> bool:
    return float((~inner & ~outer).mean()) >= TOUCHING
