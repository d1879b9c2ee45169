"""Small files of the program's own: written whole or not at all, and readable by their owner only."""

from __future__ import annotations

from pathlib import Path

from agent.whole_file import whole_file


def write_private(path: Path, data: bytes) -> None:
    """Write a file in place of the one that is there; its folder is made.

    Raises OSError when that is not possible; then what was there stays, and nothing is left beside it.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with whole_file(path) as partial:
        partial.write_bytes(data)
