"""File locks between processes; the system releases a lock when its holder ends, even after a crash."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

TRY_EVERY = 0.01
"""Seconds between two attempts to take a lock that another process holds."""


def try_lock(file: IO[bytes], wait: float = 0.0) -> bool:
    """Lock an open file until it is closed; False if another process still holds the lock after ``wait`` s.

    Raises OSError if the file system has no locks.
    """
    end = time.monotonic() + wait
    while not _take(file):
        if time.monotonic() >= end:
            return False
        time.sleep(TRY_EVERY)
    return True


@contextmanager
def locked(path: Path, wait: float) -> Iterator[bool]:
    """Create and hold the lock file ``path``; yields False if it is still taken after ``wait`` seconds.

    Yields True on file systems without locks. Raises OSError if the file cannot be created.
    """
    with path.open("ab") as file:
        path.chmod(0o600)
        try:
            is_held = try_lock(file, wait)
        except OSError:
            # Without locks no process can be excluded; doing the work is better than refusing it.
            is_held = True
        try:
            yield is_held
        finally:
            if is_held and sys.platform == "win32":
                import msvcrt

                # If left to the system, the lock is released only some time after the file is closed.
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
        # The errors of POSIX and Windows for a lock that another process holds.
        return False
    return True
