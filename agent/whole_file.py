"""Writes a file completely or not at all: the old content stays until the new one is complete."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def whole_file(path: Path, mode: int = 0o600) -> Iterator[Path]:
    """Yield a new temporary file beside ``path``; it replaces ``path`` when the block ends without an error.

    After an error the file is deleted. ``mode`` are its permissions, less the umask. Raises OSError.
    """
    partial = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    os.close(os.open(partial, os.O_CREAT | os.O_EXCL | os.O_WRONLY, mode))
    try:
        yield partial
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
