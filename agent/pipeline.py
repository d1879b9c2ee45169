"""From one frame to one snapshot: layout, faces, crops, one batch through the classifier, mood, room.

Work is spent where the picture changed: a tile whose picture stayed the same keeps its face and its scores.
Whether a weak detection counts depends on evidence over time, not on one frame (see ``Evidence``).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray

from agent import quality
from agent.crops import Framing, crop_faces
from agent.faces import FaceFinder
from agent.mood import Mood, MoodTracker
from agent.room import summarize
from agent.values import (
    Box,
    Face,
    Frame,
    Pixels,
    Reading,
    Reason,
    Snapshot,
    SourceStatus,
    Tile,
    TileState,
)
from models.card import ModelCard
from models.runtime import Classifier

LOOK_AGAIN = 1.0
"""Seconds after which a still tile without a face is searched again, carefully."""

LEAST_FACES = 0.25
"""The part of the tiles with video in which a face must have been found before tiles are believed to be a
gallery: a grid of photos, a desktop or a slide can look like one, but people are rarely in it."""

KEEP_FACE = 0.5
"""Seconds for which a face that was just there is believed when one look misses it."""


class Tracker(Protocol):
    """What finds the tiles of a frame and keeps their ids."""

    def update(self, frame: Frame) -> tuple[Tile, ...]: ...


@dataclass(frozen=True, slots=True)
class Evidence:
    """How sure the detector must be: ``fresh`` for a new face, ``known`` where one was seen just before.

    Of 40 drawn rooms without anybody, 9 give a detection over 0.3 (bookshelves, mostly); of 24 real faces the
    weakest, under a mask, reaches 0.77 after the closer look that doubtful ones get.
    """

    fresh: float = 0.5
    known: float = 0.3


@dataclass(slots=True)
class _Sight:
    """What was last seen in one tile."""

    looked: float = -np.inf
    """When it was last searched carefully."""
    found: float = -np.inf
    face: Face | None = None
    facing: float = 0.0
    reason: Reason | None = None
    scores: NDArray[np.float32] | None = None


@dataclass(slots=True)
class Stages:
    """Seconds spent in each stage of the last frame, and how many tiles were worked on."""

    layout: float = 0.0
    detect: float = 0.0
    crop: float = 0.0
    classify: float = 0.0
    mood: float = 0.0
    searched: int = 0
    classified: int = 0

    @property
    def total(self) -> float:
        return self.layout + self.detect + self.crop + self.classify + self.mood


@dataclass(slots=True)
class _Stopwatch:
    clock: Callable[[], float]
    last: float = field(init=False)

    def __post_init__(self) -> None:
        self.last = self.clock()

    def lap(self) -> float:
        now = self.clock()
        elapsed, self.last = now - self.last, now
        return elapsed


class Analyzer:
    """Reads frames one after another; not thread-safe: one worker owns it.

    ``tracker``, ``finder`` and ``classifier`` are its seams; it closes the last two with itself.
    """

    def __init__(  # noqa: PLR0913 - the parts it joins, and how each decides
        self,
        tracker: Tracker,
        finder: FaceFinder,
        classifier: Classifier,
        framing: Framing,
        mood: MoodTracker,
        *,
        limits: quality.Limits | None = None,
        evidence: Evidence | None = None,
        reuse: bool = True,
    ) -> None:
        self._tracker = tracker
        self._finder = finder
        self._classifier = classifier
        self._framing = framing
        self._mood = mood
        self._limits = limits or quality.Limits()
        self._evidence = evidence or Evidence()
        self._reuse = reuse
        self._sights: dict[str, _Sight] = {}
        self._believed = False
        self.stages = Stages()

    @property
    def card(self) -> ModelCard:
        """What is known of the classifier in use."""
        return self._classifier.card

    def analyze(self, frame: Frame) -> Snapshot:
        """Read one frame; ``seq``, ``age`` and ``source`` of the snapshot are for the caller to set."""
        watch = _Stopwatch(time.perf_counter)
        stages = self.stages = Stages()
        tiles = self._tracker.update(frame)
        stages.layout = watch.lap()
        searched = self._search(frame, tiles)
        stages.searched = len(searched)
        stages.detect = watch.lap()
        batch, crops = self._crop(frame, searched)
        stages.classified = len(batch)
        stages.crop = watch.lap()
        if batch:
            for sight, scores in zip(batch, self._classifier.classify(crops), strict=True):
                sight.scores = scores
        stages.classify = watch.lap()
        believed = self._believe(tiles)
        readings = tuple(self._read(frame, tile) for tile in tiles) if believed else ()
        self._forget(frame.time, tiles)
        room = summarize(readings)
        stages.mood = watch.lap()
        return Snapshot(
            0, frame.wall, stages.total, frame.width, frame.height, SourceStatus(), readings, room
        )

    def close(self) -> None:
        """Free the models; may be called twice."""
        self._finder.close()
        self._classifier.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _search(self, frame: Frame, tiles: Sequence[Tile]) -> list[_Sight]:
        """Look for faces in the tiles that need it, and return those in which one was found now."""
        wanted = [tile for tile in tiles if tile.slot.camera_on and self._needs_look(frame.time, tile)]
        careful = [tile for tile in wanted if self._is_due(frame.time, tile)]
        quick = [tile for tile in wanted if tile not in careful]
        found: list[_Sight] = []
        for group, is_careful in ((quick, False), (careful, True)):
            pictures = [tile.slot.video.of(frame.pixels) for tile in group]
            known = [self._known(tile) for tile in group]
            faces = self._finder.find(pictures, is_careful, known)
            for tile, face in zip(group, faces, strict=True):
                if is_careful:
                    self._sights.setdefault(tile.id, _Sight()).looked = frame.time
                if self._see(frame.time, tile, face):
                    found.append(self._sights[tile.id])
        return found

    def _believe(self, tiles: Sequence[Tile]) -> bool:
        """Whether the tiles are a gallery: once enough faces were in them, until no tile is left."""
        video = [tile for tile in tiles if tile.slot.camera_on]
        faces = sum(tile.id in self._sights and self._sights[tile.id].face is not None for tile in video)
        enough = faces >= max(LEAST_FACES * len(video), 1)
        self._believed = bool(tiles) and (self._believed or enough)
        return self._believed

    def _needs_look(self, now: float, tile: Tile) -> bool:
        return tile.changed or not self._reuse or self._is_due(now, tile)

    def _is_due(self, now: float, tile: Tile) -> bool:
        """Whether a tile is worth a careful search: it is new, or stayed empty since the last one.

        A careful search costs up to three more model runs, too much for an empty room in which things move.
        """
        sight = self._sights.get(tile.id)
        return sight is None or (sight.face is None and now - sight.looked >= LOOK_AGAIN)

    def _known(self, tile: Tile) -> Face | None:
        """The face last seen in a tile, in pixels of the tile's picture."""
        sight = self._sights.get(tile.id)
        if sight is None or sight.face is None:
            return None
        return shifted(sight.face, -tile.slot.video.left, -tile.slot.video.top)

    def _see(self, now: float, tile: Tile, face: Face | None) -> bool:
        """Note what one look at one tile showed; True when it showed a face."""
        sight = self._sights.setdefault(tile.id, _Sight())
        needed = self._evidence.fresh if sight.face is None else self._evidence.known
        if face is not None and face.confidence >= needed:
            sight.face = shifted(face, tile.slot.video.left, tile.slot.video.top)
            sight.found = now
            return True
        if now - sight.found > KEEP_FACE:
            sight.face = sight.scores = sight.reason = None
        return False

    def _crop(self, frame: Frame, sights: Sequence[_Sight]) -> tuple[list[_Sight], Pixels]:
        """Cut the faces just found and keep those good enough to be read."""
        faces = [sight.face for sight in sights if sight.face is not None]
        crops = crop_faces(frame.pixels, faces, self._framing)
        kept: list[int] = []
        for index, (sight, face) in enumerate(zip(sights, faces, strict=True)):
            sight.facing = quality.facing(face)
            sight.reason = quality.abstain(face, crops[index], sight.facing, self._limits)
            sight.scores = None
            if sight.reason is None:
                kept.append(index)
        return [sights[index] for index in kept], crops[kept]

    def _read(self, frame: Frame, tile: Tile) -> Reading:
        sight = self._sights.get(tile.id)
        face = sight.face if sight is not None and tile.slot.camera_on else None
        scores = sight.scores if sight is not None and face is not None else None
        reason = sight.reason if sight is not None and face is not None else None
        mood = self._mood.update(tile.id, scores, reason, time=frame.time, wall=frame.wall)
        if not tile.slot.camera_on:
            return self._reading(tile, TileState.CAMERA_OFF, None, 0.0, Mood(None, None, mood.since))
        if face is None or sight is None:
            return self._reading(tile, TileState.NO_FACE, None, 0.0, Mood(None, None, mood.since))
        return self._reading(tile, TileState.FACE, face, sight.facing, mood)

    @staticmethod
    def _reading(tile: Tile, state: TileState, face: Face | None, facing: float, mood: Mood) -> Reading:
        slot = tile.slot
        return Reading(
            tile.id,
            slot.row,
            slot.col,
            slot.box,
            state,
            tile.speaking,
            face,
            facing,
            mood.emotion,
            mood.reason,
            mood.since,
        )

    def _forget(self, now: float, tiles: Sequence[Tile]) -> None:
        """Drop what was seen of tiles that are no longer shown."""
        shown = {tile.id for tile in tiles if tile.slot.camera_on}
        self._sights = {tile: sight for tile, sight in self._sights.items() if tile in shown}
        self._mood.forget(now)


def shifted(face: Face, right: int, down: int) -> Face:
    """A face moved by some pixels: from its tile's picture to the frame, or back."""
    box = Box(face.box.left + right, face.box.top + down, face.box.width, face.box.height)
    return Face(box, face.keypoints + np.array((right, down), np.float32), face.confidence)
