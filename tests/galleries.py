"""The real gallery pictures and the truth about them; they show real people and are not in the repository."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from agent.sources.pictures import read_picture
from agent.values import Box, Pixels
from tests.paths import GALLERIES, need

NAMES = ("grid-4x4.jpg", "tablet-2x2.png", "ragged-3+2.png")


@dataclass(frozen=True)
class RealGallery:
    """One picture, its tiles in reading order, and which of them are without video."""

    path: Path
    pixels: Pixels
    tiles: tuple[Box, ...]
    camera_off: frozenset[int]


def real_gallery(name: str) -> RealGallery:
    """Load one; skips the test where the pictures are not there."""
    path = need(GALLERIES / name)
    truth = json.loads((GALLERIES / "truth.json").read_text())[name]
    tiles = tuple(Box(*tile) for tile in truth["tiles"])
    return RealGallery(path, read_picture(path), tiles, frozenset(truth["camera_off"]))


def real_videos() -> list[Pixels]:
    """The tiles with video of the real galleries, RGB uint8 (H, W, 3); none where those are not at hand."""
    if not GALLERIES.is_dir():
        return []
    galleries = [real_gallery(name) for name in NAMES]
    return [
        box.of(gallery.pixels)
        for gallery in galleries
        for index, box in enumerate(gallery.tiles)
        if index not in gallery.camera_off
    ]
