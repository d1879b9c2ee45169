from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.classroom.styles import STYLES, Grid, arrange, style_named
from agent.errors import ConfigError
from agent.values import Box


def test_an_unknown_style_is_answered_with_those_there_are() -> None:
    with pytest.raises(ConfigError, match="webex.*zoom"):
        style_named("webex")
    assert style_named("zoom") is STYLES["zoom"]


@given(
    count=st.integers(1, 49),
    width=st.integers(600, 1920),
    height=st.integers(400, 1080),
    aspect=st.sampled_from([16 / 9, 4 / 3, 1.0, 9 / 16]),
    gap=st.integers(0, 16),
    last_row=st.sampled_from(["centre", "left"]),
)
def test_tiles_lie_inside_in_reading_order_and_never_overlap(  # noqa: PLR0917 - one strategy each
    count: int, width: int, height: int, aspect: float, gap: int, last_row: str
) -> None:
    area = Box(10, 20, width, height)
    places = arrange(count, area, Grid(aspect, gap, last_row))
    assert len(places) == count
    for place in places:
        assert place.box.intersection(area) == place.box.area
        assert place.box.width / place.box.height == pytest.approx(aspect, rel=0.06)
    for first, second in pairwise(places):
        assert (second.row, second.col) in {(first.row, first.col + 1), (first.row + 1, 0)}
        assert first.box.intersection(second.box) == 0
        if first.row == second.row:
            assert second.box.left - first.box.right == gap


def test_a_short_last_row_is_centred_or_left() -> None:
    area = Box(0, 0, 900, 600)
    centred = arrange(5, area, Grid(16 / 9, 4, "centre", cols=3))
    left = arrange(5, area, Grid(16 / 9, 4, "left", cols=3))
    assert left[3].box.left == left[0].box.left
    assert centred[3].box.left - centred[0].box.left == pytest.approx(
        centred[2].box.right - centred[4].box.right, abs=1
    )


def test_zoom_shows_25_tiles_in_five_rows() -> None:
    places = arrange(25, Box(0, 0, 1268, 628), Grid(16 / 9, 4))
    assert {place.row for place in places} == {place.col for place in places} == set(range(5))
