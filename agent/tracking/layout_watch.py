"""When the layout must be found anew, and which found layout to believe.

Finding a layout is the slow path. Between two findings only what stands still is looked at: the page between
and around the tiles, and the seams of the tiles. Content that moves inside tiles is never looked at.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from agent.values import Frame, Layout, Pixels, Slot

CONFIRM = (1.0, 3.0, 6.0, 12.0)
"""Seconds from one finding to the next while everything looks as it did: a wrong first one heals soon."""
RETRY = (0.3, 0.6, 1.2, 2.4, 4.0)
"""Seconds between findings while there is no gallery or the picture looks wrong: back-off."""
PATIENCE = 2.0
"""Seconds for which tiles that a finding no longer shows are kept: a menu or dialog covers them."""
SAME_PLACE = 0.9
"""Intersection over union from which two findings show the same tile."""
GRID = (96, 54)
LEVELS = 10
MOVED = 0.02
"""Part of the page's points that must change: the smallest tile of a full gallery covers 0.04 of it."""
SEAM_POINTS = 16
SEAM_LEVELS = 5


@dataclass(frozen=True, slots=True, eq=False)
class Signature:
    """What a frame with a known layout looks like where nothing moves.

    ``points`` are the flat indices of page pixels, ``page`` their colours int16 (P, 3); ``seams`` the part of
    the places along the tiles' edges at which a jump shows, 0..1.
    """

    points: NDArray[np.intp]
    page: NDArray[np.int16]
    seams: float


def sign(pixels: Pixels, layout: Layout) -> Signature:
    """What to compare later frames with."""
    points = _page_points(layout)
    colours = pixels.reshape(-1, 3)[points].astype(np.int16)
    if len(colours):
        # Only what has the page's own colour stands still: a shared film or a chat beside the tiles does not.
        keys = (colours >> 3) @ np.array([1024, 32, 1], np.int16)
        values, counts = np.unique(keys, return_counts=True)
        keep = keys == values[counts.argmax()]
        points, colours = points[keep], colours[keep]
    return Signature(points, colours, _seams(pixels, layout))


def holds(pixels: Pixels, layout: Layout, signature: Signature) -> bool:
    """Whether a frame of the layout's size still looks like the layout; 0.7 ms for 48 tiles."""
    if len(signature.points):
        now = pixels.reshape(-1, 3)[signature.points].astype(np.int16)
        gone = np.abs(now - signature.page).max(axis=1) > LEVELS
        if gone.sum() > max(MOVED * len(gone), 3):
            return False
        if len(gone) >= 12 and _emptied(pixels, layout, np.median(signature.page, axis=0)):
            return False
    return _seams(pixels, layout) >= 0.6 * signature.seams


def _emptied(pixels: Pixels, layout: Layout, page: NDArray[np.float64]) -> bool:
    """Whether a tile shows nothing but the page: its participant left."""
    return any(empty(pixels, slot, page) for slot in layout.slots)


def empty(pixels: Pixels, slot: Slot, page: NDArray[np.float64]) -> bool:
    """Whether a slot shows the page's colour everywhere."""
    part = slot.box.of(pixels)
    step = max(part.shape[0] // 8, 1), max(part.shape[1] // 8, 1)
    return bool(part.size and (np.abs(part[:: step[0], :: step[1]].astype(np.int16) - page).max() <= 3))


def _page_points(layout: Layout) -> NDArray[np.intp]:
    """Flat indices of points on a grid and in the gaps between the tiles that lie outside every tile."""
    xs = (np.arange(GRID[0]) * layout.width // GRID[0]).astype(np.intp)
    ys = (np.arange(GRID[1]) * layout.height // GRID[1]).astype(np.intp)
    columns, lines = (part.ravel() for part in np.meshgrid(xs, ys))
    gap = [
        (x, y)
        for slot in layout.slots
        for x, y in (
            (slot.box.left - 2, slot.box.top + slot.box.height // 2),
            (slot.box.right + 1, slot.box.top + slot.box.height // 3),
            (slot.box.left + slot.box.width // 2, slot.box.top - 2),
            (slot.box.left + slot.box.width // 3, slot.box.bottom + 1),
        )
        if 0 <= x < layout.width and 0 <= y < layout.height
    ]
    if gap:
        columns = np.concatenate([columns, np.array([x for x, _ in gap], np.intp)])
        lines = np.concatenate([lines, np.array([y for _, y in gap], np.intp)])
    outside = np.ones(len(columns), np.bool_)
    for slot in layout.slots:
        box = slot.box
        outside &= (columns < box.left) | (columns >= box.right) | (lines < box.top) | (lines >= box.bottom)
    return lines[outside] * layout.width + columns[outside]


def _seams(pixels: Pixels, layout: Layout) -> float:
    """The part of the places along all tiles' edges at which inside and outside differ."""
    if not layout.slots:
        return 0.0
    boxes = np.array(
        [(slot.box.left, slot.box.top, slot.box.width, slot.box.height) for slot in layout.slots], np.float64
    )
    left, top, width, height = (boxes[:, index, None] for index in range(4))
    along = np.linspace(0.12, 0.88, SEAM_POINTS)[None]
    x, y, zero = left + along * width, top + along * height, 0 * along
    inner_x = np.concatenate([x, x, left + 2 + zero, left + width - 3 + zero], 1)
    outer_x = np.concatenate([x, x, left - 2 + zero, left + width + 1 + zero], 1)
    inner_y = np.concatenate([top + 2 + zero, top + height - 3 + zero, y, y], 1)
    outer_y = np.concatenate([top - 2 + zero, top + height + 1 + zero, y, y], 1)
    inner, outer = _at(pixels, inner_x, inner_y), _at(pixels, outer_x, outer_y)
    return float((np.abs(inner - outer).max(axis=2) > SEAM_LEVELS).mean())


def _at(pixels: Pixels, xs: NDArray[np.float64], ys: NDArray[np.float64]) -> NDArray[np.int16]:
    columns = np.clip(xs.astype(np.intp), 0, pixels.shape[1] - 1)
    lines = np.clip(ys.astype(np.intp), 0, pixels.shape[0] - 1)
    return pixels[lines, columns].astype(np.int16)


class LayoutWatch:
    """Holds the layout that is believed in, and finds it again when the picture says so.

    ``find`` is the slow path, from pixels RGB uint8 (H, W, 3) to a Layout. ``clear`` tells whether the last
    frame looked like the layout; otherwise something may lie over the tiles.
    """

    def __init__(self, find: Callable[[Pixels], Layout]) -> None:
        self._find = find
        self.layout = Layout(0, 0)
        self.finds = 0
        self.clear = False
        self._signature: Signature | None = None
        self._found_at = -np.inf
        self._confirmed = 0
        self._failed = 0
        self._missing_since: float | None = None
        self._overview: NDArray[np.int16] | None = None

    def update(self, frame: Frame) -> Layout:
        """The layout of this frame."""
        size_changed = (frame.width, frame.height) != (self.layout.width, self.layout.height)
        if frame.time < self._found_at:
            self._found_at = -np.inf
        trusted = not size_changed and self._trusted(frame)
        self.clear = trusted
        if size_changed or self._due(frame, trusted):
            self._consider(frame, self._find(frame.pixels), trusted, size_changed)
        return self.layout

    def _trusted(self, frame: Frame) -> bool:
        if not self.layout.slots:
            return not self._scene_changed(frame.pixels)
        return self._signature is not None and holds(frame.pixels, self.layout, self._signature)

    def _due(self, frame: Frame, trusted: bool) -> bool:
        waited = frame.time - self._found_at
        if trusted and self.layout.slots and self._missing_since is None:
            return waited >= CONFIRM[min(self._confirmed, len(CONFIRM) - 1)]
        if trusted:
            return waited >= RETRY[min(self._failed, len(RETRY) - 1)]
        # The first look at something new is at once: a gallery that changed its shape must not wait.
        first = self._failed == 0 or not self.layout.slots
        return waited >= (0.1 if first else RETRY[min(self._failed, len(RETRY) - 1)])

    def _scene_changed(self, pixels: Pixels) -> bool:
        """Without a layout: whether the picture is another one than the one last searched in vain."""
        now = _overview(pixels)
        if self._overview is None:
            return True
        return bool((np.abs(now - self._overview) > 24).mean() > 0.2)

    def _consider(self, frame: Frame, found: Layout, trusted: bool, resized: bool) -> None:
        """Believe a finding, or keep what was believed for a while."""
        self.finds += 1
        self._found_at = frame.time
        self._overview = _overview(frame.pixels)
        if resized or not self.layout.slots:
            failed = self._failed + 1
            self._accept(frame, found)
            self._failed = 0 if found.slots else failed
            return
        kept = _matches(self.layout, found)
        if len(kept) == len(found.slots) == len(self.layout.slots):
            self._confirm(frame, trusted)
        elif len(kept) == len(found.slots) and not self._left(frame, kept):
            self._miss(frame, found)
        elif trusted and self._missing_since is None:
            # Nothing that stands still moved: one finding alone does not overturn it.
            self._missing_since, self._confirmed, self._failed = frame.time, 0, 0
        else:
            self._accept(frame, found)

    def _confirm(self, frame: Frame, trusted: bool) -> None:
        """The same tiles as before: what changed is around them."""
        self._missing_since = None
        self._confirmed = self._confirmed + 1 if trusted else 0
        self._failed = 0 if trusted else self._failed + 1
        self._signature = sign(frame.pixels, self.layout)
        self.clear = True

    def _miss(self, frame: Frame, found: Layout) -> None:
        """Fewer tiles than before, and no page where the others were: keep them for a while."""
        self._failed += 1
        if self._missing_since is None or frame.time < self._missing_since:
            self._missing_since = frame.time
        if frame.time - self._missing_since >= PATIENCE:
            self._accept(frame, found)

    def _left(self, frame: Frame, kept: set[int]) -> bool:
        """Whether every tile that was not found again shows the page: those participants left."""
        if not kept or self._signature is None or not len(self._signature.page):
            return False
        page = np.median(self._signature.page, axis=0)
        return all(
            empty(frame.pixels, slot, page)
            for index, slot in enumerate(self.layout.slots)
            if index not in kept
        )

    def _accept(self, frame: Frame, found: Layout) -> None:
        self.layout = Layout(frame.width, frame.height, found.slots)
        self._signature = sign(frame.pixels, self.layout) if found.slots else None
        self.clear = True
        self._missing_since, self._confirmed, self._failed = None, 0, 0

    def patch(self, index: int, slot: Slot) -> None:
        """Note what was seen inside one tile: its camera went on or off."""
        slots = list(self.layout.slots)
        slots[index] = slot
        self.layout = Layout(self.layout.width, self.layout.height, tuple(slots))


def _overview(pixels: Pixels) -> NDArray[np.int16]:
    """A coarse sample of the picture, int16."""
    step = max(pixels.shape[0] // 36, 1), max(pixels.shape[1] // 64, 1)
    return pixels[:: step[0], :: step[1], 1].astype(np.int16)


def _matches(old: Layout, new: Layout) -> set[int]:
    """Indices of the old slots that the new layout has too."""
    return {
        index
        for index, slot in enumerate(old.slots)
        if any(slot.box.iou(other.box) >= SAME_PLACE for other in new.slots)
    }
