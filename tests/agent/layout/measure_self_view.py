"""Measures the search for a self-view: how many drawn ones it finds, and how often it takes a room's for one.

``python -m tests.agent.layout.measure_self_view [SEEDS]`` draws SEEDS (default 6) classes of each size and
style, at twelve moments each, and twenty calls with a self-view for each seed. It prints the tiles of the
classes, those found, the tiles too many, and the self-views found.
"""

from __future__ import annotations

import sys
from concurrent.futures import ProcessPoolExecutor
from itertools import product

import cv2
import numpy as np

from agent.classroom.gallery import Gallery
from agent.classroom.script import Script
from agent.classroom.styles import Plan, style_named
from agent.layout import find_layout
from agent.values import Box, Pixels
from tests.agent.layout.measure import matched
from tests.agent.layout.windows import call

SIZES = {4: (1280, 720), 9: (1280, 720), 16: (1600, 900), 25: (1280, 720), 49: (1920, 1080)}
"""Size of the picture for each number of participants."""
MOMENTS = tuple(5 + 23.7 * moment for moment in range(12))
CALLS = 20
GRIDS = ((1, 1), (2, 1), (2, 2), (3, 2), (3, 3), (4, 3), (4, 4), (5, 5))


def class_without_self_view(job: tuple[int, str, int]) -> tuple[int, int, int]:
    """Tiles, tiles found, and tiles too many, of one class: its seed, style and number of participants."""
    cv2.setNumThreads(1)
    seed, style, count = job
    script, gallery = Script(seed, count, 49, None), Gallery(Plan(style_named(style), SIZES[count]))
    tiles = found = extra = 0
    for seconds in MOMENTS:
        drawn = gallery.draw(script.scene_at(seconds))
        slots = [slot.box for slot in find_layout(drawn.pixels).slots]
        truth = [tile.box for tile in drawn.truth]
        tiles += len(truth)
        found += sum(any(box.iou(slot) >= 0.7 for slot in slots) for box in truth)
        extra += sum(all(box.iou(slot) < 0.5 for box in truth) for slot in slots)
    return tiles, found, extra


def call_with_self_view(seed: int) -> tuple[Pixels, Box]:
    """A call whose self-view floats near a right corner of its tiles, some scaled and compressed; its box."""
    rng = np.random.default_rng((seed, 97))
    size = ((1280, 720), (1600, 900), (1920, 1080))[int(rng.integers(3))]
    (columns, rows), gap = GRIDS[int(rng.integers(len(GRIDS)))], int(rng.integers(4, 14))
    room = (size[0] - 40 - (columns - 1) * gap) / columns, (size[1] - 130 - (rows - 1) * gap) / rows
    wide = int(min(room[0], room[1] * 16 / 9))
    high = wide * 9 // 16
    first = Box((size[0] - columns * (wide + gap) + gap) // 2, 20, wide, high)
    tiles = [first.shifted(x * (wide + gap), y * (high + gap)) for y in range(rows) for x in range(columns)]
    aspect = float(rng.choice([16 / 9, 4 / 3]))
    across = int(min(rng.uniform(0.16, 0.24) * size[0], 0.7 * wide, 0.7 * high * aspect))
    right, down = (int(rng.integers(-40, 25)) for _ in range(2))
    left = min(tiles[-1].right - across - 8 - right, size[0] - across - 4)
    below = tiles[-1].bottom - int(across / aspect) - 8 - down
    floating = Box(left, max(20 + down, 3) if rng.random() < 0.3 else below, across, int(across / aspect))
    pixels, scale = call(seed, [*tiles, floating], size), float(rng.choice([1, 1, 0.8, 0.66]))
    pixels = np.asarray(cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)
    if rng.random() < 0.5:
        quality = [cv2.IMWRITE_JPEG_QUALITY, int(rng.choice([75, 90]))]
        pixels = np.asarray(
            cv2.imdecode(cv2.imencode(".jpg", pixels, quality)[1], cv2.IMREAD_COLOR), np.uint8
        )
    ends = (floating.left, floating.top, floating.width, floating.height)
    return pixels, Box(*(round(end * scale) for end in ends))


def is_self_view_found(seed: int) -> bool:
    """Whether the self-view of one such call is found."""
    cv2.setNumThreads(1)
    pixels, floating = call_with_self_view(seed)
    return matched(find_layout(pixels), [floating]) == 1


def main() -> None:
    """Draw, search and print."""
    seeds = int(sys.argv[1]) if len(sys.argv) > 1 else 6
    jobs = [
        (seed, style, count)
        for seed, style, count in product(range(1, seeds + 1), ("zoom", "meet", "teams"), SIZES)
    ]
    with ProcessPoolExecutor() as pool:
        tiles, found, extra = np.sum(list(pool.map(class_without_self_view, jobs)), axis=0).tolist()
        seen = sum(pool.map(is_self_view_found, range(CALLS * seeds)))
    screens = len(jobs) * len(MOMENTS)
    print(f"{screens} screens without a self-view: {found} of {tiles} tiles found, {extra} too many")
    print(f"self-views found: {seen} of {CALLS * seeds}")


if __name__ == "__main__":
    main()
