"""Values that change over time, drawn from a seed: any moment can be asked for, in any order.

A timeline is made of pieces of constant value, whose lengths and values come from a seeded generator. It is
extended when a later time is asked for, and restarted when a time is asked for whose piece was dropped.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from typing import Generic, TypeVar

import numpy as np
from numpy.random import Generator

Value = TypeVar("Value")
Pieces = Iterator[tuple[float, Value]]

KEPT = 256
"""Minimum number of pieces kept, some minutes. All of them would be 13 MB an hour for a class of 25."""
SHORTEST = 0.05
"""Minimum length of a piece in seconds, so that time advances."""


class Timeline(Generic[Value]):
    """Pieces (length in seconds, value), looked up by time; equal seeds and makers give equal timelines."""

    def __init__(self, seed: Sequence[int], make: Callable[[Generator], Pieces[Value]]) -> None:
        self._seed, self._make = tuple(seed), make
        self._restart()

    def at(self, time: float) -> tuple[int, float, Value]:
        """The index, the start and the value of the piece that holds ``time`` (>= 0)."""
        # Keep the piece before it too: ``before`` needs it.
        if self._first and time < self._starts[1]:
            self._restart()
        while self._end <= time:
            self._extend()
        place = max(bisect_right(self._starts, time) - 1, 0)
        return self._first + place, self._starts[place], self._values[place]

    def before(self, index: int) -> Value:
        """The value of the piece before ``index``, the last result of ``at``, or of the first piece."""
        return self._values[max(index - 1 - self._first, 0)]

    def __len__(self) -> int:
        """How many pieces are kept."""
        return len(self._starts)

    def _restart(self) -> None:
        self._pieces = self._make(np.random.default_rng(self._seed))
        self._starts: list[float] = []
        self._values: list[Value] = []
        self._first, self._end = 0, 0.0

    def _extend(self) -> None:
        length, value = next(self._pieces)
        if len(self._starts) >= 2 * KEPT:
            del self._starts[:KEPT], self._values[:KEPT]
            self._first += KEPT
        self._starts.append(self._end)
        self._values.append(value)
        self._end += max(length, SHORTEST)


def choices(mean: float, draw: Callable[[Generator], Value]) -> Callable[[Generator], Pieces[Value]]:
    """Makes endless pieces of about ``mean`` seconds (half to one and a half times) with drawn values."""

    def make(rng: Generator) -> Pieces[Value]:
        while True:
            yield mean * float(rng.uniform(0.5, 1.5)), draw(rng)

    return make


def switch(on: float, off: float, starts_on: float = 1.0) -> Callable[[Generator], Pieces[bool]]:
    """Makes endless on and off pieces with these mean seconds; ``starts_on``: probability of on first."""

    def make(rng: Generator) -> Pieces[bool]:
        state = bool(rng.random() < starts_on)
        # The first piece starts somewhere in its middle, so that people do not act in step.
        part = float(rng.uniform(0.3, 1.0))
        while True:
            yield (on if state else off) * float(rng.uniform(0.5, 1.5)) * part, state
            state, part = not state, 1.0

    return make


def orders(mean: float, count: int) -> Callable[[Generator], Pieces[tuple[int, ...]]]:
    """Makes endless orders of ``count``: now and then one moves to the front or two change places."""

    def make(rng: Generator) -> Pieces[tuple[int, ...]]:
        order = list(range(count))
        while True:
            yield mean * float(rng.uniform(0.5, 1.5)), tuple(order)
            if rng.random() < 0.6:
                order.insert(0, order.pop(int(rng.integers(count))))
            else:
                a, b = rng.integers(count, size=2)
                order[a], order[b] = order[b], order[a]

    return make
