"""The signals that end the program: Ctrl-C, SIGTERM, a closed terminal and, on Windows, Ctrl-Break."""

from __future__ import annotations

import signal

STOPPING = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK") if hasattr(signal, name)
)
