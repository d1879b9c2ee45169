"""``readtheroom analyze``: reads pictures and recordings, offline."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from agent.analysis.gallery_log import describe_gallery
from agent.composition.offline import Done, ReportJob, read_file, write_report
from agent.composition.recording import open_audit
from agent.composition.report_workers import write_reports
from agent.configuration.config import Config
from agent.errors import ConfigError, ReadTheRoomError
from agent.values import Reading, Snapshot
from exporter.protocol.messages import encode, room_message
from exporter.recorder.export import FilesTable, files_table
from exporter.recorder.files import check_ending, check_target, given_path
from exporter.words import counted, duration, percent

UNREADABLE = (
    "What can be read is a meeting's gallery view; `python -m models evaluate` reads photos of single faces."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AnalyzeOutputs:
    """What is written besides a summary on stdout.

    ``json``: one feed message per frame on stdout, in place of the summary; ``csv``: path of the table;
    ``report``: path of the page; with several files, a name that begins all pages' names, or a folder for
    them.
    """

    json: bool = False
    csv: Path | None = None
    report: Path | None = None


def analyze(config: Config, files: Sequence[str], outputs: AnalyzeOutputs) -> int:
    """Read each file and write the outputs; several at once if only reports are asked for.

    A file that cannot be read is named on stderr and the others go on; the exit code is then 2. Raises
    ConfigError or RecordError at once when an output could not be written anyway.
    """
    jobs = report_jobs(files, outputs.report)
    for job in jobs:
        check_ending(job.out, "page", "--report")
    check_ending(outputs.csv, "csv", "--csv")
    if outputs.csv is not None:
        for file in files:
            _check_spared(file, outputs.csv, "--csv")
        if any(job.out.resolve() == outputs.csv.resolve() for job in jobs):
            raise ConfigError(f"--report and --csv would both be {outputs.csv}: name two files")
    for job in jobs:
        # Check it now, not after an hour of reading.
        check_target(job.out)
    with _progress() as progress:
        if len(jobs) > 1 and not outputs.json and outputs.csv is None:
            return _report_all(config, jobs, progress)
        return _read_all(config, files, outputs, jobs, progress)


def report_jobs(files: Sequence[str], out: Path | None) -> list[ReportJob]:
    """The path of each file's report: ``out`` itself for one, ``out-NAME.html`` or a folder for several.

    Raises ConfigError when two reports would have the same path, or a report would overwrite a recording.
    """
    if out is None:
        return []
    out = given_path(out)
    jobs = [ReportJob(file, _place(file, out, alone=len(files) == 1)) for file in files]
    for job in jobs:
        _check_spared(job.file, job.out, "--report")
        same = [other.file for other in jobs if other.out == job.out]
        if len(same) > 1:
            raise ConfigError(
                f"the reports of {' and '.join(same)} would both be {job.out}: name the files differently, "
                "or read one after the other"
            )
    return jobs


def _check_spared(file: str, out: Path, flag: str) -> None:
    same = False
    with suppress(OSError):
        same = out.samefile(file)
    if same:
        raise ConfigError(f"{flag} {out} would overwrite the recording: name another file")


def _place(file: str, out: Path, *, alone: bool) -> Path:
    name = Path(file).stem or "recording"
    if out.is_dir():
        return out / f"{name}.html"
    return out if alone else out.with_name(f"{out.stem}-{name}{out.suffix or '.html'}")


def _report_all(config: Config, jobs: Sequence[ReportJob], progress: Progress) -> int:
    bars = [progress.add_task(Path(job.file).name, total=None) for job in jobs]
    failed = 0

    def advance(number: int, seconds: float, total: float | None) -> None:
        progress.update(bars[number], completed=seconds, total=total)

    with closing(write_reports(config, jobs, advance)) as outcomes:
        for outcome in outcomes:
            if isinstance(outcome, Done):
                _tell_report(config, outcome)
            else:
                failed += 1
                print(f"readtheroom: {outcome}", file=sys.stderr)
    return 2 if failed else 0


def _read_all(
    config: Config,
    files: Sequence[str],
    outputs: AnalyzeOutputs,
    jobs: Sequence[ReportJob],
    progress: Progress,
) -> int:
    failed = 0
    with ExitStack() as stack:
        table = stack.enter_context(files_table(outputs.csv)) if outputs.csv else None
        for number, file in enumerate(files):
            try:
                _read(config, file, _Sinks(outputs.json, table, jobs[number] if jobs else None), progress)
            except ReadTheRoomError as error:
                failed += 1
                print(f"readtheroom: {error}", file=sys.stderr)
    if table is not None:
        print(f"wrote {outputs.csv} ({counted(table.rows, 'row')})", file=sys.stderr)
    if outputs.csv is not None and config.privacy.mode != "tiles":
        mode = config.privacy.mode
        print(
            f"{outputs.csv} holds no rows: privacy.mode {mode} gives out no single readings", file=sys.stderr
        )
    return 2 if failed else 0


@dataclass(frozen=True, slots=True)
class _Sinks:
    """Where the readings of one file are written."""

    as_json: bool
    table: FilesTable | None
    job: ReportJob | None


def _read(config: Config, file: str, sinks: _Sinks, progress: Progress) -> None:
    bar = progress.add_task(Path(file).name, total=None)
    last: tuple[Snapshot, float] | None = None
    done: Done | None = None
    if sinks.table is not None:
        sinks.table.begin(file)

    def advance(seconds: float, total: float | None) -> None:
        progress.update(bar, completed=seconds, total=total)

    def take(seconds: float, snapshot: Snapshot) -> None:
        nonlocal last
        last = snapshot, seconds
        if sinks.as_json:
            print(encode(room_message(snapshot)).decode(), flush=True)
        if sinks.table is not None:
            sinks.table.add(seconds, snapshot)

    if sinks.job is not None:
        done = write_report(config, sinks.job, advance, take)
    else:
        for seconds, snapshot in read_file(config, file, advance):
            take(seconds, snapshot)
    if not sinks.as_json and last is not None:
        _print_summary(file, *last)
    if done is not None:
        _tell_report(config, done)


def _tell_report(config: Config, done: Done) -> None:
    speed = f", {done.seconds / done.took:.0f} times as fast as real time" if done.seconds > 1 else ""
    # A picture has no duration.
    rate = f"{config.analysis.hz:g} frames a second"
    read = f" ({duration(done.seconds)} read in {done.took:.0f} s, {rate}{speed})" if done.seconds else ""
    print(f"wrote {done.job.out}{read}", file=sys.stderr)
    open_audit(config).note(
        "exported", session=Path(done.job.file).name, what="html", to=done.job.out.resolve()
    )


def _progress() -> Progress:
    return Progress(console=Console(stderr=True), disable=not sys.stderr.isatty())


def _print_summary(file: str, last: Snapshot, at: float) -> None:
    """Print what is read in a picture, or in the ``last`` frame of a recording, at ``at`` seconds."""
    room, when = last.room, f", at its end ({duration(at)})" if at else ""
    counts = f"{describe_gallery(len(last.readings))}, {counted(room.faces, 'face')}, {room.read} read"
    print(f"{file}{when}: {counts}")
    if not last.readings and not room.tiles:
        print(f"  {UNREADABLE}")
    for reading in last.readings:
        print(f"  {reading.id:>4}  row {reading.row + 1}, place {reading.col + 1}: {_say(reading)}")


def _say(reading: Reading) -> str:
    if reading.emotion:
        return f"{reading.emotion.label} {percent(reading.emotion.confidence)}"
    if reading.reason:
        return f"not read ({reading.reason.value.replace('_', ' ')})"
    return reading.state.value.replace("_", " ")
