"""Chooses which of several sets of tiles that were found in one picture is held.

A slide with photos may look more like a gallery than the gallery beside it whose cameras are mostly off.
Whether the tiles show people is known only after faces were searched.
"""

from __future__ import annotations

from dataclasses import replace

from agent.overlap import overlaps
from agent.values import Layout

SAME_PLACE = 0.9
"""Minimum IoU at which two tiles of two layouts are the same tile."""
MOST = 0.5
"""Minimum share of the held tiles that an alternative must show to be the same gallery, found again."""


def as_held(held: Layout, found: Layout) -> Layout:
    """The found layout, or the one of its ``others`` that shows most of the held tiles.

    An alternative replaces the found layout only if that shows none of the held tiles.
    """
    if not held.slots or not found.others or _shared(held, found) > 0:
        return found
    again = max(found.others, key=lambda other: _shared(held, other))
    if _shared(held, again) < MOST:
        return found
    rest = (replace(found, others=()), *(other for other in found.others if other is not again))
    return replace(again, others=rest)


def _shared(held: Layout, found: Layout) -> float:
    """The share of the held tiles that the found layout has too."""
    shared = overlaps([slot.box for slot in held.slots], [slot.box for slot in found.slots])
    return float((shared >= SAME_PLACE).any(axis=1).mean()) if shared.size else 0.0


class Alternatives:
    """The layouts found in one picture that are still to be tried, each once."""

    def __init__(self) -> None:
        self._untried: tuple[Layout, ...] = ()
        self._first: Layout | None = None

    def found(self, layout: Layout) -> None:
        """Note that this layout is held, and that its ``others`` may be tried."""
        self._untried, self._first = layout.others, None

    def following(self, held: Layout) -> tuple[Layout | None, bool]:
        """The layout to hold in place of ``held``, None for no change, and whether it was not tried yet.

        After the last layout it is the first one again.
        """
        if self._untried:
            self._first = self._first or held
            following, *rest = self._untried
            self._untried = tuple(rest)
            return following, True
        first, self._first = self._first, None
        return first, False
