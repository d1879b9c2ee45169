"""Turns the lattices found in a picture into its layout, in the picture's own pixels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from agent.layout.camera import look_into
from agent.layout.choice import OTHERS, Candidate
from agent.layout.lattice import Lattice
from agent.layout.speaker_view import placed
from agent.layout.tilt import Straightened
from agent.values import Box, Layout, Pixels, Slot


@dataclass(frozen=True, slots=True)
class Look:
    """The ``candidates`` that one search pass found, best first, and the ``picture`` that it searched."""

    candidates: Sequence[Candidate]
    picture: Straightened

    @property
    def rank(self) -> float:
        """The rank of the best candidate; 0 where nothing was found."""
        return self.candidates[0].rank if self.candidates else 0.0


def highest(looks: Sequence[Look]) -> float:
    """The highest rank of all candidates; 0 where nothing was found."""
    return max((look.rank for look in looks), default=0.0)


def assembled(pixels: Pixels, looks: Sequence[Look], factor: int) -> Layout:
    """The layout of the highest rank, with the others as its ``others``; without slots if none was found.

    ``pixels`` is RGB uint8 (H, W, 3). The searched pictures are smaller by ``factor``.
    """
    height, width = pixels.shape[:2]
    found = sorted((look for look in looks if look.candidates), key=lambda look: -look.rank)
    if not found:
        return Layout(width, height)
    best = [(one, found[0].picture) for one in found[0].candidates]
    rest = [(one, look.picture) for look in found[1:] for one in look.candidates]
    ranked = best + sorted(rest, key=lambda other: -other[0].rank)
    layouts: list[Layout] = []
    for one, straight in ranked:
        layout = _layout(pixels, one.lattice, straight, factor)
        if len(layouts) <= OTHERS and not any(_overlap(layout, other) for other in layouts):
            layouts.append(layout)
    return replace(layouts[0], others=tuple(layouts[1:]))


def _overlap(one: Layout, other: Layout) -> bool:
    """Whether tiles of two layouts overlap."""
    return any(a.box.intersection(b.box) for a in one.slots for b in other.slots)


def _layout(pixels: Pixels, lattice: Lattice, straight: Straightened, factor: int) -> Layout:
    """The layout of a lattice that was found in the straightened picture, reduced by ``factor``."""
    height, width = pixels.shape[:2]
    slots = []
    for found, place, named in placed(lattice):
        box = straight.in_photo(found)
        full = Box(box.left * factor, box.top * factor, box.width * factor, box.height * factor)
        slots.append(_slot(pixels, full.clipped(width, height), place, named, lattice.in_call))
    return Layout(width, height, tuple(slots))


def _slot(pixels: Pixels, box: Box, place: tuple[int, int], named: bool, in_call: bool) -> Slot:
    on, video = look_into(pixels, box)
    return Slot(box, *place, video, on, named, in_call)
