from __future__ import annotations

from agent.layout.choice import OTHERS, Candidate, likeliest, share_cells
from agent.layout.lattice import Lattice
from agent.values import Box


def row(left: int, top: int, count: int = 3, width: int = 100) -> Lattice:
    return Lattice(
        (tuple(Box(left + (width + 10) * index, top, width, 60) for index in range(count)),), (10, 10)
    )


def candidate(rank: float, lattice: Lattice) -> Candidate:
    return Candidate(rank, lattice, 0.0)


def test_others_share_no_cell_with_what_is_taken_and_the_likelier_come_first() -> None:
    best, inside = candidate(0.9, row(0, 0)), candidate(0.8, row(20, 0))
    low, high = candidate(0.1, row(0, 200)), candidate(0.5, row(400, 0))
    found = likeliest([low, inside, best, high], lambda one: False, snugly=False)
    assert found == [best, high, low]


def test_what_is_denied_or_has_no_rank_is_not_among_them() -> None:
    best, none, denied = candidate(0.5, row(0, 0)), candidate(0.0, row(0, 200)), candidate(0.9, row(0, 400))
    assert likeliest([best, none, denied], lambda one: one is denied, snugly=False) == [best]
    assert likeliest([none], lambda one: False, snugly=False) == []


def test_no_more_than_two_others_are_told() -> None:
    many = [candidate(1.0 / (place + 1), row(0, 100 * place)) for place in range(6)]
    assert likeliest(many, lambda one: False, snugly=False) == many[: 1 + OTHERS]


def test_tiles_that_lie_snugly_in_others_are_preferred_where_that_is_asked() -> None:
    window = candidate(0.9, Lattice(((Box(0, 0, 420, 200), Box(430, 0, 420, 200)),), (10, 10)))
    inside = candidate(0.2, Lattice(((Box(10, 10, 408, 180), Box(430, 10, 408, 180)),), (10, 10)))
    assert likeliest([window, inside], lambda one: False, snugly=False)[0] is window
    assert likeliest([window, inside], lambda one: False, snugly=True)[0] is inside


def test_bounds_may_overlap_where_cells_do_not() -> None:
    ragged = Lattice((row(0, 0).rows[0], row(0, 70, 1).rows[0]), (10, 10))
    assert not share_cells(ragged, row(120, 70, 1))
    assert share_cells(ragged, row(50, 70, 1))
