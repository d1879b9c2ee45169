"""The overlay's content at a given time: the chips of the newest message, their places and opacity.

Pure: from messages and times (seconds of any monotonic clock) it computes an ``OverlayPicture``, which is
drawn without further decisions. All rectangles are in logical pixels of the overlay's window.
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
"""Seconds that a chip takes to move to another corner of its tile."""

FRESH = 4.0
"""Seconds for which a new label is shown with full opacity."""

SETTLED_ALPHA = 0.86
"""Opacity, 0..1, of a chip whose label is older than ``FRESH``, or without a reading."""

BORDER_INSET, LEAST_INSET, BORDER_WIDTH = 7.0, 3.0, 4.0
"""Distance of the border from the tile's edge, its minimum on small tiles, and the line's width, in logical
pixels. The border must stay off the edge: the agent finds tiles by their edges, and detects the speaker from
a frame of 4 pixels along them, which must not change when the agent paints the border out."""

LINGER = 0.6
"""Seconds for which a removed box is still reported; longer than the screen takes to update."""


@dataclass(frozen=True, slots=True)
class DrawnTile:
    """One tile as it is drawn now; ``place`` is None in the style "borders"; ``alpha`` is 0..1."""

    tile: Rect
    place: ChipPlace | None
    look: TileLook
    alert: bool
    alpha: float

    @property
    def has_border(self) -> bool:
        """Whether the tile has a border line: for an alert, or for the label if there is no chip."""
        return self.alert or (self.place is None and self.look.label is not None)

    @property
    def border(self) -> Rect:
        """The outer rectangle of the border line."""
        inset = min(BORDER_INSET, max(LEAST_INSET, self.tile.height / 10))
        return self.tile.grown(-inset, -inset)

    @property
    def gap(self) -> tuple[float, float]:
        """The border's gap at the participant's name: y where it ends above, x where it continues."""
        name = name_zone(self.tile)
        return min(name.top, self.border.bottom), min(name.right, self.border.right)

    def parts(self) -> Iterator[Rect]:
        """The rectangles that are drawn: the chip and the four lines of the border."""
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
    """The window's content: its place on the screen (None: hidden), its chips and its mark."""

    window: Rect | None = None
    chips: tuple[DrawnTile, ...] = ()
    mark: str = ""
    is_grave: bool = False
    is_moving: bool = False


@dataclass(slots=True)
class _Chip:
    """One participant's chip: its target, and the state of its animation."""

    goal: DrawnTile
    alpha: Fade
    start: Rect | None = None
    since: float = field(default=float("-inf"))

    def aim(self, goal: DrawnTile, now: float, *, glides: bool) -> None:
        before = self._rect(now, glides=glides)
        after = None if goal.place is None else goal.place.rect
        if goal.tile != self.goal.tile:
            # If the tile itself moved, the chip moves with it at once, without gliding.
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
    """Follows the feed's messages; with ``animations`` chips fade and glide, else they change at once."""

    def __init__(self, style: Style, *, animations: bool = True) -> None:
        self.style: Style = style
        self.connection = ConnectionState()
        self.map: FrameMap | None = None
        self.is_hidden = False
        self.glides = animations
        """Whether chips glide to new places; otherwise they jump."""
        self.under: Rect | None = None
        """Another window of ours, in this window's coordinates, over which no chip is drawn."""
        self._fade = FADE if animations else 0.0
        self._chips: dict[str, _Chip] = {}
        self._places: dict[str, tuple[object, Rect | None, ChipPlace]] = {}
        """Cache of each chip's place with its inputs; most tiles do not change between two messages."""
        self._whole = Fade(0.0, self._fade)
        self._lingering: dict[tuple[int, int, int, int], float] = {}

    def receive(self, message: RoomMessage, monitors: Sequence[Monitor], now: float) -> None:
        """Process a message of the feed."""
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
        """The picture at the time ``now``."""
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
        """The boxes that are drawn over the frame now or were a moment ago, in its pixels.

        ``others`` are the rectangles of our other windows, in this window's coordinates.
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
        """The tile at a point of the window."""
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
    """The parts of the window that must be redrawn."""
    old, new = set(before.chips), set(after.chips)
    return [part for chip in old ^ new for part in chip.parts()]
