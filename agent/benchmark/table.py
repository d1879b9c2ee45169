"""The report of a bench run, as tables for people."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from agent.benchmark.competitors import Rival
from agent.benchmark.latency import Age
from agent.benchmark.measures import Machine
from agent.benchmark.stage_costs import STAGES, Case
from agent.benchmark.stream import FPS, Stream
from agent.tracking.layout_watch import CONFIRM

WIDTH = 165
"""Columns of text that the widest table needs; also used when the output is a file."""

CASES = (
    "gallery", "mode", "faces", *STAGES, "total", "p95", "CPU", "a face", "search", "core", "bare", "ratio",
)  # fmt: skip
CASES_MEAN = (
    "recomputed: every tile detected and read in every frame. still: one picture, repeated. CPU, a face "
    "(CPU for each\nface with a reading) and search (of the layout, in the end every "
    f"{CONFIRM[-1]:g} s) are CPU time;\ncore is the share of one core that all of it takes at 5 or 10 "
    "frames a second. bare: on one core in the same run, a detector call a tile and one batch of faces;\n"
    "ratio: the total over it."
)


class BenchReport(msgspec.Struct, frozen=True):
    """All measurements of a run, and the machine."""

    machine: Machine
    frames: int
    peak_memory_mb: float | None
    cases: list[Case]
    ages: list[Age]
    rivals: list[Rival]
    streams: list[Stream] = []


def print_report(report: BenchReport) -> None:
    """Print the tables that have rows, and what their columns mean."""
    console = Console(width=max(Console().width, WIDTH))
    machine = report.machine
    busy = "" if machine.load is None else f", {machine.load} programs running when it began"
    console.print(
        f"{machine.system}, {machine.processor}, {machine.cores} cores, Python {machine.python}{busy}"
    )
    if report.cases:
        _print_cases(console, report)
    if report.ages:
        _print_ages(console, report)
    if report.streams:
        _print_streams(console, report)
    if report.rivals:
        _print_rivals(console, report)
    memory = "not known here" if report.peak_memory_mb is None else f"{report.peak_memory_mb} MB"
    console.print(f"Peak memory of the whole run: {memory}")


def _print_cases(console: Console, report: BenchReport) -> None:
    table = _table(f"Stages, ms a frame (medians of {report.frames} frames)")
    for heading in CASES:
        table.add_column(heading, justify="left" if heading in {"gallery", "mode"} else "right", no_wrap=True)
    for case in report.cases:
        table.add_row(*_case_row(case))
    console.print(table)
    console.print(CASES_MEAN, highlight=False)


def _case_row(case: Case) -> Iterator[str]:
    yield escape(case.gallery)
    yield case.mode
    yield f"{case.faces}" if case.drawn_faces is None else f"{case.faces}/{case.drawn_faces}"
    yield from (f"{case.stages[stage].p50:.1f}" for stage in STAGES)
    yield f"{case.total.p50:.1f}"
    yield f"{case.total.p95:.1f}"
    yield f"{case.cpu.p50:.1f}"
    yield "" if case.cpu_per_reading is None else f"{case.cpu_per_reading:.2f}"
    yield f"{case.search:.0f}"
    yield f"{case.core:.1%}"
    yield "" if case.bare is None else f"{case.bare.p50:.1f}"
    yield "" if case.ratio is None else f"{case.ratio.p50:.2f}"


def _print_ages(console: Console, report: BenchReport) -> None:
    table = _table("Age of a reading when a client has it, ms from capture")
    for heading in ("gallery", "frames a second", "messages", "age", "p95", "core"):
        table.add_column(heading, justify="left" if heading == "gallery" else "right", no_wrap=True)
    for age in report.ages:
        table.add_row(
            escape(age.gallery),
            f"{age.hz:g}",
            str(age.messages),
            f"{age.age.p50:.1f}",
            f"{age.age.p95:.1f}",
            f"{age.core:.1%}",
        )
    console.print(table)


def _print_streams(console: Console, report: BenchReport) -> None:
    table = _table(
        f"A shared picture by WebRTC, VP8 at {FPS} frames a second, ms of CPU and part of the whole"
    )
    for heading in ("gallery", "read a second", "decode", "", "convert", "", "analyse", "", "core"):
        table.add_column(heading, justify="left" if heading == "gallery" else "right", no_wrap=True)
    for stream in report.streams:
        stages = (("decode", stream.decode), ("convert", stream.convert), ("analyse", stream.analyse))
        parts = [text for name, ms in stages for text in (f"{ms.p50:.1f}", f"{stream.shares[name]:.0%}")]
        table.add_row(escape(stream.gallery), f"{stream.hz:g}", *parts, f"{stream.core:.1%}")
    console.print(table)


def _print_rivals(console: Console, report: BenchReport) -> None:
    table = _table("Beside others, ms a frame, every face found and read anew")
    for heading in ("gallery", "program", "faces", "total", "p95", "CPU", "times as long", "times the CPU"):
        table.add_column(heading, justify="left" if heading in {"gallery", "program"} else "right")
    for rival in report.rivals:
        if not (rival.total and rival.cpu and rival.slower and rival.costlier):
            table.add_row(escape(rival.gallery), rival.name, "", "missing")
            continue
        drawn = "" if rival.drawn_faces is None else f" of {rival.drawn_faces:g}"
        table.add_row(
            escape(rival.gallery),
            rival.name,
            f"{rival.faces:g}{drawn}",
            f"{rival.total.p50:.1f}",
            f"{rival.total.p95:.1f}",
            f"{rival.cpu.p50:.1f}",
            f"{rival.slower.p50:.2f}",
            f"{rival.costlier.p50:.2f}",
        )
    console.print(table)
    for name, missing in {rival.name: rival.missing for rival in report.rivals if rival.missing}.items():
        console.print(f"missing: {name}: {missing}", soft_wrap=True, highlight=False, markup=False)


def _table(title: str) -> Table:
    return Table(title=title, title_justify="left", box=SIMPLE_HEAD)
