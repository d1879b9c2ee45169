"""``readtheroom bench``: the speed of each stage on this machine, beside the bare models in the same run.

Machines are noisy: each frame is read by the pipeline and by the bare models in turn, and what is worth
quoting is the ratio of the pairs, and medians.
"""

from __future__ import annotations

import platform
import statistics
import sys
import time
from collections.abc import Sequence

import msgspec
import numpy as np
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import track
from rich.table import Table

from agent.classroom.gallery import Gallery, Plan
from agent.classroom.script import Script
from agent.classroom.styles import style_named
from agent.config import Config
from agent.errors import ConfigError
from agent.opening import open_analyzer, open_classifier, open_finder
from agent.pipeline import Stages
from agent.stacking import SIDE, fit
from agent.values import Frame, Pixels, Snapshot

SIZE = (1920, 1080)
DRAWN = 6
"""Different frames per case: one 1080p frame is 6 MB, and the moving ones repeat."""

STAGES = ("layout", "detect", "crop", "classify", "mood")


class Spread(msgspec.Struct, frozen=True):
    """Milliseconds, or a plain ratio: the median and the 95th percentile."""

    p50: float
    p95: float


class Case(msgspec.Struct, frozen=True):
    """One gallery, measured: times in ms; ``ratio`` is pipeline to bare models, frame by frame."""

    name: str
    tiles: int
    width: int
    height: int
    found: int
    read: int
    stages: dict[str, Spread]
    total: Spread
    bare_detector: Spread
    bare_classifier: Spread
    ratio: Spread


class Report(msgspec.Struct, frozen=True):
    """All cases, and what they ran on."""

    machine: str
    python: str
    frames: int
    peak_memory_mb: float | None
    cases: list[Case]


def bench(config: Config, tiles: Sequence[int], frames: int, as_json: bool) -> int:
    """Measure galleries of each count of ``tiles``, print a table or JSON, return 0.

    ``recomputed`` looks at every tile of every frame; ``still`` repeats one frame, so nothing changed.
    Raises ConfigError for a count of tiles or frames that cannot be measured.
    """
    if frames < 2:
        raise ConfigError(f"--frames must be 2 or more to give a spread, got {frames}")
    for count in tiles:
        if not 1 <= count <= 49:
            raise ConfigError(f"--tiles must be 1 to 49, got {count}")
    console = Console(stderr=True)
    cases: list[Case] = []
    names = ("recomputed", "still")
    for count in track(tiles, "measuring", console=console, disable=not sys.stderr.isatty()):
        pictures = _draw(count, config.demo.seed)
        cases += [_measure(config, name, count, pictures, frames) for name in names]
    report = Report(_machine(), platform.python_version(), frames, _peak_memory(), cases)
    if as_json:
        print(msgspec.json.encode(report).decode())
    else:
        _print_table(report)
    return 0


def _draw(count: int, seed: int) -> list[Pixels]:
    script = Script(seed, count, page_size=count)
    gallery = Gallery(Plan(style_named("zoom"), SIZE))
    return [gallery.draw(script.scene_at(0.25 * index)).pixels for index in range(DRAWN)]


def _measure(config: Config, name: str, count: int, pictures: Sequence[Pixels], frames: int) -> Case:
    """Read ``frames`` frames by the pipeline and by the bare models in turn."""
    moving = name == "recomputed"
    rows: list[tuple[Stages, float, float]] = []
    with (
        open_analyzer(config, reuse=not moving) as analyzer,
        open_finder(config) as finder,
        open_classifier(config) as classifier,
    ):
        squares = [fit(part, SIDE, SIDE) for part in _parts(pictures[0], count)]
        crops = np.repeat(np.zeros((1, *classifier.card.input.shape), np.uint8), count, axis=0)
        snapshot: Snapshot | None = None
        for index in range(frames + 2):
            picture = pictures[index % len(pictures)] if moving else pictures[0]
            snapshot = analyzer.analyze(Frame(picture, index * 0.2, 0.0))
            start = time.perf_counter()
            for square in squares:
                finder.detect(square)
            middle = time.perf_counter()
            classifier.classify(crops)
            rows.append((analyzer.stages, middle - start, time.perf_counter() - middle))
        assert snapshot is not None  # noqa: S101 - frames is at least 2
    return _case(name, count, snapshot, rows[2:])


def _parts(picture: Pixels, count: int) -> list[Pixels]:
    """``count`` different parts of a picture: what bare detector calls are fed."""
    side = max(picture.shape[0] // 8, 1)
    return [picture[side * (i % 7) :, side * (i // 7) :][:side, : 16 * side // 9] for i in range(count)]


def _case(name: str, count: int, snapshot: Snapshot, rows: Sequence[tuple[Stages, float, float]]) -> Case:
    totals = [stages.total for stages, _, _ in rows]
    ratios = [stages.total / (detector + classifier) for stages, detector, classifier in rows]
    return Case(
        name,
        count,
        snapshot.width,
        snapshot.height,
        snapshot.room.faces,
        snapshot.room.read,
        {stage: _milliseconds([getattr(row[0], stage) for row in rows]) for stage in STAGES},
        _milliseconds(totals),
        _milliseconds([row[1] for row in rows]),
        _milliseconds([row[2] for row in rows]),
        _spread(ratios, 3),
    )


def _milliseconds(seconds: Sequence[float]) -> Spread:
    return _spread([1000 * value for value in seconds], 2)


def _spread(values: Sequence[float], digits: int) -> Spread:
    p95 = statistics.quantiles(values, n=20, method="inclusive")[-1]
    return Spread(round(statistics.median(values), digits), round(p95, digits))


def _machine() -> str:
    return f"{platform.system()} {platform.machine()}, {platform.processor() or 'unknown processor'}"


def _peak_memory() -> float | None:
    """The most memory that this process has held, in MB; None where the system does not say."""
    try:
        import resource
    except ImportError:
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / (1e6 if sys.platform == "darwin" else 1e3), 1)


def _print_table(report: Report) -> None:
    table = Table(title=f"{report.machine}; {report.frames} frames a case; median ms", box=SIMPLE_HEAD)
    for heading in ("case", "tiles", "faces", *STAGES, "total", "p95", "bare", "ratio"):
        table.add_column(heading, justify="left" if heading == "case" else "right", no_wrap=True)
    for case in report.cases:
        bare = case.bare_detector.p50 + case.bare_classifier.p50
        table.add_row(
            case.name,
            str(case.tiles),
            str(case.found),
            *(f"{case.stages[stage].p50:.1f}" for stage in STAGES),
            f"{case.total.p50:.1f}",
            f"{case.total.p95:.1f}",
            f"{bare:.1f}",
            f"{case.ratio.p50:.2f}",
        )
    # Wide enough for every column, also where the output is a file.
    Console(width=max(Console().width, 110)).print(table)
    memory = "not known here" if report.peak_memory_mb is None else f"{report.peak_memory_mb} MB"
    print("bare: the detector once for each tile and one classifier batch, in the same run.")
    print(f"Peak memory: {memory}")
