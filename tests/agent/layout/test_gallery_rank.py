from __future__ import annotations

from dataclasses import replace

from agent.layout.gallery_rank import rank
from tests.agent.layout.test_gallery_rules import NAMELESS


def test_halves_of_the_whole_picture_rank_below_the_tiles_in_it() -> None:
    tiles = replace(NAMELESS, cells=5, video=4, labels=1.0, sides=1.0, variety=4.5)
    halves = replace(tiles, cells=2, video=2, area=1.0, gap=0.0, aspect=0.89, sides=1.0)
    assert rank(halves) < rank(tiles)
    assert rank(halves) < rank(replace(halves, area=0.9))
