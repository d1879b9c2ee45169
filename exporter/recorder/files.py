"""Writes files that the user asked for: complete or not at all, and readable by their owner only."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from agent.errors import ConfigError, RecordError
from agent.whole_file import whole_file

Kind = Literal["page", "csv", "parquet"]
PAGES = {"", ".html", ".htm"}
TABLES = {".csv", ".parquet", ".json", ".ods", ".pdf", ".xls", ".xlsx"}
"""Suffixes of table formats; only the first two are written here."""

ADVICE = {
    errno.ENOSPC: "free some room there, or name a file on another disk",
    errno.EDQUOT: "free some room there, or name a file on another disk",
    errno.EFBIG: "the disk takes no file of this size: name a file on another disk",
    errno.EROFS: "name a file on a disk that may be written",
    errno.EEXIST: "a part of that path is a file and no folder: name another",
    errno.ENOTDIR: "a part of that path is a file and no folder: name another",
    errno.ENAMETOOLONG: "give it a shorter name",
}
"""What to do about an OSError, by its errno."""


def error_with_advice(error: OSError, otherwise: str = "name another file") -> str:
    """The error's text and what to do; ``otherwise`` is the advice for errors not in ADVICE."""
    return f"{error.strerror or error}; {ADVICE.get(error.errno or 0, otherwise)}"


def given_path(given: str | Path) -> Path:
    """A user's path with ``~`` expanded. Raises RecordError if the system cannot use the path."""
    try:
        path = Path(given).expanduser()
        path.exists()
    except RuntimeError:
        raise RecordError(f"{given}: there is no such user's home; write the path in full") from None
    except OSError as error:
        raise RecordError(f"{given} cannot be used: {error_with_advice(error, 'name another')}") from None
    if _is_loop(path):
        raise RecordError(
            f"{given} cannot be used: it is a symbolic link that leads back to itself; name another"
        )
    return path


def _is_loop(path: Path) -> bool:
    """Whether symbolic links on the way to ``path`` form a circle; ``exists`` is then only False."""
    try:
        path.stat()
    except OSError as error:
        return error.errno == errno.ELOOP
    except ValueError:
        # A null character: what opens the file says so.
        return False
    return False


def check_ending(path: Path | None, kind: Kind, flag: str) -> None:
    """Raise ConfigError if a file's suffix contradicts what is written into it, or its name is ``-``.

    A page must have a suffix in PAGES. A table may have any suffix except those of pages and other tables.
    ``path`` None is accepted.
    """
    if path is None:
        return
    # Elsewhere it means standard output, where nobody would look for a file of that name.
    if path == Path("-"):
        raise ConfigError(f"{flag} - is no file, and standard output is not written to: name a file")
    ending = path.suffix.lower()
    wrong = ending not in PAGES if kind == "page" else ending in (TABLES - {"." + kind}) | (PAGES - {""})
    if wrong:
        content = {"page": "a page of HTML", "csv": "a table as CSV", "parquet": "a table as Parquet"}[kind]
        proper = path.with_suffix(".html" if kind == "page" else f".{kind}")
        raise ConfigError(f"{flag} {path} would hold {content}, whatever its name: call it {proper}")


def check_target(path: Path) -> None:
    """Raise RecordError if no file can be written to ``path``; call it before long work."""
    folder = given_path(path).parent
    if path.is_dir():
        raise RecordError(f"{path} is a folder: name a file in it")
    if path.exists() and not path.is_file():
        raise RecordError(f"{path} is no file but a device or pipe: name a file")
    if not folder.is_dir():
        wrong = "is no folder" if folder.exists() else "does not exist"
        raise RecordError(f"{path} cannot be written: {folder} {wrong}; make it, or name another")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise RecordError(f"{path} cannot be written: you may not write to {folder}; name another folder")


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A temporary file beside ``path``, which replaces ``path`` if the block succeeds.

    Raises RecordError if the file cannot be written.
    """
    check_target(path)
    try:
        with whole_file(path) as partial:
            yield partial
    except BrokenPipeError:
        # The reader of stdout has gone, which is no error of this file.
        raise
    except OSError as error:
        raise RecordError(f"{path} cannot be written: {error_with_advice(error)}") from None


def write_text(path: Path, text: str) -> None:
    """Write a text in UTF-8. Raises RecordError if it cannot be written."""
    with replacing(path) as partial:
        partial.write_text(text, encoding="utf-8")
