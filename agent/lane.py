"""One lane of work: from a few tiles to their faces, crops and scores, with models of its own.

Lanes work beside each other on different tiles (see ``agent.lanes``): nothing here is shared between them
but the frame, which is only read.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from agent import quality
from agent.budget import Task, Work
from agent.crops import Framing, crop_faces
from agent.errors import ReadTheRoomError
from agent.faces import FaceFinder
from agent.masks import is_masked
from agent.sight import Evidence, Sight, shifted
from agent.stages import Stopwatch
from agent.values import Face, Frame, Pixels, Reason
from models.runtime import Classifier

TOGETHER = 4
"""Tiles in a job: as many known faces as share one input of the detector. The classifier takes 0.74 ms of CPU
a face in batches of 4 and of 25 alike (0.78 one by one), so small jobs cost nothing and share out evenly."""


@dataclass(frozen=True, slots=True)
class Rules:
    """How faces are cut, which are believed and read, and whether any expression is inferred."""

    framing: Framing
    limits: quality.Limits = field(default_factory=quality.Limits)
    evidence: Evidence = field(default_factory=Evidence)
    infers: bool = True


@dataclass(frozen=True, slots=True)
class Job:
    """A few tiles that need the same work; ``crops`` has one for each where faces are read as they were."""

    work: Work
    sights: tuple[Sight, ...]
    crops: tuple[Pixels, ...] = ()


@dataclass(frozen=True, slots=True)
class Laps:
    """Seconds of wall time that a job's stages took, for how many tiles, and how many faces it read."""

    work: Work
    tiles: int
    read: int
    detect: float
    crop: float
    classify: float

    @property
    def total(self) -> float:
        """Seconds of all stages together."""
        return self.detect + self.crop + self.classify


def jobs_of(tasks: Sequence[Task], sights: Mapping[str, Sight], crops: Mapping[str, Pixels]) -> list[Job]:
    """Part tasks into jobs, the longest first: what is left for the end should be short.

    The parts do not depend on how many lanes there are: tiles that share an input of the detector disturb
    each other a little, and readings must not depend on the machine.
    """
    jobs = []
    for work in (Work.SEARCH, Work.FIND, Work.READ):
        tiles = [task.tile for task in tasks if task.work is work]
        for start in range(0, len(tiles), TOGETHER):
            part = tiles[start : start + TOGETHER]
            cut = tuple(crops[tile] for tile in part) if work is Work.READ else ()
            jobs.append(Job(work, tuple(sights[tile] for tile in part), cut))
    return jobs


class Lane:
    """Brings the sights of jobs up to date; one thread at a time. Closes its two models with itself."""

    def __init__(self, finder: FaceFinder, classifier: Classifier, rules: Rules) -> None:
        self._finder = finder
        self._classifier = classifier
        self._rules = rules

    def update(self, frame: Frame, job: Job) -> Laps:
        """Detect what the job wants detected, cut the faces found, and read those that can be.

        Raises whatever a model raises: then the job's tiles have to be done again with the next frame.
        """
        watch = Stopwatch(time.perf_counter)
        found = self._find(frame, job)
        detect = watch.lap()
        batch = self._judge(frame, job, found)
        crop = watch.lap()
        self._classify(batch)
        read = len(batch) if self._rules.infers else 0
        return Laps(job.work, len(job.sights), read, detect, crop, watch.lap())

    def close(self) -> None:
        """Free the models; may be called twice."""
        self._finder.close()
        self._classifier.close()

    def _find(self, frame: Frame, job: Job) -> list[Sight]:
        """The sights of a job that have a face to be read: found now, or known."""
        if job.work is Work.READ:
            return list(job.sights)
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

    def _judge(self, frame: Frame, job: Job, found: Sequence[Sight]) -> list[Sight]:
        """Cut the faces just found, and return the sights whose crops are good enough to be read."""
        faces = [sight.face for sight in found if sight.face is not None]
        crops: Sequence[Pixels] = job.crops
        if job.work is not Work.READ:
            crops = list(crop_faces(frame.pixels, faces, self._rules.framing))
            for sight, crop in zip(found, crops, strict=True):
                sight.found = crop
        for sight, face, crop in zip(found, faces, crops, strict=True):
            self._judge_one(frame, sight, face, crop)
        return [sight for sight in found if sight.reason is None]

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
