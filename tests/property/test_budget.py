"""The scheduler: the budget is kept over every stretch of time, and nobody waits longer than others."""

from __future__ import annotations

import math

from hypothesis import given, settings
from hypothesis import strategies as st

from agent.scheduling.budget import BURST, Budget, CostModel, Task, Work

SHARES = st.floats(0.05, 2.0)
COSTS = st.floats(0.0002, 0.02)


class Room:
    """``count`` tiles of which each always wants the same work; does what the budget chooses."""

    def __init__(self, budget: Budget, count: int, cost: float, fixed: float) -> None:
        self.budget, self.cost, self.fixed = budget, cost, fixed
        self.served = {f"t{index}": -math.inf for index in range(count)}
        self.spent: list[tuple[float, float]] = []
        self.now = 0.0

    def frame(self, period: float) -> list[Task]:
        tasks = [Task(tile, Work.READ, since) for tile, since in self.served.items()]
        chosen = self.budget.choose(tasks, self.now)
        for task in chosen:
            self.served[task.tile] = self.now
        self.budget.costs.observe(Work.READ, len(chosen), len(chosen) * self.cost)
        seconds = self.fixed + len(chosen) * self.cost
        self.budget.spend(self.now, seconds)
        self.spent.append((self.now, seconds))
        pause = self.budget.load(self.now, len(tasks) - len(chosen)).pause
        self.now += max(period, pause)
        return chosen


@given(SHARES, COSTS, st.floats(0, 0.01), st.integers(1, 49), st.floats(0.03, 1.0))
@settings(max_examples=40, deadline=None)
def test_the_budget_is_kept_over_every_window(
    share: float, cost: float, fixed: float, count: int, period: float
) -> None:
    costs = CostModel()
    for _ in range(60):
        costs.observe(Work.READ, 1, cost)
    room = Room(Budget(share, costs), count, cost, fixed)
    for _ in range(60):
        room.frame(period)
    # One piece of work and one frame's fixed cost may be under way when the credit ends.
    over = 2 * (cost + fixed) + 1e-3
    for first in range(0, len(room.spent), 7):
        start, total = room.spent[first][0], 0.0
        for now, seconds in room.spent[first:]:
            total += seconds
            if fixed + cost <= 0.25 * share:
                assert total <= share * (now - start + BURST) + over


@given(SHARES, COSTS, st.integers(1, 49))
@settings(max_examples=40, deadline=None)
def test_nobody_is_served_before_one_who_waited_longer_and_all_are_in_turn(
    share: float, cost: float, count: int
) -> None:
    room = Room(Budget(share), count, cost, 0.001)
    for step in range(2 * count):
        before = dict(room.served)
        chosen = {task.tile for task in room.frame(0.1)}
        left = [since for tile, since in before.items() if tile not in chosen]
        assert max(before[tile] for tile in chosen) <= min(left, default=math.inf)
        if step >= count:
            assert min(room.served.values()) >= 0, "all had their turn"


@given(st.lists(st.floats(0, 100), max_size=49))
def test_without_a_limit_everything_is_done_oldest_first(ages: list[float]) -> None:
    tasks = [Task(str(index), Work.FIND, age) for index, age in enumerate(ages)]
    chosen = Budget(None).choose(tasks, 1.0)
    assert sorted(chosen, key=lambda task: int(task.tile)) == tasks
    assert [task.since for task in chosen] == sorted(ages)


@given(st.floats(0.05, 1.0), st.floats(0.001, 0.05))
def test_what_is_used_is_reported_as_a_share(share: float, cost: float) -> None:
    budget = Budget(share)
    for step in range(120):
        budget.spend(step * 0.1, cost)
    load = budget.load(11.9, 3)
    assert math.isclose(load.used, cost / 0.1, rel_tol=0.05)
    assert (load.budget, load.waiting) == (share, 3)


def test_at_the_start_the_share_is_that_of_the_time_so_far() -> None:
    """A second at least: the cost of starting is no lasting load."""
    budget = Budget(0.25)
    budget.spend(0.0, 0.3)
    assert math.isclose(budget.load(0.1, 0).used, 0.3)
    assert math.isclose(budget.load(2.0, 0).used, 0.15)


@given(SHARES, st.lists(st.tuples(st.floats(-10, 1000), st.floats(0, 5)), max_size=30))
def test_no_clock_and_no_cost_upsets_it(share: float, steps: list[tuple[float, float]]) -> None:
    budget = Budget(share)
    for now, cost in steps:
        assert budget.choose([Task("t1", Work.SEARCH, -math.inf)], now)
        budget.spend(now, cost)
        load = budget.load(now, 0)
        assert math.isfinite(load.used)
        assert load.used >= 0
        assert 0 <= load.pause <= 0.25 + 1e-9
