"""Who is read and who is left alone: neither looked for nor classified. A state machine; time comes in.

Of these the first that speaks for a tile decides: its name opted out on the list; the teacher chose, by its
id; its label's picture is that of somebody whom the teacher excluded, or it came without a readable label
while such a one was out of sight, or in that one's place, or while one was whose label was never plain; or
its name may be one that opted out, or there is a list and the name is not certain: all these are left alone;
its name opted in on the list; the default.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from agent.lesson.room import summarize
from agent.privacy.consent_list import ConsentList, Listed, OcrResult
from agent.tracking.labels import SAME, Label, describe, similarity
from agent.values import Box, Frame, Pixels, Slot, Snapshot, Tile, TileState
from exporter.privacy import redact_reading
from exporter.words import counted

ReadNames = Callable[[Pixels, Sequence[Slot]], Sequence[Sequence[OcrResult]]]
"""Reads the name on the label of each of some tiles of a frame, RGB uint8 (H, W, 3), more than once."""

AGAIN, LONGEST = 5.0, 160.0
"""Seconds from the first attempt to read a name to the second, and at most between two: each pause is twice
the last, until the tile's size changes. One takes 0.12 s of CPU, so live one is made in a frame: 25 names of
too small letters took 0.6 of a core all lesson long when each was tried every 5 s. A name that is known is
read again after the longest pause, and after the shortest where its tile is elsewhere."""
PLAIN = 60.0
"""Contrast from which a label is surely one: names have 60 to 150, save the shortest over video, what a video
shows at their place has mostly less than 50."""


SAME_PLACE, STAYED = 0.5, 0.7
"""Overlap of two boxes from which a new tile is in the place of one that is gone, and from which a tile is
where it was."""


def _ignore(_: str) -> None:
    """Nobody is to be warned."""


@dataclass(slots=True)
class _Known:
    """What is known of one tile. ``listed`` None: its name was not read yet, or not with certainty.

    ``tried`` is when it was last tried to be read, with the tile at this ``box``, and ``attempts`` how often
    with the tile of this ``size``. ``unproven`` is since when the id may be wrong (see ``Tile``). ``alike``
    are the ids of those who were excluded and whose labels its own resembled when it came, ``unclear`` that
    it may be one of them without a label, and ``perhaps`` which of them it may be whatever its label says.
    """

    listed: Listed | None = None
    tried: float | None = None
    attempts: int = 0
    size: tuple[int, int] = (0, 0)
    box: Box | None = None
    unproven: float | None = None
    alike: frozenset[str] = frozenset()
    unclear: bool = False
    perhaps: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a tile that is left alone was last seen, and which of those excluded it is or may be."""

    index: int
    box: Box
    whose: frozenset[str]


@dataclass(slots=True)
class Consent:
    """Decides for each tile; ``exclude`` and ``include`` may be called from any thread.

    ``read_names`` is given exactly where there is a ``consent_list``. With ``default`` False only those are
    read who opted in or were chosen by hand. ``at_once``: all names that are not known are read in a frame,
    where nobody waits for the next; otherwise one. ``warn`` is told what the teacher should know.
    """

    default: bool = True
    consent_list: ConsentList | None = None
    read_names: ReadNames | None = None
    at_once: bool = False
    warn: Callable[[str], None] = _ignore
    _chosen: dict[str, bool] = field(default_factory=dict)
    _known: dict[str, _Known] = field(default_factory=dict)
    _labels: dict[str, Label] = field(default_factory=dict)
    _warned: set[str] = field(default_factory=set)
    _places: dict[str, _Place] = field(default_factory=dict)
    _away: frozenset[str] = frozenset()

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
        self._meet(frame, tiles)
        for tile in tiles:
            if self._chosen.get(tile.id) is False and not _is_plain(self._labels.get(tile.id)):
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
        if known.alike or known.unclear or known.perhaps & self._away or listed is Listed.PERHAPS_OUT:
            return False
        return self.default or listed is Listed.IN

    def leave_out(self, snapshot: Snapshot) -> Snapshot:
        """A snapshot that was made before, without what it says of those who may not be read now."""
        left_out = {one.id for one in snapshot.readings if not self.allows(one.id)}
        if all(one.state is TileState.EXCLUDED for one in snapshot.readings if one.id in left_out):
            return snapshot
        readings = tuple(redact_reading(one) if one.id in left_out else one for one in snapshot.readings)
        room = replace(summarize(readings), trend=snapshot.room.trend, advice=snapshot.room.advice)
        return replace(snapshot, readings=readings, room=room)

    def _listed(self, known: _Known) -> Listed:
        if self.consent_list is None:
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
        label, kept = describe(frame.pixels, tile.slot), self._labels.get(tile.id)
        if label is not None and (kept is None or label.contrast > kept.contrast):
            self._labels[tile.id] = label
        if not _is_plain(label) and tile.id not in self._warned:
            self._warned.add(tile.id)
            self.warn(
                f"{tile.id} is excluded and has no plain name label: when the tile was out of sight, new "
                "ones are left alone until you include them; show names to avoid that"
            )

    def _meet(self, frame: Frame, tiles: Sequence[Tile]) -> None:
        """Note whom new tiles may be: somebody excluded leaves, and comes back under another id."""
        missing, sight = self._missing(tiles), frozenset(tile.id for tile in tiles)
        # No label tells that a tile is not the one whose label was never plain.
        nameless = frozenset(one for one in missing if not _is_plain(self._labels.get(one)))
        came: dict[str, frozenset[str]] = {}
        for index, tile in enumerate(tiles):
            known = self._known.get(tile.id)
            if known is None:
                came[tile.id] = self._had_place(index, tile, sight) & missing
                known = self._known[tile.id] = _Known(unproven=tile.unproven, unclear=True)
                known.perhaps = nameless | came[tile.id]
            # Who is in sight together with another is somebody else.
            known.perhaps -= sight
            doubted = tile.unproven != known.unproven
            if doubted:
                self._doubt(tile, known)
            if known.unclear or (doubted and self._labels):
                label = describe(frame.pixels, tile.slot) if missing or self._labels else None
                before = known.alike if doubted else frozenset[str]()
                known.alike = before | (self._resembled(label) - {tile.id})
                known.unclear &= not _is_plain(label) and bool(missing)
        if missing and came:
            self._tell(missing, nameless, came)
        # A label that was seen just now may be that of one who was missing.
        self._away = frozenset(self._missing(tiles) if missing else missing)
        if self._chosen:
            self._place(tiles)

    def _doubt(self, tile: Tile, known: _Known) -> None:
        """Nothing but the place tells that this is still the one whose name was read: it is read anew."""
        known.unproven = tile.unproven
        if known.listed is not Listed.OUT:
            known.listed, known.tried, known.attempts = None, None, 0

    def _had_place(self, index: int, tile: Tile, sight: frozenset[str]) -> frozenset[str]:
        """The excluded participants who had the place of a new tile, or may be who had it."""
        return frozenset[str]().union(
            *(
                place.whose
                for one, place in self._places.items()
                if one not in sight and (place.index == index or place.box.iou(tile.slot.box) >= SAME_PLACE)
            )
        )

    def _place(self, tiles: Sequence[Tile]) -> None:
        """Note where those are who were excluded, and those who may be one of them."""
        for index, tile in enumerate(tiles):
            known, allowed = self._known[tile.id], self._chosen.get(tile.id)
            whose = known.alike | known.perhaps | ({tile.id} if allowed is False else set())
            if whose and not allowed:
                self._places[tile.id] = _Place(index, tile.slot.box, whose)

    def _tell(self, missing: set[str], nameless: frozenset[str], came: Mapping[str, frozenset[str]]) -> None:
        """Warn of new tiles, given with those whose place they have, while somebody excluded is away."""
        if nameless:
            self.warn(
                f"left alone, since {_listing(nameless)}, excluded without a plain name label, is out of "
                f"sight and may be one of them: {counted(len(came), 'new tile')}; include those that may be "
                "read"
            )
            return
        for one, whose in came.items():
            if whose:
                self.warn(
                    f"{one} is left alone: it is new where {_listing(whose)} was excluded, who is out of "
                    f"sight and may have another name now; include {one} if it may be read"
                )
        unwarned = missing - self._warned
        if unwarned and not all(came.values()):
            self._warned |= unwarned
            self.warn(
                f"somebody new came while {_listing(unwarned)}, who is excluded, is out of sight: if that is "
                "the same participant under another name, exclude the new tile too"
            )

    def _missing(self, tiles: Sequence[Tile]) -> set[str]:
        """Who was excluded by hand and is not in sight: neither by her id nor by her label under another one.

        Nor was she taken in again under such a one.
        """
        # A copy: other threads may choose meanwhile.
        chosen = self._chosen.copy()
        found = {tile.id for tile in tiles}
        for one in found | {one for one, allowed in chosen.items() if allowed}:
            alike = self._known.get(one, _Known()).alike
            # Whose label is remembered after an include is somebody else of that name.
            found |= alike - self._labels.keys() if chosen.get(one) else alike
        return {tile for tile, allowed in chosen.items() if not allowed} - found

    def _resembled(self, label: Label | None) -> frozenset[str]:
        """The excluded participants whose label this is."""
        if label is None:
            return frozenset()
        kept = self._labels.copy().items()
        return frozenset(tile for tile, one in kept if similarity(label, one) >= SAME)

    def _read_unknown(self, frame: Frame, tiles: Sequence[Tile]) -> None:
        if self.consent_list is None or self.read_names is None:
            return
        due = [tile for tile in tiles if self._is_due(tile, frame.time)]
        # A name that was never tried comes before those that could not be read, however many these are, and
        # those that are known come last.
        states = {tile.id: self._known[tile.id] for tile in due}
        due.sort(key=lambda tile: (states[tile.id].tried is not None, states[tile.id].listed is not None))
        chosen = due if self.at_once else due[:1]
        if not chosen:
            return
        read = self.read_names(frame.pixels, [tile.slot for tile in chosen])
        for tile, readings in zip(chosen, read, strict=True):
            known = self._known[tile.id]
            known.tried, known.box, known.attempts = frame.time, tile.slot.box, known.attempts + 1
            found = self.consent_list.decide(readings)
            if known.listed is None or found is Listed.OUT:
                known.listed = found
            elif found not in {None, known.listed}:
                # It was another name before: neither is certain until it is read once more.
                known.listed, known.attempts = None, 1

    def _is_due(self, tile: Tile, now: float) -> bool:
        known, size = self._known[tile.id], (tile.slot.box.width, tile.slot.box.height)
        if size != known.size:
            known.size, known.attempts = size, 0
        if known.tried is None or known.listed in {Listed.OUT, Listed.PERHAPS_OUT}:
            return known.listed is None
        if known.listed is None:
            pause = min(AGAIN * 2 ** max(known.attempts - 1, 0), LONGEST)
        else:
            stayed = known.box is not None and known.box.iou(tile.slot.box) >= STAYED
            pause = LONGEST if stayed else AGAIN
        return not 0 <= now - known.tried < pause


def _listing(ids: Iterable[str]) -> str:
    return " or ".join(sorted(ids))


def _is_plain(label: Label | None) -> bool:
    """Whether this is surely a name, no piece of video."""
    return label is not None and label.contrast >= PLAIN
