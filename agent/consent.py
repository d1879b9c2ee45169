"""Who is read and who is left alone: neither looked for nor classified. A state machine; time comes in.

Of these the first that speaks for a tile decides: its name opted out on the list; the teacher chose, by its
id; its label's picture is that of somebody whom the teacher excluded, or its name may be one that opted out,
or there is a list and the name is not certain: all these are left alone; its name opted in on the list;
the default.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from agent.names import Listed, Roll, Written
from agent.tracking.labels import SAME, Label, describe, similarity
from agent.values import Frame, Pixels, Slot, Tile

ReadNames = Callable[[Pixels, Sequence[Slot]], Sequence[Sequence[Written]]]
"""Reads the name on the label of each of some tiles of a frame, RGB uint8 (H, W, 3), more than once."""

AGAIN, LONGEST = 5.0, 160.0
"""Seconds from the first attempt to read a name to the second, and at most between two: each pause is twice
the last, until the tile's size changes. One takes 0.12 s of CPU, so live one is made in a frame: 25 names of
too small letters took 0.6 of a core all lesson long when each was tried every 5 s."""


@dataclass(slots=True)
class _Known:
    """What is known of one tile. ``listed`` None: its name was not read yet, or not with certainty.

    ``tried`` is when it was last tried to be read, ``attempts`` how often with the tile of this ``size``.
    ``alike`` are the ids of those who were excluded and whose labels its own resembled when it came.
    """

    listed: Listed | None = None
    tried: float | None = None
    attempts: int = 0
    size: tuple[int, int] = (0, 0)
    alike: frozenset[str] = frozenset()


@dataclass(slots=True)
class Consent:
    """Decides for each tile; ``exclude`` and ``include`` may be called from any thread.

    ``read_names`` is given exactly where there is a ``roll``. With ``default`` False only those are read
    who opted in or were chosen by hand. ``at_once``: all names that are not known are read in a frame, where
    nobody waits for the next; otherwise one.
    """

    default: bool = True
    roll: Roll | None = None
    read_names: ReadNames | None = None
    at_once: bool = False
    _chosen: dict[str, bool] = field(default_factory=dict)
    _known: dict[str, _Known] = field(default_factory=dict)
    _labels: dict[str, Label] = field(default_factory=dict)

    def exclude(self, tile: str) -> None:
        """Leave a participant alone from the next frame on; an id that was never shown is passed over."""
        self._choose(tile, False)

    def include(self, tile: str) -> None:
        """Read a participant again, also under a later id, unless the list says that she opted out.

        An id that was never shown is passed over.
        """
        self._choose(tile, True)

    def excluded(self, frame: Frame, tiles: Sequence[Tile]) -> frozenset[str]:
        """The ids of the tiles that are not to be looked at in this frame."""
        for tile in tiles:
            if tile.id not in self._known:
                self._known[tile.id] = _Known(alike=self._resembles(frame, tile))
            if self._chosen.get(tile.id) is False and tile.id not in self._labels:
                self._remember(frame, tile)
        self._read_unknown(frame, tiles)
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
        return Listed.PERHAPS_OUT if known.listed is None else known.listed

    def _choose(self, tile: str, allowed: bool) -> None:
        # Clients may ask for any id: what was never shown takes no memory.
        if tile not in self._known:
            return
        self._chosen[tile] = allowed
        if allowed:
            # She may have been excluded under another id, by whose label she would be again. Where somebody
            # else with the same label is still shown, that one's is remembered anew.
            for one in (tile, *self._known[tile].alike):
                self._labels.pop(one, None)

    def _remember(self, frame: Frame, tile: Tile) -> None:
        label = describe(frame.pixels, tile.slot)
        if label is not None:
            self._labels[tile.id] = label

    def _resembles(self, frame: Frame, tile: Tile) -> frozenset[str]:
        """The excluded ids whose label a new tile bears: somebody left and came back."""
        kept = list(self._labels.items())
        label = describe(frame.pixels, tile.slot) if kept else None
        if label is None:
            return frozenset()
        return frozenset(one for one, known in kept if similarity(label, known) >= SAME)

    def _read_unknown(self, frame: Frame, tiles: Sequence[Tile]) -> None:
        if self.roll is None or self.read_names is None:
            return
        due = [tile for tile in tiles if self._is_due(tile, frame.time)]
        # A name that was never tried comes before those that could not be read, however many these are.
        due.sort(key=lambda tile: self._known[tile.id].tried is not None)
        chosen = due if self.at_once else due[:1]
        if not chosen:
            return
        read = self.read_names(frame.pixels, [tile.slot for tile in chosen])
        for tile, readings in zip(chosen, read, strict=True):
            known = self._known[tile.id]
            known.tried, known.attempts = frame.time, known.attempts + 1
            known.listed = self.roll.weighs(readings)

    def _is_due(self, tile: Tile, now: float) -> bool:
        known, size = self._known[tile.id], (tile.slot.box.width, tile.slot.box.height)
        if size != known.size:
            known.size, known.attempts = size, 0
        if known.listed is not None or known.tried is None:
            return known.listed is None
        pause = min(AGAIN * 2 ** max(known.attempts - 1, 0), LONGEST)
        return not 0 <= now - known.tried < pause
