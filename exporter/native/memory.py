"""What the overlay remembers between starts: where the gauge stands, and that it was introduced."""

from __future__ import annotations

import contextlib
from pathlib import Path

import msgspec
from msgspec import Struct

from exporter.files import write_private
from exporter.user_folders import state_folder


class Memory(Struct, frozen=True, kw_only=True):
    """``gauge`` is where it was put, as shares of the screen, or None: then it docks by itself.

    ``is_introduced``: the first-run page was shown.
    """

    gauge: tuple[float, float] | None = None
    is_introduced: bool = False


def memory_path() -> Path:
    """Where it lies: in the user's state folder."""
    return state_folder() / "overlay.json"


def load_memory(path: Path) -> Memory:
    """What was kept; the defaults where nothing was, or nothing that can be read."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Memory)
    except (OSError, msgspec.DecodeError):
        return Memory()


def save_memory(path: Path, memory: Memory) -> None:
    """Write it whole or not at all; a folder that cannot be written costs the memory, no more."""
    with contextlib.suppress(OSError):
        write_private(path, msgspec.json.encode(memory))
