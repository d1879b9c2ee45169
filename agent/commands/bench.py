"""``readtheroom bench``: what readings cost on this machine, and what others cost, in the same run.

Machines are noisy, so what is worth quoting is medians, CPU times, and the ratios of frames read in turn.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
from rich.console import Console
from rich.progress import Progress

from agent.benching.against import compare
from agent.benching.galleries import DrawnGallery, Gallerist, RealGallery, real_galleries
from agent.benching.live import measure_age
from agent.benching.measures import peak_memory, this_machine
from agent.benching.rivals import Program, open_rivals
from agent.benching.stages import Mode, measure, modes_named
from agent.benching.stream import measure_stream
from agent.benching.table import BenchReport, print_report
from agent.configuration.config import Config
from agent.errors import ConfigError, MissingRivalError


@dataclass(frozen=True, slots=True)
class Choice:
    """What to measure. ``live`` is seconds for each measured age (0: none); ``pictures`` a folder."""

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


def bench(config: Config, choice: Choice, as_json: bool) -> int:
    """Measure, print tables or one JSON object, return 0.

    Raises ConfigError for what cannot be measured, PictureError for a picture that cannot be read.
    """
    if choice.frames < 2:
        raise ConfigError(f"--frames must be 2 or more to give a spread, got {choice.frames}")
    if not 0 <= choice.live <= 3600:
        raise ConfigError(f"--live must be 0 to 3600 seconds, got {choice.live:g}")
    modes = modes_named(choice.modes)
    galleries = list(_galleries(config, choice))
    rivals = open_rivals(choice.against, choice.yunet, choice.fer_model, choice.human)
    try:
        report = _measured(config, choice, modes, galleries, rivals)
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
    choice: Choice,
    modes: Sequence[Mode],
    galleries: Sequence[Gallerist],
    rivals: Mapping[str, Program | MissingRivalError],
) -> BenchReport:
    report = BenchReport(this_machine(), choice.frames, None, [], [], [])
    console = Console(stderr=True)
    with Progress(console=console, disable=not sys.stderr.isatty()) as progress:
        bar = progress.add_task("measuring", total=len(galleries) * 3)
        for gallery in galleries:
            # A picture does not move, but it can be computed anew.
            fit = [
                mode for mode in modes if not (isinstance(gallery, RealGallery) and mode.moves and mode.reuse)
            ]
            report.cases.extend(measure(config, gallery, mode, choice.frames) for mode in fit)
            progress.advance(bar)
            if choice.live and not isinstance(gallery, RealGallery):
                rates = sorted({mode.hz for mode in modes if mode.moves and mode.reuse})
                report.ages.extend(measure_age(config, gallery, hz, choice.live) for hz in rates)
                report.streams.extend(measure_stream(config, gallery, hz) for hz in rates)
            progress.advance(bar)
            if rivals:
                report.rivals.extend(compare(config, gallery, rivals, choice.frames))
            progress.advance(bar)
    return report


def _galleries(config: Config, choice: Choice) -> Iterator[Gallerist]:
    if choice.pictures is not None:
        yield from real_galleries(choice.pictures)
        return
    for size in choice.sizes:
        for count in choice.tiles:
            yield DrawnGallery(count, size, config.demo.seed)
