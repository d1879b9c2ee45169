"""Reads the small text files that a user names, and never a device, a pipe or a file without end."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

MOST_BYTES = 1_000_000


def read_small(path: Path) -> bytes:
    """The content of a file; the null device is empty.

    Raises OSError, also if it is no regular file or has more than MOST_BYTES.
    """
    if str(path) == os.devnull:
        return b""
    # Opening a pipe would wait for its writer.
    mode = path.stat().st_mode
    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
        raise OSError(errno.EINVAL, "it is a device or pipe, not a file")
    with path.open("rb") as file:
        data = file.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise OSError(errno.EFBIG, "it has more than 1 MB")
    return data
