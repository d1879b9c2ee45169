"""What the consent list says of each tile, by the name on its label, and when that name is read.

A state machine for each tile; times are arguments.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from agent.privacy.consent_list import ConsentList, Listed, OcrResult
from agent.values import Box, Frame, Pixels, Slot, Tile

ReadNames = Callable[[Pixels, Sequence[Slot]], Sequence[Sequence[OcrResult]]]
"""Reads the name labels of some tiles of a frame, RGB uint8 (H, W, 3), several times each."""

AGAIN, LONGEST = 5.0, 160.0
"""Seconds from the first to the second attempt to read a name, and maximum seconds between two attempts.

Retries with back-off: each pause is twice the last, until the tile's size changes. An attempt takes 0.12 s of
CPU, so live only one is made per frame: 25 names in letters too small to read took 0.6 of a core all lesson.
A known name is read again after the maximum pause, or after the minimum pause if its tile has moved."""

STAYED = 0.7
"""Minimum overlap (IoU) of a tile with its own earlier box if it has not moved."""


@dataclass(slots=True)
class _Name:
    """What is known of the name on one tile. ``listed`` None: it was not read yet, or is not certain.

    ``tried`` is the time of the last attempt to read it, ``box`` the tile's box then, and ``attempts`` their
    number at the tile's present ``size``.
    """

    listed: Listed | None = None
    tried: float | None = None
    attempts: int = 0
    size: tuple[int, int] = (0, 0)
    box: Box | None = None


class ListedNames:
    """Reads names with ``read_names`` and looks them up in ``consent_list``.

    ``at_once``: all names that are due in a frame are read, for callers that do not wait for the next frame;
    otherwise one.
    """

    def __init__(self, consent_list: ConsentList, read_names: ReadNames, *, at_once: bool = False) -> None:
        self._list, self._read_names, self._at_once = consent_list, read_names, at_once
        self._names: dict[str, _Name] = {}

    def listed(self, tile: str) -> Listed:
        """What the list says of a tile; a name that is not known for certain may be one that opted out."""
        name = self._names.get(tile)
        return Listed.PERHAPS_OUT if name is None or name.listed is None else name.listed

    def doubt(self, tile: str) -> None:
        """Read the name again as if it had never been read; but who opted out stays out."""
        name = self._names.get(tile)
        if name is not None and name.listed is not Listed.OUT:
            name.listed, name.tried, name.attempts = None, None, 0

    def update(self, frame: Frame, tiles: Sequence[Tile]) -> None:
        """Read the names that are due.

        Names that were never tried come before those that could not be read, however many these are; known
        names come last.
        """
        due = [tile for tile in tiles if self._is_due(tile, frame.time)]
        due.sort(key=lambda tile: self._urgency(self._names[tile.id]))
        chosen = due if self._at_once else due[:1]
        if not chosen:
            return
        read = self._read_names(frame.pixels, [tile.slot for tile in chosen])
        for tile, readings in zip(chosen, read, strict=True):
            name = self._names[tile.id]
            name.tried, name.box = frame.time, tile.slot.box
            self._take(name, self._list.decide(readings))

    @staticmethod
    def _urgency(name: _Name) -> tuple[bool, bool]:
        return name.tried is not None, name.listed is not None

    @staticmethod
    def _take(name: _Name, found: Listed | None) -> None:
        name.attempts += 1
        if name.listed is None or found is Listed.OUT:
            name.listed = found
        elif found not in {None, name.listed}:
            # The name was another one before: neither is certain until it is read once more.
            name.listed, name.attempts = None, 1

    def _is_due(self, tile: Tile, now: float) -> bool:
        name = self._names.setdefault(tile.id, _Name())
        size = tile.slot.box.width, tile.slot.box.height
        if size != name.size:
            name.size, name.attempts = size, 0
        if name.tried is None or name.listed in {Listed.OUT, Listed.PERHAPS_OUT}:
            return name.listed is None
        if name.listed is None:
            pause = min(AGAIN * 2 ** max(name.attempts - 1, 0), LONGEST)
        else:
            stayed = name.box is not None and name.box.iou(tile.slot.box) >= STAYED
            pause = LONGEST if stayed else AGAIN
        return not 0 <= now - name.tried < pause
