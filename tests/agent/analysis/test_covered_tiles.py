from __future__ import annotations

from agent.analysis.covered_tiles import floating_over
from agent.values import Box, Slot, Tile


def tile(name: str, box: Box) -> Tile:
    return Tile(name, Slot(box, 0, 0, box, camera_on=True), speaking=False, changed=True)


LEFT, RIGHT = tile("left", Box(0, 0, 320, 180)), tile("right", Box(319, 0, 320, 180))


def test_a_tile_that_floats_over_another_covers_it() -> None:
    floating = tile("self", Box(500, 120, 160, 90))
    assert floating_over([LEFT, RIGHT, floating]) == {"right": (floating.slot.box,)}


def test_neighbours_cover_nothing() -> None:
    assert floating_over([LEFT, RIGHT, tile("below", Box(0, 179, 300, 170))]) == {}
