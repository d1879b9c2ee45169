"""Locks on files between programs: the system frees one when its holder ends, however that ends."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

TRY_EVERY = 0.01
"""Seconds between two looks at whether a lock that another holds is free."""


def try_lock(file: IO[bytes], wait: float = 0.0) -> bool:
    """Lock an open file, until it is closed; False when another still holds it after ``wait`` seconds.

    Raises OSError where the file system has no locks.
    """
    end = time.monotonic() + wait
    while not _take(file):
        if time.monotonic() >= end:
            return False
        time.sleep(TRY_EVERY)
    return True


@contextmanager
def locked(path: Path, wait: float) -> Iterator[bool]:
    """Hold the lock file ``path``, which is made; yields False when another still holds it after ``wait``.

    Raises OSError when the file cannot be made.
    """
    with path.open("ab") as file:
        path.chmod(0o600)
        try:
            is_held = try_lock(file, wait)
        except OSError:
            # Without locks nobody can be kept out, and what is to be done is better done than left.
            is_held = True
        try:
            yield is_held
        finally:
            if is_held and sys.platform == "win32":
                import msvcrt

                # Left to the system, it would be free some time after the file is closed.
                file.seek(0)
                with suppress(OSError):
                    msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)


def _take(file: IO[bytes]) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        # What POSIX and Windows say of a lock that another holds.
        return False
    return True
