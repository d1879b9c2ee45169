"""Captures what native code writes directly to the process's stderr, so that the user does not see it."""

from __future__ import annotations

import os
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

_ONE_AT_A_TIME = threading.RLock()
"""Held while stderr is redirected. Without it, two workers that loaded models at the same time each saved the
other's redirection as the real stderr, and native output reached the user."""


@contextmanager
def native_output() -> Iterator[list[str]]:
    """Collect the lines that native code writes to the process's stderr, instead of showing them.

    MediaPipe and LiteRT write start-up messages there before their log level can be set. The lines are in the
    yielded list after the block has ended. Without a stderr, as where it was closed or under pythonw on
    Windows, there is nothing to redirect, and the list stays empty.
    """
    said: list[str] = []
    if not _has_stderr():
        yield said
        return
    with _ONE_AT_A_TIME, _unnamed_file() as kept:
        if sys.stderr is not None:
            sys.stderr.flush()
        shown = os.dup(2)
        os.dup2(kept.fileno(), 2)
        try:
            yield said
        finally:
            os.dup2(shown, 2)
            os.close(shown)
            kept.seek(0)
            said += kept.read().decode(errors="replace").splitlines()


def _has_stderr() -> bool:
    try:
        os.fstat(2)
    except OSError:
        return False
    return True


def _unnamed_file() -> IO[bytes]:
    """An anonymous file, in memory on Linux, so that native output does not touch the disk."""
    if sys.platform == "linux":
        return os.fdopen(os.memfd_create("native-output"), "w+b")
    return tempfile.TemporaryFile()
