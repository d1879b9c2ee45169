"""The folder of recorded sessions: in the user's data folder, readable by its owner, for a limited time."""

from __future__ import annotations

import contextlib
import re
import secrets
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import platformdirs

from agent.errors import ConfigError, RecordError
from exporter.recorder.files import error_with_advice, given_path
from exporter.recorder.presence import count_people
from exporter.recorder.session import FIRST_SEEN, LONGEST, SPAN_SEEN, load_details, read_details, reading
from exporter.recorder.store import SUFFIX, Details

LATEST = "latest"
_NAME = re.compile(r"^(\d{4}-\d\d-\d\d_\d{4})(\d\d)?-[0-9a-f]{4}$")
_STAMP, _SECONDS = "%Y-%m-%d_%H%M", "%S"
"""Time formats in session names; names of older sessions have no seconds."""
_LOGS = ("-wal", "-shm", "-journal")


@dataclass(frozen=True, slots=True)
class ListedSession:
    """One session of the folder; if the file cannot be read, ``details`` is None and ``problem`` says why.

    ``seconds`` is the time from the first frame that was read to the end of the last, as the report tells it,
    None without such a frame; ``people`` counts the participants in sight for a second or longer.
    """

    name: str
    path: Path
    size: int
    details: Details | None = None
    seconds: float | None = None
    people: int = 0
    problem: str = ""

    @property
    def begun(self) -> float:
        """The start in Unix seconds; for an unreadable session the file's modification time."""
        return self.path.stat().st_mtime if self.details is None else self.details.started


def data_folder() -> Path:
    """This program's folder in the user's data folder."""
    return platformdirs.user_data_path("readtheroom", appauthor=False)


def sessions_folder() -> Path:
    """Create and return the folder of recorded sessions. Raises RecordError if it cannot be created."""
    return own_folder(data_folder() / "sessions")


def own_folder(path: Path) -> Path:
    """Create a folder with mode 0700, or set this mode. Raises RecordError if that fails."""
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.chmod(0o700)
    except OSError as error:
        advice = "make its parent folder writable for your user, or name another place with --record PATH"
        raise RecordError(
            f"the folder {path} cannot be created: {error_with_advice(error, advice)}"
        ) from None
    return path


def new_name(now: datetime) -> str:
    """The name of a session that begins now (local time): its time, and four random characters."""
    return f"{now.strftime(_STAMP + _SECONDS)}-{secrets.token_hex(2)}"


def new_path(chosen: str | None, now: datetime) -> tuple[str, Path]:
    """Name and file of a new session: in the user's data folder, or in the folder or file ``chosen``.

    Raises ConfigError if ``chosen`` has the suffix of another kind of file.
    """
    name = new_name(now)
    if chosen is None:
        return name, sessions_folder() / (name + SUFFIX)
    path = given_path(chosen)
    if _is_folder(chosen):
        return name, path / (name + SUFFIX)
    if path.suffix and path.suffix.lower() != SUFFIX:
        raise ConfigError(
            f"record.path (--record) is {chosen!r}, and no recording ends in {path.suffix}: name a file "
            f"{path.stem}{SUFFIX}, or a folder with / at its end"
        )
    return path.stem or name, path


def chosen_folder(chosen: str | None) -> Path:
    """The folder of sessions recorded to ``chosen`` (see ``new_path``); does not create it."""
    if chosen is None:
        return data_folder() / "sessions"
    path = given_path(chosen)
    return path if _is_folder(chosen) else path.parent


def expiring_folders(chosen: str | None) -> list[Path]:
    """The folders in which old sessions are deleted: the user's data folder, and the folder ``chosen``.

    If ``chosen`` is a file, its folder is not included: files that users named themselves are kept.
    """
    folders = [data_folder() / "sessions"]
    if chosen is not None and _is_folder(chosen):
        folders.append(given_path(chosen))
    return list({folder.resolve(): folder for folder in folders}.values())


def _is_folder(chosen: str) -> bool:
    """Whether ``chosen`` is a folder: an existing one, a name with a slash at its end or without suffix."""
    path = given_path(chosen)
    return path.is_dir() or chosen.endswith(("/", "\\")) or not (path.suffix or path.exists())


def list_sessions(folder: Path) -> list[ListedSession]:
    """All sessions in the folder, also damaged ones, sorted by their start."""
    return sorted(map(describe_session_file, session_files(folder)), key=lambda one: one.begun)


def session_files(folder: Path) -> list[Path]:
    """The files of all sessions, sorted by name."""
    # exists() skips dangling links.
    return sorted(one for one in folder.glob("*" + SUFFIX) if one.exists()) if folder.is_dir() else []


def folder_of(name: str) -> Path | None:
    """The folder ``name``, where a session's name is also possible; None if ``name`` is no folder."""
    path = given_path(name)
    return path if name != LATEST and path.is_dir() else None


def find_session(name: str, folder: Path, *, exact: bool = False, elsewhere: Sequence[Path] = ()) -> Path:
    """The file of the session ``name``: a session's name or its start, ``latest``, or a path.

    ``FOLDER/`` before a name searches that folder. ``exact`` is for actions that cannot be undone: the start
    of a name is then not accepted, and the latest session may be empty. Raises RecordError for no match or
    several; if ``folder`` has no sessions, the error names those folders of ``elsewhere`` that have some.
    """
    path = given_path(name)
    if path.is_file():
        return path
    if folder_of(name):
        raise RecordError(f"{name} is a folder: name a session in it, such as {path / LATEST}")
    if name != path.name and path.parent.is_dir():
        folder, name, elsewhere = path.parent, path.name, ()
    files = session_files(folder)
    if not files:
        nothing = none_in(folder, elsewhere)
        raise RecordError(nothing if name == LATEST else f"there is no session {name!r}: {nothing}")
    if name == LATEST:
        return _latest(files, empty_too=exact)
    found = [one for one in files if one.stem == name]
    if not found and not exact and name:
        found = [one for one in files if one.stem.startswith(name)]
    if len(found) == 1:
        return found[0]
    if found:
        raise RecordError(
            f"{name!r} begins the names of {len(found)} sessions: {', '.join(one.stem for one in found)}; "
            "name one in full"
        )
    known = ", ".join(one.stem for one in files[-5:])
    raise RecordError(
        f"there is no session {name!r}: the last ones are {known}; `readtheroom report` lists them"
    )


def none_in(folder: Path, elsewhere: Sequence[Path]) -> str:
    """The text for a folder without sessions: where sessions are, or how to record one."""
    held = [f"`readtheroom report {shlex.quote(str(one))}`" for one in elsewhere if session_files(one)]
    nothing = f"no session is recorded in {folder}"
    if held:
        return f"{nothing}, but elsewhere some are; list them with {' or '.join(held[:3])}"
    return f"{nothing}: `readtheroom run --record` records one"


def delete_session(path: Path) -> None:
    """Delete a session with SQLite's logs. Raises RecordError if that fails."""
    try:
        # The logs go first: a log that is left behind would still contain the newest readings.
        for log in _LOGS:
            path.with_name(path.name + log).unlink(missing_ok=True)
        path.unlink(missing_ok=True)
    except OSError as error:
        advice = "check the permissions of its folder"
        raise RecordError(f"{path} cannot be deleted: {error_with_advice(error, advice)}") from None


def expired(files: Sequence[Path], now: datetime, keep_days: float | None) -> list[Path]:
    """The sessions older than ``keep_days`` by the time in their names; None keeps all.

    Files with other names were named by the user and are never deleted.
    """
    if keep_days is None:
        return []
    oldest = now - timedelta(days=keep_days)
    found = []
    for path in files:
        match = _NAME.match(path.stem)
        with contextlib.suppress(ValueError):
            if match and datetime.strptime(match[1], _STAMP) < oldest:
                found.append(path)
    return found


def _latest(files: Sequence[Path], *, empty_too: bool) -> Path:
    """The session that began last; an empty session only with ``empty_too`` or if there is no other."""
    newest_first = sorted(files, key=_begun, reverse=True)
    return next((path for path in newest_first if empty_too or not _is_empty(path)), newest_first[0])


def _begun(path: Path) -> float:
    """A session's start in Unix seconds; for an unreadable session the file's modification time."""
    try:
        return load_details(path).started
    except RecordError:
        return path.stat().st_mtime


def _is_empty(path: Path) -> bool:
    """Whether a session has no frames that were read; False for an unreadable one, to report its error."""
    try:
        with reading(path) as connection:
            return connection.execute(FIRST_SEEN).fetchone() is None
    except RecordError:
        return False


def describe_session_file(path: Path) -> ListedSession:
    """A session's entry in the list; also for a damaged session."""
    size = path.stat().st_size
    try:
        with reading(path) as connection:
            details = read_details(connection, path.stem)
            first, last = connection.execute(SPAN_SEEN).fetchone()
            if last is not None and not max(abs(first), abs(last)) <= LONGEST:
                raise ValueError(f"the times of the session {path.stem} are wrong")
            seconds = None if last is None else last - first + 1.0 / details.hz
            people = count_people(connection, details.hz) if details.people is None else details.people
    except (RecordError, ValueError, TypeError) as error:
        return ListedSession(path.stem, path, size, problem=str(error))
    return ListedSession(path.stem, path, size, details, seconds, people)
