"""Assigns rows to columns so that the sum of their scores is largest."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def assign(scores: NDArray[np.float64], least: float) -> list[int]:
    """For each row of ``scores`` (N, M) its column, or -1 where leaving the row alone is better.

    Maximises the sum of the scores, where a row alone counts ``least``: the Hungarian method with shortest
    augmenting paths (Jonker and Volgenant 1987), O(N^2 (N + M)).
    """
    rows, cols = scores.shape
    # One spare column for each row, so that leaving the row alone is one of its choices.
    cost = np.concatenate([-scores, np.full((rows, rows), -least)], axis=1)
    row_price, col_price = np.zeros(rows + 1), np.zeros(cols + rows + 1)
    owner = np.zeros(cols + rows + 1, np.int64)
    for row in range(1, rows + 1):
        owner[0] = row
        column, way = _path(cost, row_price, col_price, owner)
        while column:
            owner[column] = owner[way[column]]
            column = int(way[column])
    chosen = [-1] * rows
    for column in range(1, cols + 1):
        if owner[column]:
            chosen[int(owner[column]) - 1] = column - 1
    return chosen


def _path(
    cost: NDArray[np.float64],
    row_price: NDArray[np.float64],
    col_price: NDArray[np.float64],
    owner: NDArray[np.int64],
) -> tuple[int, NDArray[np.int64]]:
    """The cheapest path from the row in ``owner[0]`` to a free column.

    Rows and columns count from 1; the prices are updated in place.
    """
    size = len(owner)
    reach = np.full(size, np.inf)
    way = np.zeros(size, np.int64)
    done = np.zeros(size, np.bool_)
    column = 0
    while owner[column] or not column:
        done[column] = True
        row = int(owner[column])
        open_ = np.flatnonzero(~done[1:]) + 1
        slack = cost[row - 1, open_ - 1] - row_price[row] - col_price[open_]
        nearer = slack < reach[open_]
        reach[open_[nearer]] = slack[nearer]
        way[open_[nearer]] = column
        following = int(open_[np.argmin(reach[open_])])
        step = reach[following]
        row_price[owner[done]] += step
        col_price[done] -= step
        reach[~done] -= step
        column = following
    return column, way
