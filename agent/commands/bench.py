"""``readtheroom bench``: what readings cost on this machine, and what other programs cost, in the same run.

Machines are noisy. Quote medians, CPU times, and the ratios of programs that read the frames in turn.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
from rich.console import Console
from rich.progress import Progress

from agent.benchmark.competitors import compare
from agent.benchmark.galleries import DrawnGallery, GallerySource, RealGallery, real_galleries
from agent.benchmark.latency import measure_age
from agent.benchmark.measures import peak_memory, this_machine
from agent.benchmark.rivals import Program, open_rivals
from agent.benchmark.stage_costs import Mode, measure, modes_named
from agent.benchmark.stream import measure_stream
from agent.benchmark.table import BenchReport, print_report
from agent.configuration.config import Config
from agent.errors import ConfigError, MissingRivalError
from agent.values import infers_expressions


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchOptions:
    """What to measure. ``live``: seconds for each age measurement (0: none); ``pictures``: a folder."""

    tiles: Sequence[int] = (9, 25, 49)
    sizes: Sequence[str] = ("1080p",)
    frames: int = 30
    live: float = 5.0
    pictures: Path | None = None
    against: Sequence[str] = ()
    yunet: Path | None = None
    fer_model: Path | None = None
    human: Path | None = None
    modes: Sequence[str] | None = None


def bench(config: Config, options: BenchOptions, as_json: bool) -> int:
    """Measure, print tables or one JSON object, return 0.

    Raises ConfigError for options that cannot be measured, PictureError for a picture that cannot be read.
    """
    if options.frames < 2:
        raise ConfigError(f"--frames must be 2 or more to give a spread, got {options.frames}")
    if not 0 <= options.live <= 3600:
        raise ConfigError(f"--live must be 0 to 3600 seconds, got {options.live:g}")
    if options.against and not infers_expressions(config.privacy.policy):
        raise ConfigError(
            f"--against {','.join(options.against)} would infer expressions, which privacy.policy "
            f"{config.privacy.policy} forbids: leave out --against"
        )
    modes = modes_named(options.modes)
    galleries = list(_galleries(config, options))
    rivals = open_rivals(options.against, options.yunet, options.fer_model, options.human)
    try:
        report = _measured(config, options, modes, galleries, rivals)
    finally:
        for rival in rivals.values():
            if isinstance(rival, Program):
                rival.close()
    report = msgspec.structs.replace(report, peak_memory_mb=peak_memory())
    if as_json:
        print(msgspec.json.encode(report).decode())
    else:
        print_report(report)
    return 0


def _measured(
    config: Config,
    options: BenchOptions,
    modes: Sequence[Mode],
    galleries: Sequence[GallerySource],
    rivals: Mapping[str, Program | MissingRivalError],
) -> BenchReport:
    report = BenchReport(this_machine(), options.frames, None, [], [], [])
    console = Console(stderr=True)
    with Progress(console=console, disable=not sys.stderr.isatty()) as progress:
        bar = progress.add_task("measuring", total=len(galleries) * 3)
        for gallery in galleries:
            # A still picture does not move, but its readings can be recomputed.
            fit = [
                mode for mode in modes if not (isinstance(gallery, RealGallery) and mode.moves and mode.reuse)
            ]
            report.cases.extend(measure(config, gallery, mode, options.frames) for mode in fit)
            progress.advance(bar)
            if options.live and not isinstance(gallery, RealGallery):
                rates = sorted({mode.hz for mode in modes if mode.moves and mode.reuse})
                report.ages.extend(measure_age(config, gallery, hz, options.live) for hz in rates)
                report.streams.extend(measure_stream(config, gallery, hz) for hz in rates)
            progress.advance(bar)
            if rivals:
                report.rivals.extend(compare(config, gallery, rivals, options.frames))
            progress.advance(bar)
    return report


def _galleries(config: Config, options: BenchOptions) -> Iterator[GallerySource]:
    if options.pictures is not None:
        yield from real_galleries(options.pictures)
        return
    for size in options.sizes:
        for count in options.tiles:
            yield DrawnGallery(count, size, config.demo.seed)
