"""Reads pictures and recordings from files, and writes their reports."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path

import msgspec

from agent.composition.analyzer import open_analyzer
from agent.composition.recording import describe
from agent.composition.sources import open_file
from agent.configuration.config import Config
from agent.errors import RecordError
from agent.privacy.policy import privacy_policy
from agent.sources.ahead import read_ahead
from agent.values import Snapshot, SourceInfo
from exporter.privacy import filter_snapshot
from exporter.recorder.files import write_text
from exporter.recorder.packing import Packer, Rows
from exporter.recorder.session import read_session
from exporter.recorder.store import Store
from exporter.report.page import render
from models.card import ModelCard

Advance = Callable[[float, float | None], None]
"""Called with the seconds read so far, and the recording's length in seconds where it is known."""

Take = Callable[[float, Snapshot], None]
"""Called with the position in the recording, in seconds, and the snapshot read there."""


@dataclass(frozen=True, slots=True)
class ReportJob:
    """A recording to read, and the path of its report."""

    file: str
    out: Path


@dataclass(frozen=True, slots=True)
class Done:
    """A report was written: seconds of recording that were read, and seconds that this took."""

    job: ReportJob
    seconds: float
    took: float


def read_file(
    config: Config,
    file: str,
    advance: Advance,
    on_open: Callable[[SourceInfo, ModelCard], None] | None = None,
) -> Iterator[tuple[float, Snapshot]]:
    """Yield, for each frame read, its position in seconds and its snapshot as filtered by privacy.mode.

    ``on_open`` is called first, with the source and the model. Raises PictureError when the file cannot be
    read.
    """
    policy = privacy_policy(config.privacy)
    with ExitStack() as stack:
        source = open_file(config, file)
        stack.callback(source.close)
        analyzer = stack.enter_context(
            open_analyzer(
                config,
                "picture" if source.is_picture else "recording",
                compressed=not source.is_picture,
            )
        )
        if on_open is not None:
            on_open(source.info, analyzer.card)
        first: float | None = None
        # Ask now: reading ahead closes the file while its last frames are still to come.
        total = source.duration
        frames = stack.enter_context(closing(read_ahead(source.frames())))
        for seq, frame in enumerate((frame for frame in frames if frame is not None), 1):
            first = frame.time if first is None else first
            snapshot = dataclasses.replace(analyzer.analyze(frame), seq=seq)
            yield frame.time - first, filter_snapshot(snapshot, policy)
            advance(frame.time - first, total)


class InMemoryRecording:
    """Collects the snapshots of one recording in memory, for its report."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._packer = Packer()
        self._rows: list[Rows] = []
        self._about: tuple[SourceInfo, ModelCard] | None = None
        self.seconds = 0.0

    def open(self, source: SourceInfo, card: ModelCard) -> None:
        """Set the source of the frames and the model that reads them."""
        self._about = source, card

    def add(self, seconds: float, snapshot: Snapshot) -> None:
        """Keep one snapshot."""
        self.seconds = seconds
        self._rows.append(self._packer.pack(snapshot, seconds))

    def write_report(self, out: Path) -> None:
        """Write the report of the collected snapshots. Raises RecordError when there are none or it fails."""
        if self._about is None or not self._rows:
            raise RecordError(f"nothing was read, so {out} is not written: is the recording empty?")
        source, card = self._about
        details = describe(self._config, source, card, "", time.time())
        name = details.source_name or "recording"
        details = msgspec.structs.replace(details, name=name, is_live=False)
        with Store(None, details) as store:
            store.write(self._rows)
            store.finish(details.started)
            write_text(out, render(read_session(store.connection, name)))


def write_report(config: Config, job: ReportJob, advance: Advance, also: Take | None = None) -> Done:
    """Read one recording and write its report; ``also`` is called with each snapshot too.

    Raises PictureError, ModelError or RecordError.
    """
    start = time.monotonic()
    recording = InMemoryRecording(config)
    for seconds, snapshot in read_file(config, job.file, advance, recording.open):
        recording.add(seconds, snapshot)
        if also is not None:
            also(seconds, snapshot)
    recording.write_report(job.out)
    # The last frame lasts as long as each of the others.
    seconds = recording.seconds + 1 / config.analysis.hz if recording.seconds else 0.0
    return Done(job, seconds, time.monotonic() - start)
