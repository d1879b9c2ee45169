"""Runs one worker, which turns tiles into faces, crops and scores with models of its own.

Workers run in parallel on different tiles (see ``agent.faces.worker_pool``). They share nothing but the
frame, which is only read.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from agent.errors import ReadTheRoomError
from agent.faces import quality
from agent.faces.crops import Framing, crop_face
from agent.faces.detector import FaceFinder
from agent.faces.face_track import DetectionThresholds, FaceTrack, shifted
from agent.faces.masks import is_masked
from agent.scheduling.budget import Task, Work
from agent.scheduling.stage_times import Stopwatch
from agent.values import Face, Frame, Pixels, Reason
from models.runtime import Classifier

PER_MOSAIC = 4
"""Number of known faces that share one input of the detector; the size of a batch is a multiple of it."""

LARGEST = 16
"""Approximate maximum number of tiles in a batch. Smaller batches divide the work more evenly, but switching
between the models costs CPU: batches of 8 and 4 took 7 to 10 % more than all 25 or 49 tiles at once."""


_CUTTING = threading.Lock()
"""Held while a worker cuts and judges crops. That is hundreds of calls of a few microseconds, and each call
releases the GIL: two workers doing it wake each other, and a frame takes 8 % longer and 6 to 10 % more
CPU."""


@dataclass(frozen=True, slots=True)
class ReadingRules:
    """How faces are cut, which are accepted and read, and whether any expression is inferred.

    ``reuse``: the readings of tiles that did not change are kept.
    """

    framing: Framing
    limits: quality.QualityLimits = field(default_factory=quality.QualityLimits)
    thresholds: DetectionThresholds = field(default_factory=DetectionThresholds)
    infers: bool = True
    reuse: bool = True


@dataclass(frozen=True, slots=True)
class TileBatch:
    """A few tiles that need the same work; for ``Work.READ``, ``crops`` has one crop for each tile."""

    work: Work
    tracks: tuple[FaceTrack, ...]
    crops: tuple[Pixels, ...] = ()


@dataclass(slots=True)
class StageTimings:
    """Wall time in seconds of the stages of some batches, and the numbers of tiles searched and read."""

    detect: dict[Work, float] = field(default_factory=dict)
    crop: float = 0.0
    classify: float = 0.0
    searched: dict[Work, int] = field(default_factory=dict)
    read: int = 0

    @property
    def total(self) -> float:
        """Seconds of all stages together."""
        return sum(self.detect.values()) + self.crop + self.classify


def batches_of(
    tasks: Sequence[Task], tracks: Mapping[str, FaceTrack], crops: Mapping[str, Pixels]
) -> list[TileBatch]:
    """Divide tasks into batches of similar size: one per kind of work, two or four on a page of 49.

    The division does not depend on the number of workers: tiles that share an input of the detector affect
    each other a little, and readings must not depend on the machine.
    """
    batches = []
    for work in (Work.SEARCH, Work.FIND, Work.READ):
        tiles = [task.tile for task in tasks if task.work is work]
        for part in _parts(tiles):
            cut = tuple(crops[tile] for tile in part) if work is Work.READ else ()
            batches.append(TileBatch(work, tuple(tracks[tile] for tile in part), cut))
    return batches


def _parts(tiles: Sequence[str]) -> Iterator[Sequence[str]]:
    count = 2 * math.ceil(len(tiles) / (2 * LARGEST))
    size = round(len(tiles) / max(count, 1) / PER_MOSAIC) * PER_MOSAIC
    if len(tiles) < count * PER_MOSAIC:
        count = 1
    for index in range(count):
        part = tiles[index * size : (index + 1) * size if index < count - 1 else None]
        if part:
            yield part


class TileWorker:
    """Updates the tracks of batches; one thread at a time may call it. Closing it closes its two models."""

    def __init__(self, finder: FaceFinder, classifier: Classifier, rules: ReadingRules) -> None:
        self._finder = finder
        self._classifier = classifier
        self._rules = rules

    def update(self, frame: Frame, batches: Sequence[TileBatch]) -> StageTimings:
        """Detect faces where batches ask for it, cut the faces found, and read all readable ones at once.

        Raises whatever a model raises; then the batches' tiles have to be done again with the next frame.
        """
        watch, timings = Stopwatch(time.perf_counter), StageTimings()
        found: list[tuple[FaceTrack, Pixels | None]] = []
        for batch in batches:
            if batch.work is Work.READ:
                found += zip(batch.tracks, batch.crops, strict=True)
                continue
            found += ((track, None) for track in self._find(frame, batch))
            timings.detect[batch.work] = timings.detect.get(batch.work, 0.0) + watch.lap()
            timings.searched[batch.work] = timings.searched.get(batch.work, 0) + len(batch.tracks)
        with _CUTTING:
            readable = self._judge(frame, found)
        timings.crop = watch.lap()
        self._classify(readable)
        timings.classify, timings.read = watch.lap(), len(readable) if self._rules.infers else 0
        return timings

    def close(self) -> None:
        """Free the models; may be called twice."""
        self._finder.close()
        self._classifier.close()

    def _find(self, frame: Frame, batch: TileBatch) -> list[FaceTrack]:
        """The tracks of a batch in which a face was found now."""
        videos = [track.video for track in batch.tracks if track.video is not None]
        pictures = [track.picture(frame.pixels) for track in batch.tracks if track.video is not None]
        known = [
            None if track.face is None else shifted(track.face, -video.left, -video.top)
            for track, video in zip(batch.tracks, videos, strict=True)
        ]
        faces = self._finder.find(pictures, batch.work is Work.SEARCH, known)
        found = []
        for track, video, face in zip(batch.tracks, videos, faces, strict=True):
            if batch.work is Work.SEARCH:
                track.searched = frame.time
            here = None if face is None else shifted(face, video.left, video.top)
            if track.on_detection(here, self._rules.thresholds, frame.time):
                found.append(track)
        return found

    def _judge(self, frame: Frame, found: Sequence[tuple[FaceTrack, Pixels | None]]) -> list[FaceTrack]:
        """Cut the faces without a crop, and return the tracks whose crops are good enough to be read."""
        for track, given in found:
            if track.face is not None:
                crop = given
                if crop is None:
                    crop = track.found = crop_face(frame.pixels, track.face, self._rules.framing)
                self._judge_one(frame, track, track.face, crop)
        return [track for track, _ in found if track.face is not None and track.reason is None]

    def _judge_one(self, frame: Frame, track: FaceTrack, face: Face, crop: Pixels) -> None:
        facing = quality.facing(face)
        reason = quality.abstain(face, crop, facing, self._rules.limits)
        if reason is None and is_masked(frame.pixels, face):
            reason = Reason.COVERED
        track.set_crop(crop, facing, reason, frame.time)

    def _classify(self, readable: Sequence[FaceTrack]) -> None:
        """Read the crops of some tracks at once."""
        crops = [track.judged for track in readable if track.judged is not None]
        if not crops or not self._rules.infers:
            return
        try:
            read = self._classifier.classify(np.stack(crops))
        except ReadTheRoomError:
            # The error costs this frame; the next one must not treat these crops as read.
            for track in readable:
                track.invalidate()
            raise
        for track, scores in zip(readable, read, strict=True):
            track.scores = scores
