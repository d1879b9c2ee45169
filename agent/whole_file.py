"""Writing a file whole or not at all: what was there stays until all is written."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def whole_file(path: Path, mode: int = 0o600) -> Iterator[Path]:
    """A new file to write beside ``path``, which takes its place when the block ends well.

    Otherwise nothing is left of it. ``mode`` are its permissions, less the umask. Raises OSError.
    """
    partial = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    os.close(os.open(partial, os.O_CREAT | os.O_EXCL | os.O_WRONLY, mode))
    try:
        yield partial
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
