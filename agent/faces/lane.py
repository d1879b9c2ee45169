"""One lane of work: from a few tiles to their faces, crops and scores, with models of its own.

Lanes work beside each other on different tiles (see ``agent.faces.lanes``): nothing here is shared between
them but the frame, which is only read.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from agent.budget import Task, Work
from agent.errors import ReadTheRoomError
from agent.faces import quality
from agent.faces.crops import Framing, crop_face
from agent.faces.detector import FaceFinder
from agent.faces.masks import is_masked
from agent.faces.sight import Evidence, Sight, shifted
from agent.stage_times import Stopwatch
from agent.values import Face, Frame, Pixels, Reason
from models.runtime import Classifier

SHEET = 4
"""Known faces that share one input of the detector: jobs hold a multiple of it."""

LARGEST = 16
"""Tiles in a job, about. Small jobs part the work more evenly, but going to and fro between the models costs
CPU: parts of 8 and 4 took 7 to 10 % more than all 25 or 49 tiles at once."""


_CUTTING = threading.Lock()
"""Held while a lane cuts and judges crops. That is hundreds of calls of a few microseconds, and each gives
Python's lock away: two lanes at it wake each other, and a frame takes 8 % longer and 6 to 10 % more CPU."""


@dataclass(frozen=True, slots=True)
class ReadingRules:
    """How faces are cut, which are believed and read, and whether any expression is inferred.

    ``reuse``: the readings of tiles that did not change are kept.
    """

    framing: Framing
    limits: quality.QualityLimits = field(default_factory=quality.QualityLimits)
    evidence: Evidence = field(default_factory=Evidence)
    infers: bool = True
    reuse: bool = True


@dataclass(frozen=True, slots=True)
class TileJob:
    """A few tiles that need the same work; ``crops`` has one for each where faces are read as they were."""

    work: Work
    sights: tuple[Sight, ...]
    crops: tuple[Pixels, ...] = ()


@dataclass(slots=True)
class Laps:
    """Seconds of wall time that the stages of some jobs took; how many tiles were searched and faces read."""

    detect: dict[Work, float] = field(default_factory=dict)
    crop: float = 0.0
    classify: float = 0.0
    searched: dict[Work, int] = field(default_factory=dict)
    read: int = 0

    @property
    def total(self) -> float:
        """Seconds of all stages together."""
        return sum(self.detect.values()) + self.crop + self.classify


def jobs_of(tasks: Sequence[Task], sights: Mapping[str, Sight], crops: Mapping[str, Pixels]) -> list[TileJob]:
    """Part tasks into jobs of about the same size: of each kind of work one, two or four on a page of 49.

    The parts do not depend on how many lanes there are: tiles that share an input of the detector disturb
    each other a little, and readings must not depend on the machine.
    """
    jobs = []
    for work in (Work.SEARCH, Work.FIND, Work.READ):
        tiles = [task.tile for task in tasks if task.work is work]
        for part in _parts(tiles):
            cut = tuple(crops[tile] for tile in part) if work is Work.READ else ()
            jobs.append(TileJob(work, tuple(sights[tile] for tile in part), cut))
    return jobs


def _parts(tiles: Sequence[str]) -> Iterator[Sequence[str]]:
    count = 2 * math.ceil(len(tiles) / (2 * LARGEST))
    size = round(len(tiles) / max(count, 1) / SHEET) * SHEET
    if len(tiles) < count * SHEET:
        count = 1
    for index in range(count):
        part = tiles[index * size : (index + 1) * size if index < count - 1 else None]
        if part:
            yield part


class Lane:
    """Brings the sights of jobs up to date; one thread at a time. Closes its two models with itself."""

    def __init__(self, finder: FaceFinder, classifier: Classifier, rules: ReadingRules) -> None:
        self._finder = finder
        self._classifier = classifier
        self._rules = rules

    def update(self, frame: Frame, jobs: Sequence[TileJob]) -> Laps:
        """Detect what jobs want detected, cut the faces found, and read all that can be in one batch.

        Raises whatever a model raises: then the jobs' tiles have to be done again with the next frame.
        """
        watch, laps = Stopwatch(time.perf_counter), Laps()
        found: list[tuple[Sight, Pixels | None]] = []
        for job in jobs:
            if job.work is Work.READ:
                found += zip(job.sights, job.crops, strict=True)
                continue
            found += ((sight, None) for sight in self._find(frame, job))
            laps.detect[job.work] = laps.detect.get(job.work, 0.0) + watch.lap()
            laps.searched[job.work] = laps.searched.get(job.work, 0) + len(job.sights)
        with _CUTTING:
            batch = self._judge(frame, found)
        laps.crop = watch.lap()
        self._classify(batch)
        laps.classify, laps.read = watch.lap(), len(batch) if self._rules.infers else 0
        return laps

    def close(self) -> None:
        """Free the models; may be called twice."""
        self._finder.close()
        self._classifier.close()

    def _find(self, frame: Frame, job: TileJob) -> list[Sight]:
        """The sights of a job in which a face was found now."""
        videos = [sight.video for sight in job.sights if sight.video is not None]
        pictures = [video.of(frame.pixels) for video in videos]
        known = [
            None if sight.face is None else shifted(sight.face, -video.left, -video.top)
            for sight, video in zip(job.sights, videos, strict=True)
        ]
        faces = self._finder.find(pictures, job.work is Work.SEARCH, known)
        found = []
        for sight, video, face in zip(job.sights, videos, faces, strict=True):
            if job.work is Work.SEARCH:
                sight.searched = frame.time
            here = None if face is None else shifted(face, video.left, video.top)
            if sight.take(here, self._rules.evidence, frame.time):
                found.append(sight)
        return found

    def _judge(self, frame: Frame, found: Sequence[tuple[Sight, Pixels | None]]) -> list[Sight]:
        """Cut the faces without a crop, and return the sights whose crops are good enough to be read."""
        for sight, given in found:
            if sight.face is not None:
                crop = given
                if crop is None:
                    crop = sight.found = crop_face(frame.pixels, sight.face, self._rules.framing)
                self._judge_one(frame, sight, sight.face, crop)
        return [sight for sight, _ in found if sight.face is not None and sight.reason is None]

    def _judge_one(self, frame: Frame, sight: Sight, face: Face, crop: Pixels) -> None:
        facing = quality.facing(face)
        reason = quality.abstain(face, crop, facing, self._rules.limits)
        if reason is None and is_masked(frame.pixels, face):
            reason = Reason.COVERED
        sight.judge(crop, facing, reason, frame.time)

    def _classify(self, batch: Sequence[Sight]) -> None:
        """Read the crops of some sights in one batch."""
        crops = [sight.judged for sight in batch if sight.judged is not None]
        if not crops or not self._rules.infers:
            return
        try:
            read = self._classifier.classify(np.stack(crops))
        except ReadTheRoomError:
            # It costs this frame; the next one must not take these crops for read.
            for sight in batch:
                sight.doubt()
            raise
        for sight, scores in zip(batch, read, strict=True):
            sight.scores = scores
