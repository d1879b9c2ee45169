"""Keeps whoever is shown in a floating tile from being looked at as the participant of the tile below it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from agent.values import Box, Tile

LEAST = 0.03
"""Minimum share of a tile that lies over another one; the edges of neighbours may be one pixel too wide."""


def floating_over(tiles: Sequence[Tile]) -> dict[str, tuple[Box, ...]]:
    """For each tile that smaller ones float over, such as a self-view, the boxes of these."""
    found = _floating(tuple(tile.slot.box for tile in tiles))
    return {tiles[index].id: boxes for index, boxes in found.items()}


@lru_cache(maxsize=4)
def _floating(boxes: tuple[Box, ...]) -> dict[int, tuple[Box, ...]]:
    """The same by index. With 49 tiles it takes 1 ms, and tiles seldom move, so the last answers are kept."""
    found = {
        index: tuple(
            other
            for other in boxes
            if other.area < box.area and other.intersection(box) >= LEAST * other.area
        )
        for index, box in enumerate(boxes)
    }
    return {index: over for index, over in found.items() if over}
