"""Writes the program's own small files: complete or not at all, and readable by their owner only."""

from __future__ import annotations

import errno
from pathlib import Path

from agent.whole_file import whole_file


def write_private(path: Path, data: bytes) -> None:
    """Write or replace a file, creating its folder.

    Raises OSError on failure; the old file then stays and no partial file is left behind.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with whole_file(path) as partial:
        partial.write_bytes(data)


def remedy(error: Exception, otherwise: str = "make its folder writable for your user") -> str:
    """What to do when one of the program's own files cannot be written; ``otherwise``: with room for it."""
    is_full = isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT}
    return "free some room on its disk" if is_full else otherwise
