"""A drawn class in which everything happens: reorder, paging, cameras off, a window moved and resized.

It is drawn in a process of its own, so that what the drawings keep is not taken for growth of the agent.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.shared_memory import SharedMemory
from typing import Self

import numpy as np

from agent.classroom.gallery import Gallery, Plan
from agent.classroom.scene import TileTruth
from agent.classroom.script import Script, ScriptPace
from agent.classroom.styles import style_named
from agent.values import Box, Pixels

LARGEST = (1920, 1080)
SCREENS = (LARGEST, LARGEST, (1600, 900))
"""Sizes of the screen, by turns: the resolution changes."""
WINDOWS = ((0.0, 0.0, 1.0), (0.08, 0.06, 0.9), (0.0, 0.1, 0.9), (0.0, 0.0, 1.0))
"""Places of the meeting's window on it, by turns: left and top as shares of the screen, and its size."""
PAGES = (49, 25, 49)
"""Tiles a page, by turns: all on one page, and pages that turn."""


@dataclass(frozen=True, slots=True)
class Turns:
    """Seconds from one window's place, screen's size and page's size to the next."""

    window: float = 40.0
    screen: float = 170.0
    page: float = 300.0


@dataclass(frozen=True, slots=True)
class Truth:
    """What one tile really is: whose, where in the frame, and whether its camera is on."""

    id: str
    box: Box
    camera_on: bool


class Stage:
    """Draws the lesson at any time; a frame RGB uint8 (H, W, 3) with the truth of its tiles."""

    def __init__(self, seed: int, count: int, pages: Sequence[int], turns: Turns, faster: float) -> None:
        self._script = Script(seed, count, pages[0], ScriptPace().faster(faster))
        self._pages, self._turns = pages, turns
        self._galleries: dict[tuple[int, int], Gallery] = {}

    def at(self, time: float) -> tuple[Pixels, tuple[Truth, ...]]:
        turns = self._turns
        self._script.page_size = self._pages[int(time // turns.page) % len(self._pages)]
        wide, high = SCREENS[int(time // turns.screen) % len(SCREENS)]
        left, top, size = WINDOWS[int(time // turns.window) % len(WINDOWS)]
        window = Box(round(left * wide), round(top * high), round(size * wide), round(size * high))
        pixels = np.full((high, wide, 3), (58, 84, 104), np.uint8)
        drawing = self._gallery((window.width, window.height)).draw(self._script.scene_at(time))
        window.of(pixels)[:] = drawing.pixels
        return pixels, tuple(_moved(tile, window) for tile in drawing.truth)

    def _gallery(self, size: tuple[int, int]) -> Gallery:
        if size not in self._galleries:
            self._galleries[size] = Gallery(Plan(style_named("zoom"), size))
        return self._galleries[size]


def _moved(tile: TileTruth, window: Box) -> Truth:
    box = Box(tile.box.left + window.left, tile.box.top + window.top, tile.box.width, tile.box.height)
    return Truth(tile.id, box, tile.camera_on)


class Studio:
    """A process that draws for this one: ``draw`` gives a frame of its own and the truth of its tiles."""

    def __init__(
        self,
        seed: int,
        count: int,
        pages: Sequence[int] = PAGES,
        turns: Turns | None = None,
        faster: float = 1.0,
    ) -> None:
        context = multiprocessing.get_context("spawn")
        self._memory = SharedMemory(create=True, size=LARGEST[0] * LARGEST[1] * 3)
        self._here, there = context.Pipe()
        self._process = context.Process(
            target=_draw,
            args=(there, self._memory.name, (seed, count, tuple(pages), turns or Turns(), faster)),
            daemon=True,
        )
        self._process.start()
        there.close()

    def draw(self, time: float) -> tuple[Pixels, tuple[Truth, ...]]:
        self._here.send(time)
        shape, truth = self._here.recv()
        return np.ndarray(shape, np.uint8, self._memory.buf).copy(), truth

    def close(self) -> None:
        self._here.close()
        self._process.join()
        self._memory.close()
        self._memory.unlink()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _draw(asked: Connection, name: str, about: tuple[int, int, tuple[int, ...], Turns, float]) -> None:
    # The parent unlinks the memory; this process must not do so as well, so it is told not to track it.
    memory = SharedMemory(name=name)
    stage = Stage(*about)
    try:
        while True:
            pixels, truth = stage.at(asked.recv())
            np.ndarray(pixels.shape, np.uint8, memory.buf)[:] = pixels
            asked.send((pixels.shape, truth))
    except EOFError:
        memory.close()
