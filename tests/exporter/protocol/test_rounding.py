"""Numbers and times as the feed writes them."""

from __future__ import annotations

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.protocol.rounding import iso_time, rounded, rounded_scores


@pytest.mark.parametrize(
    ("wall", "wanted"),
    [
        (0.0, "1970-01-01T00:00:00.000Z"),
        (1767258000.1204, "2026-01-01T09:00:00.120Z"),
        (1767258000.9996, "2026-01-01T09:00:01.000Z"),
    ],
)
def test_times_are_utc_to_the_millisecond(wall: float, wanted: str) -> None:
    assert iso_time(wall) == wanted


@given(st.lists(st.floats(0.001, 1), min_size=7, max_size=7))
def test_scores_sum_to_one_keep_their_order_and_stay_close(raw: list[float]) -> None:
    scores = [value / sum(raw) for value in raw]
    told = rounded_scores(scores)
    assert sum(round(score * 10_000) for score in told) == 10_000
    assert all(abs(one - other) < 1e-4 for one, other in zip(told, scores, strict=True))
    pairs = itertools.permutations(zip(scores, told, strict=True), 2)
    assert all(one[1] >= other[1] for one, other in pairs if one[0] > other[0])


@pytest.mark.parametrize("scores", [[0.5] * 7, [1.2, -0.2, 0, 0, 0, 0, 0], [math.nan] * 7])
def test_what_is_no_distribution_is_refused(scores: list[float]) -> None:
    with pytest.raises(ValueError, match="sum to 1"):
        rounded_scores(scores)


def test_a_number_is_rounded_and_never_minus_zero() -> None:
    assert rounded(0.123456) == 0.1235
    assert rounded(31.46, 1) == 31.5
    assert str(rounded(-0.00001)) == "0.0"


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 1e13])
def test_what_is_no_finite_number_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match="finite"):
        rounded(value)
