"""Prints how many tiles of meetings on screens are found, and which screens without one pass for one.

Run from the root: ``python -m tests.agent.layout.measure_scenes [COUNT] [FIRST] [PHOTOS]``; PHOTOS is
a folder of photos of anything (a desktop's wallpapers), without which drawn ones are taken.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

import cv2
import numpy as np
from playwright.sync_api import Browser

from agent.layout import find_layout
from agent.values import Pixels
from tests.agent.layout.desks import SCREENS
from tests.agent.layout.measure import matched, read
from tests.agent.layout.modern import MODERN
from tests.agent.layout.programs import PROGRAMS
from tests.agent.layout.rendering import Rendered, chromium, render
from tests.agent.layout.scenes import scene
from tests.agent.layout.studio import cast, finished


def views(folder: Path) -> list[Pixels]:
    """The photos of a folder, RGB uint8 (H, W, 3), at most 1280 pixels wide."""
    found = []
    for path in sorted(folder.iterdir()):
        pixels = read(path)
        size = 1280, round(1280 * pixels.shape[0] / pixels.shape[1])
        found.append(np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8))
    return found


def meeting(browser: Browser, seed: int, people: list[str], photos: list[str]) -> Rendered:
    """One meeting as it is sent on."""
    page = render(browser, scene(seed, people, photos, PROGRAMS))
    # The kind of 49 tiles is there for the smallest faces.
    scale = 640 / page.pixels.shape[1] if page.what.startswith("tiny") else None
    return finished(page, np.random.default_rng((seed, 62)), scale)


def modern(browser: Browser, seed: int, people: list[str], photos: list[str]) -> Rendered:
    """One meeting of the other hand."""
    return finished(render(browser, scene(seed, people, photos, MODERN)), np.random.default_rng((seed, 65)))


def meetings(pages: Iterable[tuple[int, Rendered]]) -> None:
    """Tiles found, wrong slots, and cameras judged rightly, of seeds and what they draw."""
    tiles = hits = extra = right = 0
    for seed, page in pages:
        layout = find_layout(page.pixels)
        found, wanted, slots = matched(layout, list(page.tiles)), len(page.tiles), len(layout.slots)
        cameras = sum(
            slot.camera_on == (index not in page.camera_off)
            for index, box in enumerate(page.tiles)
            for slot in layout.slots
            if slot.box.iou(box) >= 0.8
        )
        tiles, hits, extra, right = tiles + wanted, hits + found, extra + slots - found, right + cameras
        if not found == wanted == slots == cameras:
            print(f"{seed}: {found}/{wanted} of {slots} slots, {cameras} cameras; {page.what}", flush=True)
    print(
        f"recall {hits}/{tiles} = {hits / tiles:.4f}; wrong slots {extra}; camera right {right}/{hits}",
        flush=True,
    )


def screens(browser: Browser, seeds: range, people: list[str], photos: list[str]) -> None:
    """Screens without a meeting that pass for one."""
    phantoms = 0
    for seed in seeds:
        page = finished(
            render(browser, scene(seed, people, photos, SCREENS)), np.random.default_rng((seed, 63))
        )
        slots = find_layout(page.pixels).slots
        phantoms += bool(slots)
        if slots:
            print(f"screen {seed}: {len(slots)} phantom tiles; {page.what}", flush=True)
    print(f"screens with phantom tiles: {phantoms} of {len(seeds)}")


def main(count: int, first: int, folder: str) -> None:
    """Measure ``count`` meetings and ``count`` screens from the seed ``first``."""
    people, photos = cast(np.random.default_rng((first, 64)), views(Path(folder)) if folder else ())
    with chromium() as browser:
        for drawn in (meeting, modern):
            seeds = range(first, first + count)
            meetings((seed, drawn(browser, seed, people, photos)) for seed in seeds)
        screens(browser, range(first, first + count), people, photos)


if __name__ == "__main__":
    given = [*sys.argv[1:], *["36", "0", ""][len(sys.argv) - 1 :]]
    main(int(given[0]), int(given[1]), given[2])
