from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.tracking.order import FOREIGN, UNKNOWN, in_order


def shy(places: list[int], before: int) -> list[int]:
    """Nothing in the unknown places can be read."""
    return in_order(places, [False] * len(places), before)


def plain(places: list[int], before: int) -> list[int]:
    """What stands in the unknown places can be read, and is nobody's."""
    return in_order(places, [True] * len(places), before)


@pytest.mark.parametrize(
    ("places", "before", "filled"),
    [
        ([0, UNKNOWN, 2], 3, [0, 1, 2]),
        ([UNKNOWN, 1, 2], 3, [0, 1, 2]),
        ([0, 1, UNKNOWN], 3, [0, 1, 2]),
        ([0, UNKNOWN, UNKNOWN, 3], 4, [0, 1, 2, 3]),
    ],
)
def test_who_sat_between_two_still_sits_between_them(
    places: list[int], before: int, filled: list[int]
) -> None:
    assert shy(places, before) == filled


def test_a_plain_label_at_an_end_is_somebody_new_s() -> None:
    assert plain([0, UNKNOWN, 2], 3) == [0, 1, 2]
    assert plain([UNKNOWN, 1, 2], 3) == [UNKNOWN, 1, 2]
    assert plain([1, 2, UNKNOWN], 3) == [1, 2, UNKNOWN]
    assert plain([4, 0, 1, UNKNOWN, 3], 5) == [4, 0, 1, 2, 3]
    assert plain([UNKNOWN, 0, 1, 2, 3], 5) == [UNKNOWN, 0, 1, 2, 3]


def test_a_newcomer_between_two_neighbours_stays_unknown() -> None:
    assert shy([0, 1, UNKNOWN, 2], 3) == [0, 1, UNKNOWN, 2]
    assert shy([0, UNKNOWN, 2, UNKNOWN, 3], 4) == [0, 1, 2, UNKNOWN, 3]


def test_who_remains_takes_what_remains_when_somebody_moved_to_the_front() -> None:
    assert shy([4, 0, 1, UNKNOWN, 3], 5) == [4, 0, 1, 2, 3]
    assert shy([UNKNOWN, 0, 1, 2, 3], 5) == [4, 0, 1, 2, 3]


def test_beside_somebody_from_another_page_nothing_is_known() -> None:
    assert shy([0, UNKNOWN, FOREIGN, 4, 5, 6], 7) == [0, UNKNOWN, FOREIGN, 4, 5, 6]


def test_another_page_is_not_given_to_the_people_of_the_last() -> None:
    assert shy([UNKNOWN] * 9, 9) == [UNKNOWN] * 9
    assert shy([0, UNKNOWN, UNKNOWN], 3) == [0, UNKNOWN, UNKNOWN]


@given(st.data())
def test_what_was_known_stays_and_nobody_sits_twice(data: st.DataObject) -> None:
    before = data.draw(st.integers(0, 8))
    seats = data.draw(st.permutations([*range(before), FOREIGN, FOREIGN]))
    hidden = data.draw(st.lists(st.booleans(), min_size=len(seats), max_size=len(seats)))
    places = [UNKNOWN if hide else one for one, hide in zip(seats, hidden, strict=True)]
    filled = in_order(
        places, data.draw(st.lists(st.booleans(), min_size=len(seats), max_size=len(seats))), before
    )
    assert all(new == old for new, old in zip(filled, places, strict=True) if old != UNKNOWN)
    people = [one for one in filled if one >= 0]
    assert len(people) == len(set(people))
