"""Prints the share of right ids over drawn classes that reorder, turn pages and toggle cameras.

Run as ``python -m tests.agent.tracking.measure [SEEDS] [SECONDS]``; the layout is the drawing's truth.
"""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass, field

from agent.classroom.gallery import Drawing, Gallery
from agent.classroom.scene import TileTruth
from agent.classroom.script import Script, ScriptPace
from agent.classroom.styles import STYLES, Plan
from agent.tracking import GalleryTracker
from agent.values import Frame, Layout, Pixels, Slot, Tile

STEP = 0.2


class DrawnLayout:
    """The slow path replaced by what was drawn; ``calls`` counts how often it was taken."""

    def __init__(self) -> None:
        self.truth: tuple[TileTruth, ...] = ()
        self.calls = 0

    def __call__(self, pixels: Pixels) -> Layout:
        self.calls += 1
        slots = tuple(Slot(one.box, one.row, one.col, one.video, one.camera_on) for one in self.truth)
        return Layout(pixels.shape[1], pixels.shape[0], slots)


@dataclass
class Tally:
    """What was right: ``first`` maps a participant to the id first given, ``owner`` the other way round."""

    tiles: int = 0
    right: int = 0
    foreign: int = 0
    misplaced: int = 0
    cameras: int = 0
    speaking: int = 0
    first: dict[str, str] = field(default_factory=dict)
    owner: dict[str, str] = field(default_factory=dict)

    def add(self, tiles: tuple[Tile, ...], truth: tuple[TileTruth, ...]) -> None:
        shown = {tile.slot.box: tile for tile in tiles}
        for one in truth:
            self.tiles += 1
            tile = shown.get(one.box)
            if tile is None:
                self.misplaced += 1
                continue
            wanted = self.first.setdefault(one.id, tile.id)
            owner = self.owner.setdefault(tile.id, one.id)
            self.right += tile.id == wanted and owner == one.id
            self.foreign += owner != one.id
            self.cameras += tile.slot.camera_on == one.camera_on
            self.speaking += tile.speaking == one.speaking


def measure(style: str, seed: int, count: int, seconds: float, page: int = 25) -> tuple[Tally, float, int]:
    """Follow one class: the tally, mean milliseconds an update, and how often the layout was found."""
    script = Script(seed, count, page, ScriptPace().faster(5.0))
    gallery, find = Gallery(Plan(STYLES[style])), DrawnLayout()
    tracker, tally, spent = GalleryTracker(find), Tally(), 0.0
    steps = round(seconds / STEP)
    for step in range(steps):
        drawing: Drawing = gallery.draw(script.scene_at(step * STEP))
        find.truth = drawing.truth
        start = time.perf_counter()
        tiles = tracker.update(Frame(drawing.pixels, step * STEP, 0.0))
        spent += time.perf_counter() - start
        tally.add(tiles, drawing.truth)
    return tally, 1000 * spent / steps, find.calls


def main() -> None:
    seeds = int(sys.argv[1]) if len(sys.argv) > 1 else 2
    seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 20.0
    print("style         seed tiles  right%  foreign misplaced camera% speaking%  ms/frame finds")
    for style in STYLES:
        for seed in range(1, seeds + 1):
            count, page = ((25, 25), (34, 25), (12, 9), (49, 49))[seed % 4]
            tally, cost, finds = measure(style, seed, count, seconds, page)
            total = tally.tiles
            print(
                f"{style:13} {seed:4} {total:5} {100 * tally.right / total:7.2f} {tally.foreign:8}"
                f" {tally.misplaced:9} {100 * tally.cameras / total:7.2f} {100 * tally.speaking / total:9.2f}"
                f" {cost:9.2f} {finds:5}",
                flush=True,
            )


if __name__ == "__main__":
    main()
