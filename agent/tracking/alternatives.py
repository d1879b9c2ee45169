"""Which of several sets of tiles that were found in one picture is held.

A slide with photos beside a gallery whose cameras are mostly off may look more like a gallery than that does.
Whether people are in them is known only once faces were looked for.
"""

from __future__ import annotations

from dataclasses import replace

from agent.tracking.overlap import overlaps
from agent.values import Layout

SAME_PLACE = 0.9
"""Intersection over union from which two findings show the same tile."""
MOST = 0.5
"""Part of the tiles held that an alternative must show to be that gallery, found again."""


def as_held(held: Layout, found: Layout) -> Layout:
    """A finding, led by that alternative which shows most of the tiles held; as it is where none does."""
    if not held.slots or not found.others or _shared(held, found) > 0:
        return found
    again = max(found.others, key=lambda other: _shared(held, other))
    if _shared(held, again) < MOST:
        return found
    rest = (replace(found, others=()), *(other for other in found.others if other is not again))
    return replace(again, others=rest)


def _shared(held: Layout, found: Layout) -> float:
    """The part of the tiles held that a finding has too."""
    shared = overlaps([slot.box for slot in held.slots], [slot.box for slot in found.slots])
    return float((shared >= SAME_PLACE).any(axis=1).mean()) if shared.size else 0.0


class Alternatives:
    """The layouts still to be tried of those that were found in one picture, each once."""

    def __init__(self) -> None:
        self._untried: tuple[Layout, ...] = ()
        self._first: Layout | None = None

    def found(self, layout: Layout) -> None:
        """This layout is held, and its ``others`` may be tried."""
        self._untried, self._first = layout.others, None

    def following(self, held: Layout) -> tuple[Layout | None, bool]:
        """What to hold in place of ``held``, None for no change, and whether it was not tried yet.

        After the last one it is the first again.
        """
        if self._untried:
            self._first = self._first or held
            following, *rest = self._untried
            self._untried = tuple(rest)
            return following, True
        first, self._first = self._first, None
        return first, False
