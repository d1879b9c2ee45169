from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest

from agent.participants.assignment import assign


@pytest.mark.parametrize("seed", range(20))
def test_the_sum_is_the_largest_there_is(seed: int) -> None:
    rng = np.random.default_rng(seed)
    rows, cols = (int(n) for n in rng.integers(1, 5, 2))
    scores = rng.uniform(-1, 1, (rows, cols))
    chosen = assign(scores, 0.1)
    got = sum(0.1 if col < 0 else scores[row, col] for row, col in enumerate(chosen))
    choices = [*range(cols), *[-1] * rows]
    best = max(
        sum(0.1 if col < 0 else scores[row, col] for row, col in enumerate(order))
        for order in set(permutations(choices, rows))
    )
    assert got == pytest.approx(best)
    taken = [col for col in chosen if col >= 0]
    assert len(taken) == len(set(taken))


def test_nobody_to_give_to() -> None:
    assert assign(np.zeros((2, 0)), 0.5) == [-1, -1]
    assert assign(np.zeros((0, 3)), 0.5) == []
