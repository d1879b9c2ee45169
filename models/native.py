"""What native code writes past Python to the process's stderr, kept from the user's eyes."""

from __future__ import annotations

import os
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

_ONE_AT_A_TIME = threading.RLock()
"""Held while stderr is elsewhere. Two workers that loaded a model each at the same time took each other's
turn for the real stderr, and chatter came through to the user."""


@contextmanager
def native_output() -> Iterator[list[str]]:
    """Collect what native code writes to the process's stderr, as lines, instead of showing it.

    MediaPipe and LiteRT write start-up chatter there, before any of their log levels can be set. The lines
    are in the yielded list once the block has ended.
    """
    said: list[str] = []
    with _ONE_AT_A_TIME, _unnamed_file() as kept:
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


def _unnamed_file() -> IO[bytes]:
    """A file without a name: in memory where the system can, so that not even chatter touches the disk."""
    if sys.platform == "linux":
        return os.fdopen(os.memfd_create("native-output"), "w+b")
    return tempfile.TemporaryFile()
