"""``readtheroom analyze``: reads pictures and recordings, offline."""

from __future__ import annotations

import csv
import dataclasses
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, TextIO

from rich.console import Console
from rich.progress import Progress

from agent.config import Config
from agent.errors import ConfigError, ReadTheRoomError
from agent.opening import open_analyzer, open_file
from agent.pipeline import Analyzer
from agent.runner import describe_gallery
from agent.values import LABELS, Frame, Reading, Snapshot
from exporter.messages import encode, room_message
from exporter.privacy import PrivacyPolicy, filter_snapshot

COLUMNS = (
    "file", "seconds", "tile", "row", "col", "state", "reason", "label", "confidence",
    *LABELS, "valence", "arousal", "facing",
)  # fmt: skip


def analyze(config: Config, files: Sequence[str], *, as_json: bool, csv_path: Path | None) -> int:
    """Read each file; print a summary or, ``as_json``, one feed message per frame.

    A file that cannot be read is named on stderr and the others go on; the exit code is then 2.
    """
    failed = 0
    with ExitStack() as stack:
        table = stack.enter_context(_csv_writer(csv_path)) if csv_path else None
        for file in files:
            try:
                last = None
                for seconds, snapshot in read_file(config, file):
                    if as_json:
                        print(encode(room_message(snapshot)).decode(), flush=True)
                    if table is not None:
                        table.writerows(_row(file, seconds, reading) for reading in snapshot.readings)
                    last = snapshot
                if not as_json and last is not None:
                    _print_summary(file, last)
            except ReadTheRoomError as error:
                failed += 1
                print(f"readtheroom: {error}", file=sys.stderr)
    return 2 if failed else 0


def read_file(config: Config, file: str) -> Iterator[tuple[float, Snapshot]]:
    """Yield the seconds into the file and the snapshot of each frame read, as privacy.mode lets it out.

    Raises PictureError when the file cannot be read.
    """
    policy = PrivacyPolicy(config.privacy.mode, config.privacy.min_group)
    with open_file(config, file) as source, open_analyzer(config, single=source.is_picture) as analyzer:
        first: float | None = None
        with Progress(console=Console(stderr=True), disable=not sys.stderr.isatty()) as progress:
            bar = progress.add_task(Path(file).name, total=source.duration)
            for seq, frame in enumerate((frame for frame in source.frames() if frame is not None), 1):
                first = frame.time if first is None else first
                progress.update(bar, completed=frame.time - first)
                snapshot = _read(analyzer, frame, seq)
                yield frame.time - first, filter_snapshot(snapshot, policy)


def _read(analyzer: Analyzer, frame: Frame, seq: int) -> Snapshot:
    return dataclasses.replace(analyzer.analyze(frame), seq=seq)


@contextmanager
def _csv_writer(path: Path) -> Iterator[Any]:
    """A writer whose file appears under its name only when it is complete."""
    partial = path.with_name(path.name + ".partial")
    try:
        with partial.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(COLUMNS)
            yield writer
        os.replace(partial, path)
    except BrokenPipeError:
        # The reader of stdout went away, which is no fault of this file.
        raise
    except OSError as error:
        raise ConfigError(f"--csv {path} cannot be written: {error.strerror or error}") from None
    finally:
        partial.unlink(missing_ok=True)


def _row(file: str, seconds: float, reading: Reading) -> list[object]:
    said = reading.emotion
    scores = [round(score, 4) for score in said.scores] if said else [""] * len(LABELS)
    return [
        file,
        round(seconds, 3),
        reading.id,
        reading.row,
        reading.col,
        reading.state.value,
        reading.reason.value if reading.reason else "",
        said.label if said else "",
        round(said.confidence, 4) if said else "",
        *scores,
        round(said.valence, 4) if said else "",
        round(said.arousal, 4) if said else "",
        round(reading.facing, 4) if reading.face else "",
    ]


def _print_summary(file: str, last: Snapshot, out: TextIO | None = None) -> None:
    room = last.room
    print(f"{file}: {describe_gallery(len(last.readings))}, {room.faces} faces, {room.read} read", file=out)
    for reading in last.readings:
        print(
            f"  {reading.id:>4}  row {reading.row + 1}, column {reading.col + 1}: {_say(reading)}", file=out
        )


def _say(reading: Reading) -> str:
    if reading.emotion:
        return f"{reading.emotion.label} {reading.emotion.confidence:.0%}"
    if reading.reason:
        return f"not read ({reading.reason.value.replace('_', ' ')})"
    return reading.state.value.replace("_", " ")
