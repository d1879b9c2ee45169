"""From one frame to one snapshot: layout, faces, crops, the classifier, mood, room.

Work is spent where the picture changed. A tile whose picture stayed the same keeps its face and scores; a
face that did not move is not detected again; an unchanged crop is not classified again (see ``FaceTrack``).
The remaining work is done oldest first, as far as the budget reaches (see ``Budget``).
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Self

import numpy as np

from agent.analysis.covered_tiles import floating_over
from agent.faces.crops import crop_face
from agent.faces.detector import FaceFinder
from agent.faces.face_track import FaceTrack
from agent.faces.frozen_video import still_tiles
from agent.faces.tile_worker import ReadingRules, TileWorker, batches_of
from agent.faces.worker_pool import WorkerPool, record_stage_times, update_costs
from agent.lesson.baseline import Baseline
from agent.lesson.lesson import Lesson
from agent.lesson.mood import Mood, MoodTracker
from agent.lesson.motivation import Weights, motivation
from agent.lesson.room import summarize
from agent.privacy.consent import Consent
from agent.scheduling.budget import Budget, Task, Work
from agent.scheduling.stage_times import Stages, Stopwatch, cpu_seconds
from agent.tracking.gallery_check import is_meeting_gallery
from agent.tracking.tracker import Tracker
from agent.values import (
    Face,
    Frame,
    Load,
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


@dataclass(frozen=True, slots=True)
class SessionState:
    """The state that follows participants and lesson from frame to frame.

    ``consent`` decides whose tiles are not looked at. Without a ``baseline`` no scores are corrected;
    without a ``lesson`` there are no trend, alerts or markers.
    """

    mood: MoodTracker
    baseline: Baseline | None = None
    weights: Weights = field(default_factory=Weights)
    lesson: Lesson | None = None
    consent: Consent = field(default_factory=Consent)


class Analyzer:
    """Reads frames one after another; not thread-safe: one worker owns it.

    ``tracker`` and ``models`` can be replaced in tests; ``close`` closes them too. ``models`` are pairs of a
    face finder and a classifier, all of the same kind: one pair for each core that may work at a time.
    """

    def __init__(
        self,
        tracker: Tracker,
        models: Sequence[tuple[FaceFinder, Classifier]],
        rules: ReadingRules,
        state: SessionState,
        budget: Budget,
    ) -> None:
        self._pool = WorkerPool([TileWorker(*one, rules) for one in models])
        self._tracker = tracker
        self._card = models[0][1].card
        self._rules = rules
        self._mood, self._baseline, self._lesson = state.mood, state.baseline, state.lesson
        self._weights, self._consent = state.weights, state.consent
        self._budget = budget
        self._excluded: frozenset[str] = frozenset()
        self._still: frozenset[str] = frozenset()
        self._tracks: dict[str, FaceTrack] = {}
        self._believed = False
        self._cpu_since: float | None = None
        self.stages = Stages()

    @property
    def card(self) -> ModelCard:
        """The card of the classifier in use."""
        return self._card

    def analyze(self, frame: Frame) -> Snapshot:
        """Read one frame; ``seq``, ``age`` and ``source`` of the snapshot are for the caller to set."""
        begun, self._cpu_since = cpu_seconds() if self._cpu_since is None else self._cpu_since, None
        try:
            snapshot = self._analyzed(frame)
            # If no tile shows people once all were looked at, try the other layouts of the same picture.
            while not self._believed and not snapshot.load.waiting and self._tracker.try_another(frame):
                snapshot = self._analyzed(frame)
        finally:
            # A frame that fails has cost CPU time too.
            now = cpu_seconds()
            self._budget.spend(frame.time, now - begun)
        # The CPU time of a search between two frames counts with the next frame.
        self._cpu_since = now if self._tracker.searching else None
        snapshot = replace(snapshot, load=self._budget.load(frame.time, snapshot.load.waiting))
        return snapshot if self._lesson is None else self._lesson.take(snapshot, frame.time)

    def _analyzed(self, frame: Frame) -> Snapshot:
        """The snapshot of a frame without the lesson; its load holds only the number of waiting tiles."""
        watch = Stopwatch(time.perf_counter)
        stages = self.stages = Stages()
        tiles = self._tracker.update(frame)
        self._exclude(self._consent.excluded(frame, tiles))
        stages.layout = watch.lap()
        tasks, crops = self._glance(frame, tiles)
        chosen = self._budget.choose(tasks, frame.time)
        stages.glance = watch.lap()
        # If the budget leaves tiles waiting, more cores would gain nothing.
        self._update(frame, chosen, crops, hurry=len(chosen) == len(tasks))
        watch.lap()
        self._still = still_tiles(self._tracks, frame.time)
        believed = self._believe(frame, tiles)
        readings = tuple(self._read(frame, tile) for tile in tiles) if believed else ()
        self._forget(frame.time, tiles)
        room, load = summarize(readings), Load(waiting=len(tasks) - len(chosen))
        stages.mood = watch.lap()
        return Snapshot(
            0, frame.wall, stages.total, frame.width, frame.height, SourceStatus(), readings, room, load=load
        )

    def again(self, snapshot: Snapshot) -> Snapshot:
        """An earlier snapshot, without participants excluded since, and with the moments marked since."""
        snapshot = self._consent.leave_out(snapshot)
        return snapshot if self._lesson is None else self._lesson.marked(snapshot)

    def close(self) -> None:
        """Free the models and end the layout search; idempotent."""
        self._tracker.close()
        self._pool.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _glance(self, frame: Frame, tiles: Sequence[Tile]) -> tuple[list[Task], dict[str, Pixels]]:
        """The work that each tile needs, and the crops of the faces to classify at their last position."""
        tasks: list[Task] = []
        crops: dict[str, Pixels] = {}
        under = floating_over(tiles)
        for tile in tiles:
            # A held tile keeps what was read of it: its box may lie over somebody who is excluded.
            if tile.held or not self._seen(tile):
                continue
            track = self._tracks.setdefault(tile.id, FaceTrack())
            changed = tile.changed or not self._rules.reuse
            track.follow(tile.slot.video, changed, under.get(tile.id, ()))
            work = self._needed(frame, tile.id, track, crops)
            if work is not None:
                tasks.append(Task(tile.id, work, track.current))
        return tasks, crops

    def _needed(self, frame: Frame, tile: str, track: FaceTrack, crops: dict[str, Pixels]) -> Work | None:
        if track.face is None:
            return track.due(frame.time)
        if not self._rules.reuse:
            return Work.FIND
        if not track.wants_glance(frame.time):
            return None
        self.stages.glanced += 1
        crop = crop_face(frame.pixels, track.face, self._rules.framing)
        work = track.glance(crop, frame.time)
        if work is Work.READ:
            crops[tile] = crop
        return work

    def _update(self, frame: Frame, chosen: Sequence[Task], crops: Mapping[str, Pixels], hurry: bool) -> None:
        """Detect and classify the chosen tasks; with ``hurry`` in all workers."""
        wall, cpu = time.perf_counter(), time.process_time()
        timings = self._pool.update(frame, batches_of(chosen, self._tracks, crops), hurry)
        record_stage_times(timings, self.stages, time.perf_counter() - wall)
        update_costs(timings, self._budget.costs, time.process_time() - cpu)

    def _exclude(self, excluded: frozenset[str]) -> None:
        """Stop looking at these participants, and forget the readings of those newly excluded at once."""
        self._mood.drop(excluded - self._excluded)
        if self._baseline is not None:
            self._baseline.drop(excluded - self._excluded)
        self._excluded = excluded

    def _seen(self, tile: Tile) -> bool:
        """Whether a tile is looked at: its camera is on, and its participant is not excluded."""
        return tile.slot.camera_on and tile.id not in self._excluded

    def _believe(self, frame: Frame, tiles: Sequence[Tile]) -> bool:
        """Whether the tiles are a gallery; once true, it stays true until no tile is left."""
        if tiles and not self._believed:
            looked_at = [tile for tile in tiles if tile.id not in self._excluded]
            faces = {tile for tile, track in self._tracks.items() if track.face is not None}
            # If everybody with video is excluded, only the tiles themselves can tell.
            nobody = bool(self._excluded) and not any(tile.slot.camera_on for tile in looked_at)
            self._believed = nobody or is_meeting_gallery(looked_at, faces, frame.width * frame.height)
        self._believed = self._believed and bool(tiles)
        return self._believed

    def _read(self, frame: Frame, tile: Tile) -> Reading:
        if tile.id in self._excluded:
            mood = self._mood.update(tile.id, None, Reason.PRIVATE, time=frame.time, wall=frame.wall)
            return self._reading(tile, TileState.EXCLUDED, None, 0.0, mood)
        track = self._tracks.get(tile.id)
        camera_on = tile.slot.camera_on and tile.id not in self._still
        face = track.face if track is not None and camera_on else None
        scores = track.scores if track is not None and face is not None else None
        reason = track.reason if track is not None and face is not None else None
        if face is not None and not self._rules.infers:
            reason = Reason.PRIVATE
        if scores is not None and reason is None and self._baseline is not None:
            scores = self._baseline.correct(tile.id, scores, frame.time).astype(np.float32)
        empty = TileState.NO_FACE if camera_on else TileState.CAMERA_OFF
        why = empty if face is None else reason
        mood = self._mood.update(tile.id, scores, why, time=frame.time, wall=frame.wall)
        if face is None or track is None:
            return self._reading(tile, empty, None, 0.0, Mood(None, None, mood.since))
        return self._reading(tile, TileState.FACE, face, track.facing, mood)

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
        """Drop the state of tiles that are no longer shown."""
        shown = {tile.id for tile in tiles if self._seen(tile)}
        self._tracks = {tile: track for tile, track in self._tracks.items() if tile in shown}
        self._mood.forget(now)
        if self._baseline is not None:
            self._baseline.forget(now)
