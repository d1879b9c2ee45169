"""``readtheroom report``: lists recorded sessions, writes the report of one, exports its tables."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from agent.composition.recording import open_audit
from agent.configuration.config import Config
from agent.errors import ConfigError
from exporter.browser import open_page_and_leave
from exporter.recorder.audit import Audit
from exporter.recorder.export import TableName, table, write_csv, write_parquet
from exporter.recorder.files import check_ending, write_text
from exporter.recorder.folder import (
    LATEST,
    ListedSession,
    chosen_folder,
    find_session,
    folder_of,
    list_sessions,
    none_in,
)
from exporter.recorder.session import RecordedSession, load_session
from exporter.report.formatting import clock, day
from exporter.report.page import render
from exporter.words import counted, duration

DEFAULT_TABLE: TableName = "readings"

OTHER_COLUMNS = 72
"""Width of the list's columns beside the name; in a narrower terminal each session has two lines."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportOutputs:
    """The files to write; None: not written. Without any of them the report is written.

    ``table`` is the table for ``csv`` and ``parquet``; None: the readings.
    """

    html: Path | None = None
    csv: Path | None = None
    parquet: Path | None = None
    table: TableName | None = None
    open: bool = False


def report(config: Config, name: str | None, outputs: ReportOutputs) -> int:
    """List all sessions in the folder of ``record.path``, or write the outputs of the session ``name``.

    If ``name`` is a folder, its sessions are listed. Raises ConfigError for outputs without a session, for
    two outputs with the same path, and for a table without a file. Raises RecordError when there is no such
    session, when it is empty or damaged, or when a file cannot be written.
    """
    given = None if name is None else folder_of(name)
    folder = given or chosen_folder(config.record.path)
    if outputs.table is not None and outputs.csv is None and outputs.parquet is None:
        raise ConfigError(f"--table {outputs.table} needs a file: add --csv OUT or --parquet OUT")
    if (name is None or given) and outputs != ReportOutputs():
        such = folder / LATEST if given else LATEST
        raise ConfigError(f"which session? name one, such as `{such}`; `readtheroom report` lists them")
    audit = open_audit(config)
    if name is None or given:
        prefix = f"{shlex.quote(str(given))}/" if given else ""
        print_sessions(list_sessions(folder), none_in(folder, () if given else audit.folders()), prefix)
        if audit.path is not None and audit.path.is_file():
            print(f"Who followed and what was exported: {audit.path}")
        return 0
    file = find_session(name, folder, elsewhere=audit.folders())
    session = load_session(file)
    for path in write_outputs(session, file, outputs):
        note_export(audit, session, file, path)
        # Nobody named that path: it says where the page is.
        print(
            f"wrote {path.resolve()}: open it in a browser" if path == default_path(file) else f"wrote {path}"
        )
    if table_of_none(session, outputs):
        print(f"The table holds no rows: {why_none(session)}")
    if outputs.open:
        page = (outputs.html or default_path(file)).resolve()
        open_page_and_leave(page.as_uri(), f"open {page} yourself")
    return 0


def write_outputs(session: RecordedSession, source: Path, outputs: ReportOutputs) -> list[Path]:
    """Write the outputs of the session in the file ``source``; returns the paths of the written files.

    Raises ConfigError when two paths are the same, when a path is the session's, or for a wrong file
    extension.
    """
    wants_page = outputs.html is not None or outputs.open or (outputs.csv is None and outputs.parquet is None)
    page = (outputs.html or default_path(source)) if wants_page else None
    _check_apart(
        {"the session": source, "the report": page, "--csv": outputs.csv, "--parquet": outputs.parquet}
    )
    check_ending(outputs.html, "page", "--out")
    check_ending(outputs.csv, "csv", "--csv")
    check_ending(outputs.parquet, "parquet", "--parquet")
    written = []
    if page is not None:
        write_text(page, render(session))
        written.append(page)
    for file, write in ((outputs.csv, write_csv), (outputs.parquet, write_parquet)):
        if file is not None:
            write(table(session, outputs.table or DEFAULT_TABLE), file)
            written.append(file)
    return written


def _check_apart(targets: Mapping[str, Path | None]) -> None:
    """Raise ConfigError if two of these paths are the same; the keys say what each is for."""
    known: dict[Path, str] = {}
    for name, path in targets.items():
        if path is None:
            continue
        other = known.setdefault(path.resolve(), name)
        if other != name:
            raise ConfigError(f"{other} and {name} would both be {path}: name two files")


def table_of_none(session: RecordedSession, outputs: ReportOutputs) -> bool:
    """Whether a table of single readings was written for a session that has none."""
    exported = outputs.csv is not None or outputs.parquet is not None
    return exported and (outputs.table or DEFAULT_TABLE) == "readings" and not len(session.said)


def why_none(session: RecordedSession) -> str:
    """Why a session has no single readings, and what it has instead."""
    if session.details.privacy_mode == "room":
        return "privacy.mode room keeps no single readings. `--table room` has the summary of the room."
    return "no tile was seen, or all participants were forgotten."


def default_path(source: Path) -> Path:
    """The default path of a report: in the present folder, named like the session's file.

    The session's own name is not used: in a file that somebody sent, it could be any path.
    """
    return Path(f"{source.stem}.html")


def note_export(audit: Audit, session: RecordedSession, source: Path, path: Path) -> None:
    """Note in the audit log that a part of the session in ``source`` was written to ``path``."""
    what, to = path.suffix.lstrip("."), path.resolve()
    audit.note("exported", session=source.stem, id=session.details.id, what=what, to=to)


def print_sessions(sessions: list[ListedSession], none: str, prefix: str = "") -> None:
    """Print a table, oldest first, or ``none`` if it is empty; ``prefix`` goes before each session's name."""
    if not sessions:
        print(f"{none[0].upper()}{none[1:]}.")
        return
    console = Console(highlight=False)
    if max(len(one.name) for one in sessions) + OTHER_COLUMNS > console.width:
        for one in sessions:
            facts = ", ".join(fact for fact in _facts(one) if fact)
            # No line of ours is broken: the name is what the user has to type.
            print(f"{one.name}\n  {facts}")
    else:
        _print_table(console, sessions)
    print(f"Its report: readtheroom report {prefix}SESSION (or {prefix}{LATEST})")


def _print_table(console: Console, sessions: list[ListedSession]) -> None:
    shown = Table(box=None, pad_edge=False)
    # The name is what the user has to type: the other columns are wrapped.
    shown.add_column("session", no_wrap=True)
    for heading in ("when", "length", "participants", "size"):
        shown.add_column(heading, justify="right" if heading in {"participants", "size"} else "left")
    for one in sessions:
        when, length, people = describe_session(one)
        shown.add_row(escape(one.name), when, length, people, _size(one))
    console.print(shown)


def _facts(one: ListedSession) -> tuple[str, ...]:
    when, length, people = describe_session(one)
    return when, length, counted(int(people), "participant") if people else "", _size(one)


def _size(one: ListedSession) -> str:
    return f"{one.size / 1e6:.1f} MB"


def describe_session(one: ListedSession) -> tuple[str, str, str]:
    """Start, duration and number of participants of a session, in words."""
    if one.details is None:
        return "cannot be read", "", ""
    started, offset = one.details.started, one.details.utc_offset
    when = f"{day(started, offset)}, {clock(started, offset)}"
    if one.seconds is None:
        return when, "empty", ""
    unfinished = "" if one.details.ended else " (no end)"
    return when, duration(one.seconds) + unfinished, str(one.people)
