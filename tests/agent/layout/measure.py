"""Prints how many tiles of random drawn galleries are found, and how many pages without one stay empty.

Run from the root: ``python -m tests.agent.layout.measure [COUNT] [FIRST]``.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import cv2
import numpy as np

from agent.layout import find_layout
from agent.values import Box, Layout, Pixels
from tests.agent.classroom.variations import random_gallery, random_page
from tests.paths import GALLERIES


def matched(layout: Layout, truth: list[Box]) -> int:
    """How many true tiles have a slot at IoU 0.8 or better."""
    return sum(any(slot.box.iou(box) >= 0.8 for slot in layout.slots) for box in truth)


def farthest(box: Box, truth: Box) -> int:
    """By how many pixels the side that is most so is off."""
    ends = [(one.left, one.top, one.right, one.bottom) for one in (box, truth)]
    return int(max(abs(a - b) for a, b in zip(*ends, strict=True)))


def read(path: Path) -> Pixels:
    """A picture file as RGB uint8 (H, W, 3)."""
    pixels = cv2.imread(str(path))
    if pixels is None:
        raise FileNotFoundError(path)
    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB), np.uint8)


def real() -> None:
    """The three real pictures, where they are."""
    if not GALLERIES.is_dir():
        return
    for name, known in json.loads((GALLERIES / "truth.json").read_text()).items():
        layout = find_layout(read(GALLERIES / name))
        off = [index for index, slot in enumerate(layout.slots) if not slot.camera_on]
        found = matched(layout, [Box(*tile) for tile in known["tiles"]])
        print(
            f"{name}: {found}/{len(known['tiles'])} of {len(layout.slots)}, off {off}, {known['camera_off']}"
        )


def main(count: int, first: int) -> None:
    """Measure ``count`` galleries and ``count`` pages from the seed ``first``."""
    real()
    tiles = hits = extra = right = wide = off = 0
    spent = 0.0
    for seed in range(first, first + count):
        pixels, truth, what = random_gallery(seed)
        start = time.perf_counter()
        layout = find_layout(pixels)
        spent += time.perf_counter() - start
        found = matched(layout, [tile.box for tile in truth])
        tiles, hits, extra = tiles + len(truth), hits + found, extra + len(layout.slots) - found
        for tile in truth:
            for slot in layout.slots:
                if slot.box.iou(tile.box) >= 0.8:
                    right += slot.camera_on == tile.camera_on
                    wide += slot.video.iou(tile.video) >= 0.8
                    off += farthest(slot.box, tile.box) >= 2
        if found < len(truth) or len(layout.slots) > found:
            print(f"{seed}: {found}/{len(truth)} of {len(layout.slots)} slots; {what}", flush=True)
    phantom = 0
    for seed in range(first, first + count):
        pixels, kind = random_page(seed)
        layout = find_layout(pixels)
        if layout.slots:
            phantom += 1
            print(f"page {seed} ({kind}): {len(layout.slots)} phantom tiles", flush=True)
    print(f"recall {hits}/{tiles} = {hits / tiles:.4f}; wrong slots {extra}; {spent / count:.3f} s a gallery")
    print(f"camera right {right / max(hits, 1):.4f}; video box right {wide / max(hits, 1):.4f}")
    print(f"tiles with a side 2 pixels or more off {off / max(hits, 1):.4f}")
    print(f"pages with phantom tiles: {phantom} of {count}")


if __name__ == "__main__":
    main(*(int(value) for value in (sys.argv[1:] + ["100", "0"][len(sys.argv) - 1 :])))
