from __future__ import annotations

from dataclasses import replace

from agent.layout.clear_gallery import is_certain
from tests.agent.layout.test_gallery_rules import NAMELESS

NAMED = replace(NAMELESS, labels=0.7, rim=0.05)


def test_a_gallery_with_names_and_clear_sides_ends_the_search() -> None:
    assert is_certain(NAMED)
    assert not is_certain(replace(NAMED, labels=0.5))
    assert not is_certain(replace(NAMED, sides=0.85))
    assert not is_certain(replace(NAMED, area=0.1))


def test_two_tiles_end_it_only_without_a_fault() -> None:
    two = replace(NAMED, cells=2, video=2, sides=1.0, purity=1.0, labels=1.0, aspect=16 / 9)
    assert is_certain(two)
    assert not is_certain(replace(two, purity=0.95))
    assert not is_certain(replace(two, video=1))
