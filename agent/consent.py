"""Who is read and who is left alone: neither looked for nor classified. A state machine; time comes in.

Of these the first that speaks for a tile decides: its name opted out on the list; the teacher chose, by its
id; its label's picture is that of somebody whom the teacher excluded, or its name may be one that opted out,
or there is a list and the name could not be read: all these are left alone; its name opted in on the list;
the default.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from agent.names import Listed, Roll, is_name
from agent.tracking.labels import SAME, Label, describe, similarity
from agent.values import Frame, Pixels, Slot, Tile

ReadName = Callable[[Pixels, Slot], str | None]
"""Reads the name on the label of a tile of a frame, RGB uint8 (H, W, 3); None where there is no text."""

AGAIN = 5.0
"""Seconds from one attempt to read a name to the next; one takes 0.1 to 0.2 s, so one is made in a frame."""


@dataclass(slots=True)
class _Known:
    """What is known of one tile. ``name`` None: not read yet, or not readable."""

    name: str | None = None
    tried: float | None = None
    alike: bool = False


@dataclass(slots=True)
class Consent:
    """Decides for each tile; ``exclude`` and ``include`` may be called from any thread.

    ``read_name`` is given exactly where there is a ``roll``. With ``default`` False only those are read
    who opted in or were chosen by hand.
    """

    default: bool = True
    roll: Roll | None = None
    read_name: ReadName | None = None
    _chosen: dict[str, bool] = field(default_factory=dict)
    _known: dict[str, _Known] = field(default_factory=dict)
    _labels: dict[str, Label] = field(default_factory=dict)

    def exclude(self, tile: str) -> None:
        """Leave a participant alone from the next frame on; an id that was never shown is passed over."""
        self._choose(tile, False)

    def include(self, tile: str) -> None:
        """Read a participant again, unless the list says that she opted out."""
        self._choose(tile, True)

    def excluded(self, frame: Frame, tiles: Sequence[Tile]) -> frozenset[str]:
        """The ids of the tiles that are not to be looked at in this frame."""
        for tile in tiles:
            if tile.id not in self._known:
                self._known[tile.id] = _Known(alike=self._looks_excluded(frame, tile))
            if self._chosen.get(tile.id) is False and tile.id not in self._labels:
                self._remember(frame, tile)
        self._read_one_name(frame, tiles)
        return frozenset(tile.id for tile in tiles if not self.allows(tile.id))

    def allows(self, tile: str) -> bool:
        """Whether a tile may be read, as far as is known now."""
        known = self._known.get(tile, _Known())
        listed = self._listed(known)
        if listed is Listed.OUT:
            return False
        if tile in self._chosen:
            return self._chosen[tile]
        if known.alike or listed is Listed.PERHAPS_OUT:
            return False
        return self.default or listed is Listed.IN

    def _listed(self, known: _Known) -> Listed:
        if self.roll is None:
            return Listed.UNKNOWN
        return Listed.PERHAPS_OUT if known.name is None else self.roll.says(known.name)

    def _choose(self, tile: str, allowed: bool) -> None:
        # Clients may ask for any id: what was never shown takes no memory.
        if tile not in self._known:
            return
        self._chosen[tile] = allowed
        if allowed:
            self._labels.pop(tile, None)

    def _remember(self, frame: Frame, tile: Tile) -> None:
        label = describe(frame.pixels, tile.slot)
        if label is not None:
            self._labels[tile.id] = label

    def _looks_excluded(self, frame: Frame, tile: Tile) -> bool:
        """Whether a new tile bears the label of one that was excluded: somebody left and came back."""
        kept = list(self._labels.values())
        label = describe(frame.pixels, tile.slot) if kept else None
        return label is not None and any(similarity(label, one) >= SAME for one in kept)

    def _read_one_name(self, frame: Frame, tiles: Sequence[Tile]) -> None:
        if self.read_name is None:
            return
        for tile in tiles:
            known = self._known[tile.id]
            if known.name is None and (known.tried is None or not 0 <= frame.time - known.tried < AGAIN):
                known.tried = frame.time
                name = self.read_name(frame.pixels, tile.slot)
                known.name = name if name is not None and is_name(name) else None
                return
