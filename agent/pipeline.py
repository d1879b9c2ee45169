"""From one frame to one snapshot: layout, faces, crops, one batch through the classifier, mood, room.

Work is spent where the picture changed: a tile whose picture stayed the same keeps its face and its scores, a
face that did not move is not detected again, one whose crop did not change not read again (see ``Sight``).
What is left is done oldest first, as far as the budget reaches (see ``Budget``).
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Self

import numpy as np

from agent import quality
from agent.baseline import Baseline
from agent.budget import Budget, Task, Work
from agent.consent import Consent
from agent.crops import Framing, crop_face, crop_faces
from agent.errors import ReadTheRoomError
from agent.faces import FaceFinder
from agent.lesson import Lesson
from agent.masks import is_masked
from agent.mood import Mood, MoodTracker
from agent.motivation import Weights, motivation
from agent.room import summarize
from agent.sight import Evidence, Sight, shifted
from agent.stages import Stages, Stopwatch
from agent.tracking.seam import Tracker
from agent.values import (
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

LEAST_FACES = 0.25
"""The part of the tiles with video in which a face must have been found before tiles are believed to be a
gallery: a grid of photos, a desktop or a slide can look like one, but people are rarely in it."""


class Analyzer:
    """Reads frames one after another; not thread-safe: one worker owns it.

    ``tracker``, ``finder`` and ``classifier`` are its seams; it closes them with itself. ``consent``
    decides whose tiles are not looked at; without ``infers`` nobody's expression is read.
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
        budget: Budget | None = None,
        baseline: Baseline | None = None,
        weights: Weights | None = None,
        lesson: Lesson | None = None,
        reuse: bool = True,
        consent: Consent | None = None,
        infers: bool = True,
    ) -> None:
        self._tracker = tracker
        self._finder = finder
        self._classifier = classifier
        self._framing = framing
        self._mood = mood
        self._limits = limits or quality.Limits()
        self._evidence = evidence or Evidence()
        self._budget = budget or Budget(None)
        self._baseline = baseline
        self._weights = weights or Weights()
        self._lesson = lesson
        self._reuse = reuse
        self._consent = consent or Consent()
        self._infers = infers
        self._excluded: frozenset[str] = frozenset()
        self._sights: dict[str, Sight] = {}
        self._believed = False
        self._cpu_since: float | None = None
        self.stages = Stages()

    @property
    def card(self) -> ModelCard:
        """What is known of the classifier in use."""
        return self._classifier.card

    def analyze(self, frame: Frame) -> Snapshot:
        """Read one frame; ``seq``, ``age`` and ``source`` of the snapshot are for the caller to set."""
        watch = Stopwatch(time.perf_counter)
        begun = time.process_time() if self._cpu_since is None else self._cpu_since
        stages = self.stages = Stages()
        tiles = self._tracker.update(frame)
        self._exclude(self._consent.excluded(frame, tiles))
        stages.layout = watch.lap()
        tasks, crops = self._glance(frame, tiles)
        chosen = self._budget.choose(tasks, frame.time)
        stages.glance = watch.lap()
        found = self._search(frame, tiles, chosen)
        stages.detect = watch.lap()
        batch = self._judge(frame, found, crops, chosen)
        stages.crop = watch.lap()
        self._classify(batch)
        stages.classify = watch.lap()
        believed = self._believe(tiles)
        readings = tuple(self._read(frame, tile) for tile in tiles) if believed else ()
        self._forget(frame.time, tiles)
        room = summarize(readings)
        now = time.process_time()
        self._budget.spend(frame.time, now - begun)
        # What a search takes between two frames counts with the next.
        self._cpu_since = now if self._tracker.searching else None
        load = self._budget.load(frame.time, len(tasks) - len(chosen))
        stages.mood = watch.lap()
        snapshot = Snapshot(
            0, frame.wall, stages.total, frame.width, frame.height, SourceStatus(), readings, room, load=load
        )
        return snapshot if self._lesson is None else self._lesson.take(snapshot, frame.time)

    def close(self) -> None:
        """Free the models and end the search for layouts; may be called twice."""
        self._tracker.close()
        self._finder.close()
        self._classifier.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _glance(self, frame: Frame, tiles: Sequence[Tile]) -> tuple[list[Task], dict[str, Pixels]]:
        """What each tile needs, and the crops of the faces that are to be read where they were."""
        tasks: list[Task] = []
        crops: dict[str, Pixels] = {}
        for tile in tiles:
            if not self._seen(tile):
                continue
            sight = self._sights.setdefault(tile.id, Sight())
            sight.follow(tile.slot.video, tile.changed or not self._reuse)
            work = self._needed(frame, tile.id, sight, crops)
            if work is not None:
                tasks.append(Task(tile.id, work, sight.current))
        return tasks, crops

    def _needed(self, frame: Frame, tile: str, sight: Sight, crops: dict[str, Pixels]) -> Work | None:
        if sight.face is None:
            return sight.due(frame.time)
        if not self._reuse:
            return Work.FIND
        if not sight.wants_glance(frame.time):
            return None
        self.stages.glanced += 1
        crop = crop_face(frame.pixels, sight.face, self._framing)
        work = sight.glance(crop, frame.time)
        if work is Work.READ:
            crops[tile] = crop
        return work

    def _search(self, frame: Frame, tiles: Sequence[Tile], chosen: Sequence[Task]) -> list[Sight]:
        """Detect the faces of the tiles that need it, and return the sights in which one was found now."""
        by_id = {tile.id: tile for tile in tiles}
        found: list[Sight] = []
        for work in (Work.FIND, Work.SEARCH):
            group = [by_id[task.tile] for task in chosen if task.work is work]
            begun = time.process_time()
            pictures = [tile.slot.video.of(frame.pixels) for tile in group]
            known = [self._known(tile) for tile in group]
            faces = self._finder.find(pictures, work is Work.SEARCH, known) if group else []
            for tile, face in zip(group, faces, strict=True):
                sight, video = self._sights[tile.id], tile.slot.video
                if work is Work.SEARCH:
                    sight.searched = frame.time
                here = None if face is None else shifted(face, video.left, video.top)
                if sight.take(here, self._evidence, frame.time):
                    found.append(sight)
            self._budget.prices.learn(work, len(group), time.process_time() - begun)
            self.stages.searched += len(group)
        return found

    def _exclude(self, excluded: frozenset[str]) -> None:
        """Look at these no longer, and forget at once what was said of those who are new among them."""
        self._mood.drop(excluded - self._excluded)
        if self._baseline is not None:
            self._baseline.drop(excluded - self._excluded)
        self._excluded = excluded

    def _seen(self, tile: Tile) -> bool:
        """Whether a tile is looked at: its camera is on, and its participant is not excluded."""
        return tile.slot.camera_on and tile.id not in self._excluded

    def _believe(self, tiles: Sequence[Tile]) -> bool:
        """Whether the tiles are a gallery: once enough faces were in them, until no tile is left."""
        video = [tile for tile in tiles if self._seen(tile)]
        faces = sum(tile.id in self._sights and self._sights[tile.id].face is not None for tile in video)
        # Where everybody is excluded, the tiles are all that can be gone by.
        enough = faces >= max(LEAST_FACES * len(video), 1) or (not video and bool(self._excluded))
        self._believed = bool(tiles) and (self._believed or enough)
        return self._believed

    def _known(self, tile: Tile) -> Face | None:
        """The face last seen in a tile, in pixels of the tile's picture."""
        face = self._sights[tile.id].face
        return None if face is None else shifted(face, -tile.slot.video.left, -tile.slot.video.top)

    def _judge(
        self, frame: Frame, found: Sequence[Sight], crops: Mapping[str, Pixels], chosen: Sequence[Task]
    ) -> list[Sight]:
        """Cut the faces just found, and return the sights whose crops are good enough to be read."""
        judged: list[Sight] = []
        faces = [sight.face for sight in found if sight.face is not None]
        for sight, face, crop in zip(
            found, faces, crop_faces(frame.pixels, faces, self._framing), strict=True
        ):
            sight.found = crop
            self._judge_one(frame, sight, face, crop)
            judged.append(sight)
        for task in chosen:
            sight = self._sights[task.tile]
            if task.work is Work.READ and sight.face is not None:
                self._judge_one(frame, sight, sight.face, crops[task.tile])
                judged.append(sight)
        return [sight for sight in judged if sight.reason is None]

    def _judge_one(self, frame: Frame, sight: Sight, face: Face, crop: Pixels) -> None:
        facing = quality.facing(face)
        reason = quality.abstain(face, crop, facing, self._limits)
        if reason is None and is_masked(frame.pixels, face):
            reason = Reason.COVERED
        sight.judge(crop, facing, reason, frame.time)

    def _classify(self, batch: Sequence[Sight]) -> None:
        """Read the crops of some sights in one batch."""
        begun = time.process_time()
        crops = [sight.judged for sight in batch if sight.judged is not None]
        if crops and self._infers:
            try:
                read = self._classifier.classify(np.stack(crops))
            except ReadTheRoomError:
                # It costs this frame; the next one must not take these crops for read.
                for sight in batch:
                    sight.doubt()
                raise
            for sight, scores in zip(batch, read, strict=True):
                sight.scores = scores
        self._budget.prices.learn(Work.READ, len(batch), time.process_time() - begun)
        self.stages.classified = len(batch) if self._infers else 0

    def _read(self, frame: Frame, tile: Tile) -> Reading:
        if tile.id in self._excluded:
            mood = self._mood.update(tile.id, None, Reason.PRIVATE, time=frame.time, wall=frame.wall)
            return self._reading(tile, TileState.EXCLUDED, None, 0.0, mood)
        sight = self._sights.get(tile.id)
        face = sight.face if sight is not None and tile.slot.camera_on else None
        scores = sight.scores if sight is not None and face is not None else None
        reason = sight.reason if sight is not None and face is not None else None
        if face is not None and not self._infers:
            reason = Reason.PRIVATE
        if scores is not None and reason is None and self._baseline is not None:
            scores = self._baseline.correct(tile.id, scores, frame.time).astype(np.float32)
        mood = self._mood.update(tile.id, scores, reason, time=frame.time, wall=frame.wall)
        if not tile.slot.camera_on:
            return self._reading(tile, TileState.CAMERA_OFF, None, 0.0, Mood(None, None, mood.since))
        if face is None or sight is None:
            return self._reading(tile, TileState.NO_FACE, None, 0.0, Mood(None, None, mood.since))
        return self._reading(tile, TileState.FACE, face, sight.facing, mood)

    def _reading(self, tile: Tile, state: TileState, face: Face | None, facing: float, mood: Mood) -> Reading:
        slot, emotion = tile.slot, mood.emotion
        return Reading(
            tile.id,
            slot.row,
            slot.col,
            slot.box,
            state,
            tile.speaking and state is not TileState.EXCLUDED,
            face,
            facing,
            emotion,
            mood.reason,
            mood.since,
            None if emotion is None else motivation(emotion.scores, facing, self._weights),
        )

    def _forget(self, now: float, tiles: Sequence[Tile]) -> None:
        """Drop what was seen of tiles that are no longer shown."""
        shown = {tile.id for tile in tiles if self._seen(tile)}
        self._sights = {tile: sight for tile, sight in self._sights.items() if tile in shown}
        self._mood.forget(now)
        if self._baseline is not None:
            self._baseline.forget(now)
