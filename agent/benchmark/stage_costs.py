"""Cost of each stage of a frame, of the whole frame, and the CPU share of readings at a frame rate."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

import msgspec
import numpy as np

from agent.analysis.pipeline import Analyzer
from agent.benchmark.galleries import START, GallerySource
from agent.benchmark.measures import Spread, milliseconds, spread
from agent.benchmark.warm_up import warm_up
from agent.composition.analyzer import open_analyzer
from agent.composition.models import open_classifier, open_finder
from agent.configuration.config import Config
from agent.errors import ConfigError
from agent.faces.mosaic import SIDE, fit
from agent.layout import find_layout
from agent.scheduling.stage_times import Stages
from agent.tracking.layout_watch import CONFIRM
from agent.values import Frame, Pixels, Reading, Snapshot

STAGES = ("layout", "glance", "detect", "crop", "classify", "mood")


@dataclass(frozen=True, slots=True)
class Mode:
    """How a gallery is shown and read: ``hz`` frames a second; ``moves``: each frame shows another moment.

    Without ``reuse`` every tile of every frame is detected and classified again.
    """

    name: str
    hz: float
    moves: bool
    reuse: bool


MODES = (
    Mode("recomputed", 5.0, moves=True, reuse=False),
    Mode("still", 5.0, moves=False, reuse=True),
    Mode("moving-5hz", 5.0, moves=True, reuse=True),
    Mode("moving-10hz", 10.0, moves=True, reuse=True),
)


def modes_named(names: Sequence[str] | None) -> tuple[Mode, ...]:
    """The MODES with these names; all for None. Raises ConfigError for an unknown name."""
    known = {mode.name: mode for mode in MODES}
    for name in names or ():
        if name not in known:
            raise ConfigError(f"--modes are {', '.join(known)}, got {name!r}")
    return MODES if names is None else tuple(known[name] for name in names)


class Case(msgspec.Struct, frozen=True):
    """One gallery in one mode. Stages and total in ms of wall time, ``cpu`` and ``search`` in ms of CPU time.

    ``shares`` is each stage's share of the total. ``core`` is the share of one core at the mode's rate:
    frames and the repeated layout search. ``cpu_per_reading`` is CPU time per face with a result.
    ``detected`` and ``classified`` count tiles per frame, on average.
    """

    gallery: str
    mode: str
    width: int
    height: int
    tiles: int
    faces: int
    drawn_faces: int | None
    detected: float
    classified: float
    stages: dict[str, Spread]
    shares: dict[str, float]
    total: Spread
    cpu: Spread
    cpu_per_reading: float | None
    search: float
    core: float
    bare: Spread | None = None
    """The bare models on one core in the same run, wall ms: a detector call per tile, one batch of faces."""
    ratio: Spread | None = None
    """The whole frame divided by the bare models, frame by frame; None unless every tile is computed anew."""


def measure(config: Config, gallery: GallerySource, mode: Mode, frames: int) -> Case:
    """Read ``frames`` frames (2 or more) of a gallery whose layout has settled."""
    clock = _Clock()
    bare: list[float] = []
    rows: list[tuple[Stages, float]] = []
    with open_analyzer(config, reuse=mode.reuse) as analyzer, ExitStack() as models:
        clock.warm_up(analyzer, gallery, mode)
        run_bare = None if mode.reuse else open_bare(config, clock.readings, gallery.at(START).pixels, models)
        for _ in range(frames):
            rows.append(clock.frame(analyzer, gallery, mode))
            if run_bare:
                bare.append(run_bare())
    pixels = gallery.at(START + clock.now).pixels
    begun = time.process_time()
    find_layout(pixels)
    case = _case(gallery, mode, clock, rows, time.process_time() - begun)
    ratios = [stages.total / seconds for (stages, _), seconds in zip(rows, bare, strict=False)]
    return msgspec.structs.replace(case, bare=milliseconds(bare), ratio=spread(ratios)) if ratios else case


def open_bare(
    config: Config, readings: Sequence[Reading], pixels: Pixels, models: ExitStack
) -> Callable[[], float] | None:
    """A function that runs the bare models on the tiles read and returns seconds; None without tiles."""
    if not readings:
        return None
    finder = models.enter_context(open_finder(config))
    classifier = models.enter_context(open_classifier(config))
    squares = [fit(reading.box.of(pixels), SIDE, SIDE) for reading in readings]
    faces = max(sum(reading.face is not None for reading in readings), 1)
    crops = np.zeros((faces, *classifier.card.input.shape), np.uint8)

    def run() -> float:
        begun = time.perf_counter()
        for square in squares:
            finder.detect(square)
        classifier.classify(crops)
        return time.perf_counter() - begun

    run()
    return run


@dataclass(slots=True)
class _Clock:
    """Shows an analyzer one frame after another at simulated times."""

    now: float = 0.0
    faces: int | None = None
    snapshot: Snapshot | None = None

    @property
    def readings(self) -> tuple[Reading, ...]:
        """The readings of the last frame."""
        return self.snapshot.readings if self.snapshot else ()

    def warm_up(self, analyzer: Analyzer, gallery: GallerySource, mode: Mode) -> None:
        """Let the layout be found and confirmed, so that the next search is far away."""

        def show(now: float) -> None:
            self.now = now
            self.frame(analyzer, gallery, mode)

        self.now = warm_up(show)

    def frame(self, analyzer: Analyzer, gallery: GallerySource, mode: Mode) -> tuple[Stages, float]:
        picture = gallery.at(START + self.now if mode.moves else START)
        self.faces = None if picture.faces is None else len(picture.faces)
        begun = time.process_time()
        self.snapshot = analyzer.analyze(Frame(picture.pixels, self.now, self.now))
        cpu = time.process_time() - begun
        self.now += 1 / mode.hz
        return analyzer.stages, cpu


def _case(
    gallery: GallerySource, mode: Mode, clock: _Clock, rows: Sequence[tuple[Stages, float]], search: float
) -> Case:
    last = clock.snapshot
    assert last is not None  # noqa: S101 - frames is at least 2
    stages = [row[0] for row in rows]
    cpu = [row[1] for row in rows]
    mean, whole = sum(cpu) / len(cpu), sum(stage.total for stage in stages)
    read = last.room.read
    return Case(
        gallery=gallery.name,
        mode=mode.name,
        width=last.width,
        height=last.height,
        tiles=last.room.tiles,
        faces=last.room.faces,
        drawn_faces=clock.faces,
        detected=round(sum(stage.searched for stage in stages) / len(stages), 1),
        classified=round(sum(stage.classified for stage in stages) / len(stages), 1),
        stages={name: milliseconds([getattr(stage, name) for stage in stages]) for name in STAGES},
        shares={name: round(sum(getattr(stage, name) for stage in stages) / whole, 3) for name in STAGES},
        total=milliseconds([stage.total for stage in stages]),
        cpu=milliseconds(cpu),
        cpu_per_reading=round(1000 * mean / read, 3) if read else None,
        search=round(1000 * search, 1),
        core=round(mean * mode.hz + search / CONFIRM[-1], 4),
    )
