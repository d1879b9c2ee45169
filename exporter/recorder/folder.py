"""Where sessions lie: in the user's own data folder, readable by that user only, for a limited time."""

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
from exporter.recorder.session import FIRST_SEEN, LAST_SEEN, LONGEST, load_details, read_details, reading
from exporter.recorder.store import SUFFIX, Details

LATEST = "latest"
_NAME = re.compile(r"^(\d{4}-\d\d-\d\d_\d{4})(\d\d)?-[0-9a-f]{4}$")
_STAMP, _SECONDS = "%Y-%m-%d_%H%M", "%S"
"""Sessions of before have no seconds in their names."""
_LOGS = ("-wal", "-shm", "-journal")


@dataclass(frozen=True, slots=True)
class ListedSession:
    """One session of the folder; ``details`` is None when the file cannot be read, and ``problem`` says why.

    ``seconds`` is the time of the last frame that was read, None while there is none; ``people`` counts those
    who were in sight for a second or longer.
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
        """When it began, in Unix seconds: as it says itself, or by its file where it cannot be read."""
        return self.path.stat().st_mtime if self.details is None else self.details.started


def data_folder() -> Path:
    """The user's data folder of this program."""
    return platformdirs.user_data_path("readtheroom", appauthor=False)


def sessions_folder() -> Path:
    """The folder of recorded sessions, made for its owner only. Raises RecordError when it cannot be made."""
    return own_folder(data_folder() / "sessions")


def own_folder(path: Path) -> Path:
    """A folder with mode 0700, also when it was there before with another."""
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.chmod(0o700)
    except OSError as error:
        advice = "make it yours to write in, or name another place with --record PATH"
        raise RecordError(f"the folder {path} cannot be made: {error_with_advice(error, advice)}") from None
    return path


def new_name(now: datetime) -> str:
    """The name of a session that begins now (local time): its time, and four random characters."""
    return f"{now.strftime(_STAMP + _SECONDS)}-{secrets.token_hex(2)}"


def new_path(chosen: str | None, now: datetime) -> tuple[str, Path]:
    """Name and file of a new session: in the user's data folder, or in the folder or file ``chosen``.

    Raises ConfigError where that is another kind of file by its ending.
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
    """Where the sessions lie that are recorded to ``chosen`` (see ``new_path``); makes none."""
    if chosen is None:
        return data_folder() / "sessions"
    path = given_path(chosen)
    return path if _is_folder(chosen) else path.parent


def expiring_folders(chosen: str | None) -> list[Path]:
    """Where sessions of ours grow old: the user's data folder, and the folder ``chosen``.

    Not the folder of a file that was ``chosen``: there is only what the user put and called herself.
    """
    folders = [data_folder() / "sessions"]
    if chosen is not None and _is_folder(chosen):
        folders.append(given_path(chosen))
    return list({folder.resolve(): folder for folder in folders}.values())


def _is_folder(chosen: str) -> bool:
    """Whether a folder is meant: one that is there, or a name that looks like one and is no file's."""
    path = given_path(chosen)
    return path.is_dir() or chosen.endswith(("/", "\\")) or not (path.suffix or path.exists())


def list_sessions(folder: Path) -> list[ListedSession]:
    """Every session in the folder, the one that began first comes first; damaged ones too."""
    return sorted(map(describe_session_file, session_files(folder)), key=lambda one: one.begun)


def session_files(folder: Path) -> list[Path]:
    """The files of all sessions, by their names."""
    # Not the links to sessions that are gone.
    return sorted(one for one in folder.glob("*" + SUFFIX) if one.exists()) if folder.is_dir() else []


def folder_of(name: str) -> Path | None:
    """The folder that is meant by ``name`` where a session could be; None where none is."""
    path = given_path(name)
    return path if name != LATEST and path.is_dir() else None


def find_session(name: str, folder: Path, *, exact: bool = False, elsewhere: Sequence[Path] = ()) -> Path:
    """The file of the session called ``name``: its name or the start of it, ``latest``, or a path.

    ``FOLDER/`` before a name looks in that folder. With ``exact``, for what cannot be undone, the start of a
    name is not enough, and the latest one may be empty. Raises RecordError when there is none, or several;
    where ``folder`` holds none it names the folders ``elsewhere`` that do.
    """
    path = given_path(name)
    if path.is_file():
        return path
    if folder_of(name):
        raise RecordError(f"{name} is a folder: name a session in it, such as {path / LATEST}")
    if name != path.name and path.parent.is_dir():
        folder, name, elsewhere = path.parent, path.name, ()
    files = session_files(folder)
    if not files and (name == LATEST or elsewhere):
        raise RecordError(none_in(folder, elsewhere))
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
    hint = f"the last ones are {known}" if known else "none is recorded yet"
    raise RecordError(f"there is no session {name!r}: {hint}; `readtheroom report` lists them")


def none_in(folder: Path, elsewhere: Sequence[Path]) -> str:
    """That a folder holds no session, and where some are, or how to record one."""
    held = [f"`readtheroom report {shlex.quote(str(one))}`" for one in elsewhere if session_files(one)]
    error_with_advice = f"no session is recorded in {folder}"
    if held:
        return f"{error_with_advice}, but elsewhere some are; list them with {' or '.join(held[:3])}"
    return f"{error_with_advice}: `readtheroom run --record` records one"


def delete_session(path: Path) -> None:
    """Delete a session with its logs. Raises RecordError when that is not possible."""
    try:
        # The readings are in the file and in its log: a log that stays behind would still hold the last ones.
        for log in _LOGS:
            path.with_name(path.name + log).unlink(missing_ok=True)
        path.unlink(missing_ok=True)
    except OSError as error:
        advice = "check the permissions of its folder"
        raise RecordError(f"{path} cannot be deleted: {error_with_advice(error, advice)}") from None


def expired(files: Sequence[Path], now: datetime, keep_days: float | None) -> list[Path]:
    """Which of the sessions are older than ``keep_days`` by the time in their names; None keeps all.

    Files with other names are left alone: they are not ours to delete.
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
    """The session that began last; an empty one, with nothing to report, only where there is no other."""
    newest_first = sorted(files, key=_begun, reverse=True)
    return next((path for path in newest_first if empty_too or not _is_empty(path)), newest_first[0])


def _begun(path: Path) -> float:
    """When a session began, in Unix seconds: as it says itself, or by its file where it cannot be read."""
    try:
        return load_details(path).started
    except RecordError:
        return path.stat().st_mtime


def _is_empty(path: Path) -> bool:
    """False also for one that cannot be read: whoever asks for the latest is to be told of it."""
    try:
        with reading(path) as connection:
            return connection.execute(FIRST_SEEN).fetchone() is None
    except RecordError:
        return False


def describe_session_file(path: Path) -> ListedSession:
    """A session as a list shows it, a damaged one too."""
    size = path.stat().st_size
    try:
        with reading(path) as connection:
            details = read_details(connection, path.stem)
            seconds = connection.execute(LAST_SEEN).fetchone()[0]
            if seconds is not None and not abs(seconds) <= LONGEST:
                raise ValueError(f"the times of the session {path.stem} are wrong")
            people = count_people(connection, details.hz) if details.people is None else details.people
    except (RecordError, ValueError, TypeError) as error:
        return ListedSession(path.stem, path, size, problem=str(error))
    return ListedSession(path.stem, path, size, details, seconds, people)
