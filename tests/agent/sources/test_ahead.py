from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from agent.errors import PictureError
from agent.sources.ahead import read_ahead


def test_everything_comes_in_its_order() -> None:
    assert list(read_ahead(iter(range(50)))) == list(range(50))
    assert list(read_ahead(iter(()))) == []


def test_what_comes_is_taken_by_another_thread_while_one_is_in_hand() -> None:
    taken: list[int] = []
    threads: set[int] = set()
    third = threading.Event()

    def items() -> Iterator[int]:
        for number in range(10):
            taken.append(number)
            threads.add(threading.get_ident())
            if number == 2:
                third.set()
            yield number

    ahead = read_ahead(items(), places=2)
    assert next(ahead) == 0
    assert third.wait(10)
    assert taken == [0, 1, 2]
    assert threads.isdisjoint({threading.get_ident()})
    assert len(threads) == 1
    assert list(ahead) == list(range(1, 10))


def test_an_error_comes_after_what_was_read_before_it() -> None:
    def items() -> Iterator[int]:
        yield from (1, 2)
        raise PictureError("broke off")

    ahead = read_ahead(items())
    assert [next(ahead), next(ahead)] == [1, 2]
    with pytest.raises(PictureError, match="broke off"):
        next(ahead)


def test_who_stops_early_leaves_nobody_reading() -> None:
    taken: list[int] = []

    def items() -> Iterator[int]:
        for number in range(1000):
            taken.append(number)
            yield number

    before = threading.active_count()
    ahead = read_ahead(items())
    next(ahead)
    ahead.close()
    assert len(taken) <= 3
    assert threading.active_count() == before
