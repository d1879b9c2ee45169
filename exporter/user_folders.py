"""The folder where the program keeps its own state."""

from __future__ import annotations

from pathlib import Path

import platformdirs


def state_folder() -> Path:
    """The user's state folder: connection files, the lock, the certificate and what the overlay remembers."""
    return platformdirs.user_state_path("readtheroom", appauthor=False)
