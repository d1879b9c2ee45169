"""Chooses the gallery among candidate lattices, and the next most likely ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from agent.layout.lattice import Lattice
from agent.layout.seams import snug

OTHERS = 2
"""Maximum number of further galleries reported for one picture; nearly always there is none."""


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """A lattice that could be the gallery: its rank, and the share of its cells with a name."""

    rank: float
    lattice: Lattice
    labels: float


def likeliest(
    candidates: Sequence[Candidate], denied: Callable[[Candidate], bool], *, snugly: bool
) -> list[Candidate]:
    """The best candidate of one search pass, then up to OTHERS further ones; no two share a cell.

    ``denied`` says whether something in the picture shows that a candidate is no gallery; it is called
    seldom. ``snugly``: a lattice whose tiles lie snugly inside another's is preferred to that other, whatever
    the ranks. Candidates of rank 0 are ignored.
    """
    candidates = [one for one in candidates if one.rank > 0]
    best: Candidate | None = None
    for one in candidates:
        if (best is None or _better(one, best, snugly)) and not denied(one):
            best = one
    if best is None:
        return []
    taken = [best]
    for one in sorted(candidates, key=lambda candidate: -candidate.rank):
        if len(taken) > OTHERS:
            break
        if not any(share_cells(one.lattice, other.lattice) for other in taken) and not denied(one):
            taken.append(one)
    return taken


def share_cells(one: Lattice, other: Lattice) -> bool:
    """Whether cells or stages of two lattices overlap."""
    if not one.bounds.intersection(other.bounds) and one.stage is None and other.stage is None:
        return False
    boxes, others = (
        [*lattice.boxes, *([lattice.stage] if lattice.stage else [])] for lattice in (one, other)
    )
    return any(box.intersection(another) for box in boxes for another in others)


def _better(one: Candidate, best: Candidate, snugly: bool) -> bool:
    if snugly and snug(one.lattice, best.lattice):
        return True
    if snugly and snug(best.lattice, one.lattice):
        return False
    return one.rank > best.rank
