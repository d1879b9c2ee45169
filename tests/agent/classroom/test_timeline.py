from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.random import Generator

from agent.classroom.timeline import KEPT, SHORTEST, Timeline, choices, orders, switch


def counted() -> Timeline[float]:
    return Timeline((1, 2), choices(1.0, lambda rng: float(rng.random())))


@settings(max_examples=30, deadline=None)
@given(st.lists(st.floats(0, 3000), min_size=1, max_size=8))
def test_any_order_of_asking_gives_the_same_answers(times: list[float]) -> None:
    used = counted()
    for time in times:
        assert used.at(time) == counted().at(time)


def test_a_piece_holds_the_time_asked_for_and_knows_the_one_before() -> None:
    timeline = counted()
    index, start, _ = timeline.at(100.0)
    assert start <= 100.0
    assert timeline.at(start)[0] == index
    last = timeline.before(index)
    assert timeline.at(start - 1e-6)[2] == last


def test_a_long_lesson_needs_no_more_memory_than_a_short_one() -> None:
    timeline = counted()
    for time in range(0, 20_000, 10):
        index, start, value = timeline.at(float(time))
        assert len(timeline) <= 2 * KEPT
    assert timeline.at(0.0)[:2] == (0, 0.0)
    assert timeline.at(float(time)) == (index, start, value)


def test_time_goes_on_through_pieces_without_length() -> None:
    def nothing(_: Generator) -> float:
        return 1.0

    timeline = Timeline((3,), choices(0.0, nothing))
    assert timeline.at(10.0)[0] == pytest.approx(10.0 / SHORTEST, abs=2)


def test_a_switch_alternates_and_starts_as_told() -> None:
    on, off = Timeline((4,), switch(5.0, 1.0, 1.0)), Timeline((4,), switch(5.0, 1.0, 0.0))
    assert on.at(0.0)[2] is True
    assert off.at(0.0)[2] is False
    for step in range(400):
        index, _, state = on.at(step * 0.5)
        assert state == (index % 2 == 0)


def test_orders_keep_everybody() -> None:
    timeline = Timeline((5,), orders(1.0, 6))
    seen = {timeline.at(step * 1.0)[2] for step in range(60)}
    assert len(seen) > 10
    assert all(sorted(order) == list(range(6)) for order in seen)
