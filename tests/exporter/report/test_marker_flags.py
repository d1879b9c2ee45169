"""Where the numbers of markers stand, and which share a flag."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from exporter.report.marker_flags import FARTHEST, marker_flags

WIDTH = 720.0


def texts(*places: float) -> list[str]:
    return [flag.text for flag in marker_flags(places, 0.0, WIDTH)]


def test_a_few_markers_have_a_number_each() -> None:
    assert texts(100.0, 101.0, 102.0) == ["1", "2", "3"]
    assert texts(50.0, 400.0) == ["1", "2"]


def test_a_burst_shares_one_flag_over_its_lines() -> None:
    """Eleven numbers in a row reached 120 pixels away from where they were set."""
    burst = tuple(600.0 + number / 10 for number in range(11))
    flags = marker_flags((200.0, *burst, 690.0), 0.0, WIDTH)
    assert [flag.text for flag in flags] == ["1", "2\N{EN DASH}12", "13"]
    assert flags[1].at == flags[1].marked


def test_a_number_is_as_wide_as_its_digits() -> None:
    flags = marker_flags([60.0 * number for number in range(12)], 0.0, WIDTH)
    assert flags[8].width < flags[9].width


@given(st.lists(st.floats(44, 714), max_size=60).map(sorted))
def test_flags_neither_overlap_nor_leave_the_chart_nor_lose_a_marker(places: list[float]) -> None:
    flags = marker_flags(places, 0.0, WIDTH)
    assert [index for flag in flags for index in range(flag.first, flag.last + 1)] == list(
        range(1, len(places) + 1)
    )
    for flag in flags:
        assert flag.at - flag.width / 2 >= -0.1
        assert flag.at + flag.width / 2 <= WIDTH + 0.1
        assert abs(flag.at - flag.marked) <= FARTHEST + 0.1
    for one, other in pairwise(flags):
        assert one.at + one.width / 2 <= other.at - other.width / 2 + 0.2
