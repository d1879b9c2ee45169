from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.participants.reading_order import FOREIGN, UNKNOWN, fill_by_order


@pytest.mark.parametrize(
    ("places", "before", "filled"),
    [
        ([0, UNKNOWN, 2], 3, [0, 1, 2]),
        ([0, UNKNOWN, UNKNOWN, 3], 4, [0, 1, 2, 3]),
        ([0, UNKNOWN, 2, UNKNOWN, 3], 4, [0, 1, 2, UNKNOWN, 3]),
        ([0, UNKNOWN, 2, 4, UNKNOWN, 6], 7, [0, 1, 2, 4, 5, 6]),
    ],
)
def test_who_sat_between_two_still_sits_between_them(
    places: list[int], before: int, filled: list[int]
) -> None:
    assert fill_by_order(places, before) == filled


def test_a_newcomer_between_two_neighbours_stays_unknown() -> None:
    assert fill_by_order([0, 1, UNKNOWN, 2], 3) == [0, 1, UNKNOWN, 2]


def test_the_one_who_is_left_is_who_moved() -> None:
    assert fill_by_order([UNKNOWN, 0, 1, 3, 4], 5) == [2, 0, 1, 3, 4]
    assert fill_by_order([0, UNKNOWN, 2, 1], 4) == [0, 3, 2, 1]


@pytest.mark.parametrize("places", [[1, 2, 3, UNKNOWN], [0, 1, 3, UNKNOWN], [0, 1, 2, UNKNOWN]])
def test_who_slides_in_at_the_end_of_a_page_is_new(places: list[int]) -> None:
    assert fill_by_order(places, 4) == places


def test_who_slides_in_at_the_start_of_a_page_is_new() -> None:
    assert fill_by_order([UNKNOWN, 0, 1, 2], 4) == [UNKNOWN, 0, 1, 2]


def test_beside_somebody_from_another_page_nothing_is_known() -> None:
    assert fill_by_order([0, UNKNOWN, FOREIGN, 4, 5, 6], 7) == [0, UNKNOWN, FOREIGN, 4, 5, 6]


def test_another_page_is_not_given_to_the_people_of_the_last() -> None:
    assert fill_by_order([UNKNOWN] * 9, 9) == [UNKNOWN] * 9
    assert fill_by_order([0, UNKNOWN, UNKNOWN, 3, UNKNOWN], 5) == [0, UNKNOWN, UNKNOWN, 3, UNKNOWN]


def test_who_was_given_one_place_is_not_given_another() -> None:
    places = [FOREIGN, 1, UNKNOWN, 3, 0, UNKNOWN, UNKNOWN, 5]
    assert fill_by_order(places, 6) == [FOREIGN, 1, 2, 3, 0, UNKNOWN, UNKNOWN, 5]


@given(st.data())
def test_what_was_known_stays_and_nobody_sits_twice(data: st.DataObject) -> None:
    before = data.draw(st.integers(0, 8))
    places_before = data.draw(st.permutations([*range(before), FOREIGN, FOREIGN]))
    hidden = data.draw(st.lists(st.booleans(), min_size=len(places_before), max_size=len(places_before)))
    places = [UNKNOWN if hide else one for one, hide in zip(places_before, hidden, strict=True)]
    filled = fill_by_order(places, before)
    assert all(new == old for new, old in zip(filled, places, strict=True) if old != UNKNOWN)
    people = [one for one in filled if one >= 0]
    assert len(people) == len(set(people))
