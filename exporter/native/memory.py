"""What the overlay remembers between starts: the gauge's place, and that the first-run page was shown."""

from __future__ import annotations

import contextlib
from pathlib import Path

import msgspec
from msgspec import Struct

from agent.json_text import decoded
from exporter.files import write_private
from exporter.user_folders import state_folder


class Memory(Struct, frozen=True, kw_only=True):
    """The overlay's stored state.

    ``gauge`` is the place chosen by the user, as shares of the screen; None: the gauge docks automatically.
    ``is_introduced``: the first-run page was shown.
    """

    gauge: tuple[float, float] | None = None
    is_introduced: bool = False


def memory_path() -> Path:
    """The path of the memory file, in the user's state folder."""
    return state_folder() / "overlay.json"


def load_memory(path: Path) -> Memory:
    """Load the memory; the defaults if the file is missing or unreadable."""
    try:
        return decoded(path.read_bytes(), Memory)
    except (OSError, msgspec.DecodeError):
        return Memory()


def save_memory(path: Path, memory: Memory) -> None:
    """Write the memory atomically; errors are ignored, and the memory is then lost."""
    with contextlib.suppress(OSError):
        write_private(path, msgspec.json.encode(memory))
