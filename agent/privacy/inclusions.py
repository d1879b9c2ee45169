"""The tiles that the teacher chose by hand to be read, and how long each of these choices holds.

A choice is about a person, and is known by a tile. It holds until the tile may show somebody else: its
picture became another one, and no name label said that it is the same participant. It holds again when the
label is back. Pure: pictures come as arguments.
"""

from __future__ import annotations

from dataclasses import dataclass

from agent.participants.labels import SAME, Label, describe, similarity
from agent.values import Frame, Tile

PLAIN = 60.0
"""Minimum contrast of a certain label: names have 60 to 150, except the shortest over video. What a video
shows at a label's position mostly has less than 50."""


def is_plain(label: Label | None) -> bool:
    """Whether a label is surely a name, and not a piece of video."""
    return label is not None and label.contrast >= PLAIN


@dataclass(slots=True)
class _Inclusion:
    """One choice. ``unproven`` is the tile's own when it was made (see ``Tile``), ``label`` the name's label.

    ``label`` is None where no plain label showed; ``looked``: it was looked for.
    """

    unproven: float | None
    label: Label | None = None
    looked: bool = False


class Inclusions:
    """The choices, by tile id."""

    def __init__(self) -> None:
        self._inclusions: dict[str, _Inclusion] = {}

    def add(self, tile: str, unproven: float | None) -> None:
        """Note that a tile was chosen; ``unproven`` is the tile's own at that time."""
        self._inclusions[tile] = _Inclusion(unproven)

    def discard(self, tile: str) -> None:
        """Forget the choice, if there is one."""
        self._inclusions.pop(tile, None)

    def holds(self, tile: str, unproven: float | None) -> bool:
        """Whether a choice to read this tile holds, now that the tile's own ``unproven`` is this."""
        inclusion = self._inclusions.get(tile)
        return inclusion is not None and inclusion.unproven == unproven

    def look(self, frame: Frame, tile: Tile) -> None:
        """Learn the label of a chosen tile, and let a choice hold again where that label is back."""
        inclusion = self._inclusions.get(tile.id)
        if inclusion is None:
            return
        if inclusion.unproven == tile.unproven:
            if not inclusion.looked:
                label = describe(frame.pixels, tile.slot)
                inclusion.looked, inclusion.label = True, label if is_plain(label) else None
        elif inclusion.label is not None:
            label = describe(frame.pixels, tile.slot)
            if label is not None and is_plain(label) and similarity(label, inclusion.label) >= SAME:
                inclusion.unproven = tile.unproven
