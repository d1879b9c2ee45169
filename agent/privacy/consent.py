"""Who is read and who is excluded: neither looked for nor classified. A state machine; times are arguments.

The first rule that applies to a tile decides. (1) The name is opted out on the list: excluded. (2) The
teacher chose for this id: that choice; if it is to read, only while the tile surely shows the same
participant (see ``Inclusions``). (3) The tile may show somebody who must not be read: excluded. This holds if
its label looks like an excluded participant's; if it came without a readable label while an excluded
participant was out of sight; if it is in the place of an excluded participant who is out of sight, or one is
out of sight whose label was never clear; if its name may be opted out, or there is a list and the name is not
certain. (4) The name is opted in on the list: read. (5) The default.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from agent.lesson.room import summarize
from agent.participants.labels import SAME, Label, describe, similarity
from agent.privacy.consent_list import Listed
from agent.privacy.inclusions import Inclusions, is_plain
from agent.privacy.listed_names import ListedNames
from agent.values import Box, Frame, Snapshot, Tile, TileState
from exporter.privacy import redact_reading
from exporter.words import counted

SAME_PLACE = 0.5
"""Minimum overlap (IoU) of a new tile's box with the place of one that is gone."""


def _ignore(_: str) -> None:
    """Default for ``warn``: drop the warning."""


@dataclass(slots=True)
class _Known:
    """The state of one tile. ``unproven`` is the time since when the id may be wrong (see ``Tile``).

    ``alike`` are the excluded ids whose labels this label resembled when the tile came; ``unclear``: it may
    be one of them without a label; ``perhaps``: those that it may be whatever its label says.
    """

    unproven: float | None = None
    alike: frozenset[str] = frozenset()
    unclear: bool = False
    perhaps: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class _Place:
    """Last place of a tile that is excluded, and the excluded participants that it is or may be."""

    index: int
    box: Box
    whose: frozenset[str]


@dataclass(slots=True)
class Consent:
    """Decides for each tile; ``exclude`` and ``include`` may be called from any thread.

    With ``default`` False only those are read who opted in or were chosen by hand. ``names`` is given if
    there is a list. ``warn`` is called with messages for the teacher.
    """

    default: bool = True
    names: ListedNames | None = None
    warn: Callable[[str], None] = _ignore
    _chosen: dict[str, bool] = field(default_factory=dict)
    _inclusions: Inclusions = field(default_factory=Inclusions)
    _known: dict[str, _Known] = field(default_factory=dict)
    _labels: dict[str, Label] = field(default_factory=dict)
    _warned: set[str] = field(default_factory=set)
    _places: dict[str, _Place] = field(default_factory=dict)
    _away: frozenset[str] = frozenset()

    def exclude(self, tile: str) -> None:
        """Exclude a participant from the next frame on; an id that was never shown is ignored."""
        self._choose(tile, False)

    def include(self, tile: str) -> None:
        """Read a participant again, also under a later id, unless the list says that they opted out.

        An id that was never shown is ignored.
        """
        self._choose(tile, True)

    def excluded(self, frame: Frame, tiles: Sequence[Tile]) -> frozenset[str]:
        """The ids of the tiles that must not be looked at in this frame."""
        self._meet(frame, tiles)
        for tile in tiles:
            if self._chosen.get(tile.id) is False and not is_plain(self._labels.get(tile.id)):
                self._remember(frame, tile)
        if self.names is not None:
            self.names.update(frame, tiles)
        return frozenset(tile.id for tile in tiles if not self.allows(tile.id))

    def allows(self, tile: str) -> bool:
        """Whether a tile may be read, by what is known now."""
        known = self._known.get(tile, _Known())
        listed = Listed.UNKNOWN if self.names is None else self.names.listed(tile)
        if listed is Listed.OUT:
            return False
        if self._chosen.get(tile) is False:
            return False
        if self._inclusions.holds(tile, known.unproven):
            return True
        if known.alike or known.unclear or known.perhaps & self._away or listed is Listed.PERHAPS_OUT:
            return False
        return self.default or listed is Listed.IN

    def leave_out(self, snapshot: Snapshot) -> Snapshot:
        """An earlier snapshot without the readings of those who may not be read now."""
        left_out = {one.id for one in snapshot.readings if not self.allows(one.id)}
        if all(one.state is TileState.EXCLUDED for one in snapshot.readings if one.id in left_out):
            return snapshot
        readings = tuple(redact_reading(one) if one.id in left_out else one for one in snapshot.readings)
        room = replace(summarize(readings), trend=snapshot.room.trend, advice=snapshot.room.advice)
        return replace(snapshot, readings=readings, room=room)

    def _choose(self, tile: str, allowed: bool) -> None:
        # Clients may send any id: an id that was never shown must take no memory.
        if tile not in self._known:
            return
        self._chosen[tile] = allowed
        if not allowed:
            self._inclusions.discard(tile)
        else:
            self._inclusions.add(tile, self._known[tile].unproven)
            # They may have been excluded under another id, whose label would exclude them again. If somebody
            # else with the same label is still shown, their label is remembered again.
            for one in (tile, *self._known[tile].alike):
                self._labels.pop(one, None)

    def _remember(self, frame: Frame, tile: Tile) -> None:
        label, kept = describe(frame.pixels, tile.slot), self._labels.get(tile.id)
        if label is not None and (kept is None or label.contrast > kept.contrast):
            self._labels[tile.id] = label
        if not is_plain(label) and tile.id not in self._warned:
            self._warned.add(tile.id)
            self.warn(
                f"{tile.id} is excluded and has no plain name label: once they leave the view, new "
                "participants are not read until you include them; show names to avoid this"
            )

    def _meet(self, frame: Frame, tiles: Sequence[Tile]) -> None:
        """Note whom new tiles may be: an excluded participant leaves, and comes back under another id."""
        missing, sight = self._missing(tiles), frozenset(tile.id for tile in tiles)
        # No label can tell a tile from an excluded participant whose label was never clear.
        nameless = frozenset(one for one in missing if not is_plain(self._labels.get(one)))
        came: dict[str, frozenset[str]] = {}
        for index, tile in enumerate(tiles):
            known = self._known.get(tile.id)
            if known is None:
                came[tile.id] = self._had_place(index, tile, sight) & missing
                known = self._known[tile.id] = _Known(unproven=tile.unproven, unclear=True)
                known.perhaps = nameless | came[tile.id]
            # A participant who is in sight together with the tile is somebody else.
            known.perhaps -= sight
            doubted = tile.unproven != known.unproven
            self._inclusions.look(frame, tile)
            if doubted:
                self._doubt(tile, known)
            if known.unclear or (doubted and self._labels):
                label = describe(frame.pixels, tile.slot) if missing or self._labels else None
                before = known.alike if doubted else frozenset[str]()
                known.alike = before | (self._resembled(label) - {tile.id})
                known.unclear &= not is_plain(label) and bool(missing)
        if missing and came:
            self._tell(missing, nameless, came)
        # A label that was just seen may be a missing participant's.
        self._away = frozenset(self._missing(tiles) if missing else missing)
        if self._chosen:
            self._place(tiles)

    def _doubt(self, tile: Tile, known: _Known) -> None:
        """Only the place suggests that this is still the participant whose name was read: read it again."""
        held = self._inclusions.holds(tile.id, known.unproven)
        known.unproven = tile.unproven
        if self.names is not None:
            self.names.doubt(tile.id)
        if held and not self.allows(tile.id):
            self.warn(
                f"{tile.id} is not read any more: it shows another picture and no name label; include it "
                "again if it may be read"
            )

    def _had_place(self, index: int, tile: Tile, sight: frozenset[str]) -> frozenset[str]:
        """The excluded participants who had the place of a new tile, or may have had it."""
        return frozenset[str]().union(
            *(
                place.whose
                for one, place in self._places.items()
                if one not in sight and (place.index == index or place.box.iou(tile.slot.box) >= SAME_PLACE)
            )
        )

    def _place(self, tiles: Sequence[Tile]) -> None:
        """Note the places of excluded participants, and of tiles that may be one of them."""
        for index, tile in enumerate(tiles):
            known, allowed = self._known[tile.id], self._chosen.get(tile.id)
            whose = known.alike | known.perhaps | ({tile.id} if allowed is False else set())
            if whose and not self._inclusions.holds(tile.id, known.unproven):
                self._places[tile.id] = _Place(index, tile.slot.box, whose)

    def _tell(self, missing: set[str], nameless: frozenset[str], came: Mapping[str, frozenset[str]]) -> None:
        """Warn of new tiles, given with those whose place they have, while somebody excluded is away."""
        if nameless:
            self.warn(
                f"{counted(len(came), 'new tile')} not read: {_listing(nameless)}, who is excluded and has "
                "no plain name label, left the view and may be there; include those who may be read"
            )
            return
        for one, whose in came.items():
            if whose:
                self.warn(
                    f"{one} is not read: it took the place of {_listing(whose)}, who is excluded, left the "
                    f"view and may have a new name; include {one} if they may be read"
                )
        unwarned = missing - self._warned
        if unwarned and not all(came.values()):
            self._warned |= unwarned
            self.warn(
                f"somebody new came while {_listing(unwarned)}, who is excluded, is out of sight: if that is "
                "the same participant under another name, exclude the new tile too"
            )

    def _missing(self, tiles: Sequence[Tile]) -> set[str]:
        """The participants excluded by hand who are out of sight: by id, and by label under another id.

        Those included again under another id are not among them.
        """
        # A copy: other threads may choose meanwhile.
        chosen = self._chosen.copy()
        found = {tile.id for tile in tiles}
        for one in found | {one for one, allowed in chosen.items() if allowed}:
            alike = self._known.get(one, _Known()).alike
            # A label that is remembered after an include belongs to somebody else of that name.
            found |= alike - self._labels.keys() if chosen.get(one) else alike
        return {tile for tile, allowed in chosen.items() if not allowed} - found

    def _resembled(self, label: Label | None) -> frozenset[str]:
        """The excluded participants whose label resembles this one."""
        if label is None:
            return frozenset()
        kept = self._labels.copy().items()
        return frozenset(tile for tile, one in kept if similarity(label, one) >= SAME)


def _listing(ids: Iterable[str]) -> str:
    return " or ".join(sorted(ids))
