"""What is on the screen at one time: the chips of the newest message, places and how strongly they show.

Pure: messages and times come in (seconds of any monotonic clock), a ``OverlayPicture`` comes out that is
drawn as it stands. All rectangles are logical pixels of the overlay's window.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from exporter.native.chips import ChipPlace, is_near, name_zone, place_chip, sizes_of
from exporter.native.geometry import FrameMap, Monitor, Rect
from exporter.native.state import ALPHA, FADE, GRAVE, STATUS_TEXTS, ConnectionState, Fade, ease
from exporter.native.tile_texts import TileLook, look_of
from exporter.protocol.messages import RoomMessage, TilePart

Style = Literal["chips", "borders", "gauge"]

GLIDE = 0.25
"""Seconds in which a chip moves to another corner of its tile."""

FRESH = 4.0
"""Seconds for which a new label is shown in full strength."""

SETTLED_ALPHA = 0.86
"""How strongly a chip shows whose label has stood for a while, or that has no reading."""

BORDER_INSET, LEAST_INSET, BORDER_WIDTH = 7.0, 3.0, 4.0
"""A border lies inside the tile: the agent finds tiles by their edges, and reads who speaks from a frame of 4
pixels along them, which must stay as it is when the agent leaves the border out. Small tiles have
thin ones."""

LINGER = 0.6
"""Seconds for which a box is still reported after it went: longer than it takes to be drawn away."""


@dataclass(frozen=True, slots=True)
class DrawnTile:
    """One tile as it is drawn now; ``place`` is None in the style of borders, ``alpha`` 0..1."""

    tile: Rect
    place: ChipPlace | None
    look: TileLook
    alert: bool
    alpha: float

    @property
    def has_border(self) -> bool:
        """Whether a line follows the tile's edge: an alert's, or the label's where there is no chip."""
        return self.alert or (self.place is None and self.look.label is not None)

    @property
    def border(self) -> Rect:
        """The outside of that line."""
        inset = min(BORDER_INSET, max(LEAST_INSET, self.tile.height / 10))
        return self.tile.grown(-inset, -inset)

    @property
    def gap(self) -> tuple[float, float]:
        """Where the line ends above the participant's name, and where it goes on to the right of it."""
        name = name_zone(self.tile)
        return min(name.top, self.border.bottom), min(name.right, self.border.right)

    def parts(self) -> Iterator[Rect]:
        """What it covers: its chip and the four lines of its border."""
        if self.place is not None:
            yield self.place.rect
        if self.has_border:
            edge, wide, (down, right) = self.border, BORDER_WIDTH, self.gap
            yield Rect(edge.left, edge.top, edge.width, wide)
            yield Rect(right, edge.bottom - wide, edge.right - right, wide)
            yield Rect(edge.left, edge.top, wide, down - edge.top)
            yield Rect(edge.right - wide, edge.top, wide, edge.height)


@dataclass(frozen=True, slots=True)
class OverlayPicture:
    """All of the window: where it stands on the screen (None: nowhere), its chips and its mark."""

    window: Rect | None = None
    chips: tuple[DrawnTile, ...] = ()
    mark: str = ""
    is_grave: bool = False
    is_moving: bool = False


@dataclass(slots=True)
class _Chip:
    """One participant's chip: what it shall look like, and how far it got."""

    goal: DrawnTile
    alpha: Fade
    start: Rect | None = None
    since: float = field(default=float("-inf"))

    def aim(self, goal: DrawnTile, now: float, *, glides: bool) -> None:
        before = self._rect(now, glides=glides)
        after = None if goal.place is None else goal.place.rect
        if goal.tile != self.goal.tile:
            # A chip belongs to its tile: where that moved, with its window or in it, the chip is at once.
            self.start = None
        elif before != after and before is not None and glides:
            self.start, self.since = before, now
        self.goal = goal
        self.alpha.aim(goal.alpha, now)

    def at(self, now: float, whole: float, *, glides: bool) -> DrawnTile:
        goal, rect = self.goal, self._rect(now, glides=glides)
        place = goal.place
        if place is not None and rect is not None:
            place = ChipPlace(rect, place.form, place.corner, place.font)
        return DrawnTile(goal.tile, place, goal.look, goal.alert, round(self.alpha.at(now) * whole, 2))

    def is_moving(self, now: float, *, glides: bool) -> bool:
        return self.alpha.is_moving(now) or (glides and now - self.since < GLIDE)

    def _rect(self, now: float, *, glides: bool) -> Rect | None:
        place = self.goal.place
        if place is None:
            return None
        if self.start is None or not glides or now - self.since >= GLIDE:
            return place.rect
        return self.start.towards(place.rect, ease((now - self.since) / GLIDE))


class OverlayScene:
    """Follows the feed's messages; with ``animations`` things fade and glide, else they change at once."""

    def __init__(self, style: Style, *, animations: bool = True) -> None:
        self.style: Style = style
        self.connection = ConnectionState()
        self.map: FrameMap | None = None
        self.is_hidden = False
        self.glides = animations
        """Whether chips glide to new places; without it they jump there."""
        self.under: Rect | None = None
        """Another window of ours, in this one's coordinates, on which no chip is drawn."""
        self._fade = FADE if animations else 0.0
        self._chips: dict[str, _Chip] = {}
        self._places: dict[str, tuple[object, Rect | None, ChipPlace]] = {}
        """Where each chip stands, and for what: most tiles stay as they are from one message to the next."""
        self._whole = Fade(0.0, self._fade)
        self._lingering: dict[tuple[int, int, int, int], float] = {}

    def receive(self, message: RoomMessage, monitors: Sequence[Monitor], now: float) -> None:
        """Take a message of the feed."""
        self.connection.received(message, now)
        place = message.source.place
        before = self.map
        frame = (message.frame.width, message.frame.height)
        self.map = None if place is None else FrameMap.of(frame, Rect(*place), monitors)
        if self.map is None or (before is not None and before.window != self.map.window):
            self._chips.clear()
            self._places.clear()
        if self.map is not None:
            self._arrange(message, self.map, now)

    def picture(self, now: float) -> OverlayPicture:
        """What is to be seen at a time."""
        health = self.connection.health(now)
        self._whole.aim(0.0 if self.is_hidden else ALPHA.get(health, 0.0), now)
        whole = self._whole.at(now)
        gone = [key for key, chip in self._chips.items() if chip.goal.alpha == 0 and chip.alpha.at(now) == 0]
        for key in gone:
            del self._chips[key]
        chips = tuple(chip.at(now, whole, glides=self.glides) for chip in self._chips.values())
        moving = self._whole.is_moving(now) or any(
            chip.is_moving(now, glides=self.glides) for chip in self._chips.values()
        )
        return OverlayPicture(
            None if self.map is None else self.map.window,
            tuple(chip for chip in chips if chip.alpha > 0 and not self._is_under(chip)),
            "" if self.is_hidden else STATUS_TEXTS[health],
            health in GRAVE,
            moving,
        )

    def covered(self, others: Iterable[Rect], now: float) -> tuple[tuple[int, int, int, int], ...]:
        """Everything that is, or a moment ago was, drawn over the frame, in its pixels.

        ``others`` are rectangles of this window that other windows of ours stand on.
        """
        if self.map is None:
            return ()
        shown = not self.is_hidden and self.connection.health(now) in ALPHA
        goals = [chip.goal for chip in self._chips.values() if shown and not self._is_under(chip.goal)]
        rects = [part for goal in goals for part in goal.parts()]
        for rect in (*rects, *others):
            box = self.map.to_frame(rect)
            if box is not None:
                self._lingering[box] = now
        self._lingering = {box: seen for box, seen in self._lingering.items() if now - seen <= LINGER}
        return tuple(self._lingering)

    def tile_at(self, x: float, y: float) -> TilePart | None:
        """The tile under a point of the window."""
        if self.map is None or self.connection.message is None:
            return None
        for tile in self.connection.message.tiles:
            if self.map.to_window(tile.box).holds(x, y):
                return tile
        return None

    def _is_under(self, chip: DrawnTile) -> bool:
        return self.under is not None and any(self.under.intersection(part) > 0 for part in chip.parts())

    def _arrange(self, message: RoomMessage, frame: FrameMap, now: float) -> None:
        alerted = {tile for alert in message.alerts for tile in alert.tiles}
        time = datetime.fromisoformat(message.time)
        shown: set[str] = set()
        for tile in message.tiles:
            if self.style == "gauge" or tile.state not in {"face", "no_face"}:
                continue
            shown.add(tile.id)
            since = (time - datetime.fromisoformat(tile.since)).total_seconds()
            before = self._chips.get(tile.id)
            goal = self._goal(tile, frame, before, is_alert=tile.id in alerted, is_fresh=since < FRESH)
            if before is None:
                before = self._chips[tile.id] = _Chip(goal, Fade(0.0, self._fade))
            before.aim(goal, now, glides=self.glides)
        self._places = {key: known for key, known in self._places.items() if key in shown}
        for key, chip in self._chips.items():
            if key not in shown:
                chip.goal = DrawnTile(chip.goal.tile, chip.goal.place, chip.goal.look, False, 0.0)
                chip.alpha.aim(0.0, now)

    def _goal(
        self, tile: TilePart, frame: FrameMap, before: _Chip | None, *, is_alert: bool, is_fresh: bool
    ) -> DrawnTile:
        look, box = look_of(tile), frame.to_window(tile.box)
        place = None
        if self.style == "chips":
            face = None if tile.face is None else frame.to_window(tile.face.box)
            key = (box, look.label is not None, "" if look.label else look.word)
            known = self._places.get(tile.id)
            if known is not None and known[0] == key and is_near(face, known[1]):
                place = known[2]
            else:
                sizes = sizes_of(look.word, read=look.label is not None)
                place = place_chip(box, face, sizes, None if before is None else before.goal.place)
                self._places[tile.id] = (key, face, place)
        is_strong = look.label is not None and (is_fresh or is_alert)
        return DrawnTile(box, place, look, is_alert, 1.0 if is_strong else SETTLED_ALPHA)


def differing(before: OverlayPicture, after: OverlayPicture) -> list[Rect]:
    """The parts of the window that must be drawn anew."""
    old, new = set(before.chips), set(after.chips)
    return [part for chip in old ^ new for part in chip.parts()]
