from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from agent.classroom.byte_cache import ByteBudgetCache


class Maker:
    def __init__(self) -> None:
        self.made: list[int] = []

    def __call__(self, size: int) -> NDArray[np.uint8]:
        self.made.append(size)
        return np.zeros(size, np.uint8)


def test_a_kept_result_is_not_made_again() -> None:
    maker = Maker()
    blank = ByteBudgetCache(maker, 100)
    assert blank(40) is blank(40)
    assert blank(30).nbytes == 30
    assert maker.made == [40, 30]


def test_what_was_used_last_stays() -> None:
    maker = Maker()
    blank = ByteBudgetCache(maker, 100)
    for size in (40, 41, 40, 42, 40, 41):
        blank(size)
    assert maker.made == [40, 41, 42, 41]


def test_the_newest_is_kept_whatever_it_weighs() -> None:
    maker = Maker()
    blank = ByteBudgetCache(maker, 100)
    assert blank(500) is blank(500)
    blank(10)
    assert blank.weight == 10


@given(st.lists(st.integers(0, 90), max_size=60))
def test_the_budget_holds(sizes: list[int]) -> None:
    blank = ByteBudgetCache(Maker(), 100)
    for size in sizes:
        assert blank(size).nbytes == size
        assert blank.weight <= 100
