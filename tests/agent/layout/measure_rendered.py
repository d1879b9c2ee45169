"""Prints how many tiles of meeting pages drawn by Chromium are found; how many pages of photos stay empty.

Run from the root: ``python -m tests.agent.layout.measure_rendered [COUNT] [FIRST]``.
"""

from __future__ import annotations

import sys

from playwright.sync_api import Browser

from agent.layout import find_layout
from tests.agent.layout.measure import matched
from tests.agent.layout.meetings import meeting
from tests.agent.layout.rendering import as_source, chromium, render
from tests.agent.layout.websites import website
from tests.galleries import real_videos


def main(count: int, first: int) -> None:
    """Measure ``count`` meeting pages and ``count`` pages of photos from the seed ``first``.

    People are those of the real galleries where these are at hand, drawn ones elsewhere.
    """
    faces = [as_source(video) for video in real_videos()] or None
    seeds = range(first, first + count)
    with chromium() as browser:
        meetings(browser, seeds, faces)
        sites(browser, seeds, faces)


def meetings(browser: Browser, seeds: range, faces: list[str] | None) -> None:
    """Tiles found, wrong slots, and cameras judged rightly."""
    tiles = hits = extra = right = 0
    for seed in seeds:
        page = render(browser, meeting(seed, faces))
        layout = find_layout(page.pixels)
        found, wanted, slots = matched(layout, list(page.tiles)), len(page.tiles), len(layout.slots)
        pairs = [
            slot.camera_on == (index not in page.camera_off)
            for index, box in enumerate(page.tiles)
            for slot in layout.slots
            if slot.box.iou(box) >= 0.8
        ]
        tiles, hits, extra, right = tiles + wanted, hits + found, extra + slots - found, right + sum(pairs)
        if not found == wanted == slots == sum(pairs):
            print(f"{seed}: {found}/{wanted} of {slots} slots, {sum(pairs)} cameras; {page.what}", flush=True)
    print(f"recall {hits}/{tiles}; wrong slots {extra}; camera right {right}/{hits}")


def sites(browser: Browser, seeds: range, faces: list[str] | None) -> None:
    """Pages of photos that pass for a gallery."""
    phantoms = 0
    for seed in seeds:
        page = render(browser, website(seed, faces))
        slots = find_layout(page.pixels).slots
        phantoms += bool(slots)
        if slots:
            print(f"page {seed}: {len(slots)} phantom tiles; {page.what}", flush=True)
    print(f"pages with phantom tiles: {phantoms} of {len(seeds)}")


if __name__ == "__main__":
    main(*(int(value) for value in (sys.argv[1:] + ["30", "0"][len(sys.argv) - 1 :])))
