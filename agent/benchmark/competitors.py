"""The agent beside its rivals: all read the same frames in turn; each finds and reads every tile anew."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

import msgspec

from agent.analysis.pipeline import Analyzer
from agent.benchmark.galleries import START, GalleryPicture, GallerySource
from agent.benchmark.measures import Spread, milliseconds, spread
from agent.benchmark.rivals import Program
from agent.benchmark.warm_up import warm_up
from agent.composition.analyzer import open_analyzer
from agent.configuration.config import Config
from agent.errors import MissingRivalError
from agent.values import Box, Frame, Pixels

OURS = "readtheroom"


class Rival(msgspec.Struct, frozen=True):
    """One program on one gallery; times in ms per frame, ``faces`` found of ``drawn_faces``, both averages.

    ``slower`` and ``costlier`` are its wall and CPU time divided by readtheroom's, frame by frame; on a busy
    machine ``costlier`` is more reliable. If the program cannot run, ``missing`` says how to install it and
    the figures are None.
    """

    gallery: str
    name: str
    missing: str | None
    faces: float | None = None
    drawn_faces: float | None = None
    total: Spread | None = None
    cpu: Spread | None = None
    slower: Spread | None = None
    costlier: Spread | None = None


def compare(
    config: Config, gallery: GallerySource, rivals: Mapping[str, Program | MissingRivalError], frames: int
) -> list[Rival]:
    """Have each program read ``frames`` frames of a gallery in turn, so that load affects all alike."""
    runs: dict[str, _Run] = {OURS: _Run(Program(lambda _: []))}
    runs |= {name: _Run(rival) for name, rival in rivals.items() if not isinstance(rival, MissingRivalError)}
    drawn: list[int] = []
    with open_analyzer(config, reuse=False) as analyzer:
        now = warm_up(lambda now: _ours(analyzer, now, gallery.at(START + now).pixels))
        for index in range(frames + 1):
            picture = gallery.at(START + now)
            runs[OURS].program = Program(partial(_ours, analyzer, now))
            now += 0.2
            for run in runs.values():
                # The first frame is a warm-up.
                run.take(picture, counts=index > 0)
            if index and picture.faces is not None:
                drawn.append(len(picture.faces))
    rows = [_row(gallery.name, name, run, runs[OURS], drawn) for name, run in runs.items()]
    gone = {name: rival for name, rival in rivals.items() if isinstance(rival, MissingRivalError)}
    return [*rows, *(Rival(gallery.name, name, str(rival)) for name, rival in gone.items())]


@dataclass(slots=True)
class _Run:
    """One program's wall and CPU seconds for each frame, and the number of faces it found."""

    program: Program
    seconds: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    found: list[int] = field(default_factory=list)

    def take(self, picture: GalleryPicture, counts: bool) -> None:
        wall, cpu = self.program.clock()
        boxes = self.program.read(picture.pixels)
        now = self.program.clock()
        if counts:
            self.seconds.append(now[0] - wall)
            self.cpu.append(now[1] - cpu)
            self.found.append(matched(boxes, picture.faces))


def matched(boxes: Sequence[Box], faces: Sequence[Box] | None) -> int:
    """Number of drawn faces that contain the centre of a found box; if no faces are known, all boxes."""
    if faces is None:
        return len(boxes)
    centres = [box.centre for box in boxes]
    return sum(
        any(face.left <= x < face.right and face.top <= y < face.bottom for x, y in centres) for face in faces
    )


def _ours(analyzer: Analyzer, now: float, pixels: Pixels) -> list[Box]:
    readings = analyzer.analyze(Frame(pixels, now, now)).readings
    return [one.face.box for one in readings if one.face is not None]


def _row(gallery: str, name: str, run: _Run, ours: _Run, drawn: Sequence[int]) -> Rival:
    return Rival(
        gallery=gallery,
        name=name,
        missing=None,
        faces=round(sum(run.found) / len(run.found), 1),
        drawn_faces=round(sum(drawn) / len(drawn), 1) if drawn else None,
        total=milliseconds(run.seconds),
        cpu=milliseconds(run.cpu),
        slower=spread([theirs / own for theirs, own in zip(run.seconds, ours.seconds, strict=True)]),
        costlier=spread([theirs / max(own, 1e-9) for theirs, own in zip(run.cpu, ours.cpu, strict=True)]),
    )
