"""Simple labelled tiles, drawn with OpenCV, for tests that need to say exactly where everything is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import count

import cv2
import numpy as np

from agent.participants.label_image import COLS, ROWS, StrokeMap
from agent.values import Box, Frame, Layout, Pixels, Slot

PAGE = (26, 26, 26)
TILE = (192, 108)
NAMES = (
    "Ada Lovelace", "Ben Okri", "Chen Wei", "Dora Maar", "Emil Nolde", "Fay Weldon", "Gus Van", "Hal Foster",
    "Ines Roth",
)  # fmt: skip


@dataclass(frozen=True)
class Seen:
    """What one tile shows: ``scene`` is the seed of its video, ``shade`` moves it without a cut."""

    name: str
    scene: int
    on: bool = True
    shade: int = 0
    speaking: bool = False


def slots_for(count: int, cols: int = 3, on: Sequence[bool] | None = None) -> tuple[Slot, ...]:
    """A grid with 8 px gaps, left-aligned."""
    places = []
    for index in range(count):
        row, col = divmod(index, cols)
        box = Box(10 + col * (TILE[0] + 8), 10 + row * (TILE[1] + 8), *TILE)
        places.append(Slot(box, row, col, box, on[index] if on else True))
    return tuple(places)


def draw(seen: Sequence[Seen], size: tuple[int, int] = (640, 380)) -> Pixels:
    """The gallery of ``seen``, RGB uint8."""
    pixels: Pixels = np.empty((size[1], size[0], 3), np.uint8)
    pixels[:] = PAGE
    for one, slot in zip(seen, slots_for(len(seen)), strict=True):
        slot.box.of(pixels)[:] = _tile(one)
    return pixels


def enlarged(slots: Sequence[Slot], factor: float) -> tuple[Slot, ...]:
    """The places in a picture that was enlarged."""
    return tuple(
        replace(slot, box=_times(slot.box, factor), video=_times(slot.video, factor)) for slot in slots
    )


def _times(box: Box, factor: float) -> Box:
    return Box(*(round(factor * part) for part in (box.left, box.top, box.width, box.height)))


def _tile(one: Seen) -> Pixels:
    width, height = TILE
    tile: Pixels = np.empty((height, width, 3), np.uint8)
    tile[:] = (40, 40, 40)
    if one.on:
        coarse = np.random.default_rng(one.scene).integers(30, 190, (5, 8, 3)).astype(np.uint8)
        tile = np.asarray(cv2.resize(coarse, TILE, interpolation=cv2.INTER_CUBIC), np.uint8)
        tile = np.clip(tile.astype(np.int16) + one.shade, 0, 215).astype(np.uint8)
    tile[height - 20 :, : 12 + 8 * len(one.name)] //= 3
    cv2.putText(
        tile, one.name, (6, height - 6), cv2.FONT_HERSHEY_SIMPLEX, 0.42, (245, 245, 245), 1, cv2.LINE_AA
    )
    if one.speaking:
        cv2.rectangle(tile, (1, 1), (width - 2, height - 2), (60, 220, 90), 3)
    return tile


def writing(text: str, left: int, baseline: int = 22) -> StrokeMap:
    """Text as it stands on a label's canvas, float32 (ROWS, COLS)."""
    raw = np.zeros((ROWS, COLS), np.uint8)
    cv2.putText(raw, text, (left, baseline), cv2.FONT_HERSHEY_SIMPLEX, 0.42, 180, 1, cv2.LINE_AA)
    return raw.astype(np.float32)


class Found:
    """A slow path whose answer the test sets; ``calls`` counts how often it was taken."""

    def __init__(self, slots: tuple[Slot, ...] = ()) -> None:
        self.slots, self.calls = slots, 0

    def __call__(self, pixels: Pixels) -> Layout:
        self.calls += 1
        return Layout(pixels.shape[1], pixels.shape[0], self.slots)


def frame(seen: Sequence[Seen], time: float) -> Frame:
    return Frame(draw(seen), time, 0.0)


def numbered() -> Callable[[], str]:
    """Ids t1, t2, ... in the order in which they are given."""
    numbers = count(1)
    return lambda: f"t{next(numbers)}"


def people(number: int = 9) -> list[Seen]:
    return [Seen(name, index) for index, name in enumerate(NAMES[:number])]


def resized(seen: list[Seen], factor: float) -> Pixels:
    """A screen on which the gallery's window has this size."""
    screen: Pixels = np.full((800, 1300, 3), 60, np.uint8)
    window = np.asarray(cv2.resize(draw(seen), None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA))
    screen[: window.shape[0], : window.shape[1]] = window
    return screen
