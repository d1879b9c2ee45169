"""The signals that end the program: Ctrl-C, SIGTERM, a closed terminal and, on Windows, Ctrl-Break."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

STOPPING = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK") if hasattr(signal, name)
)


@contextmanager
def ended_like_ctrl_c() -> Iterator[None]:
    """Let each of these signals raise KeyboardInterrupt, with its number, where it would kill the program.

    A killed program leaves its worker processes and its half-written files behind. A signal that is ignored,
    as SIGHUP under nohup, stays so. Only for the main thread.
    """
    chosen = [number for number in STOPPING if signal.getsignal(number) is signal.SIG_DFL]
    for number in chosen:
        signal.signal(number, _interrupt)
    try:
        yield
    finally:
        for number in chosen:
            signal.signal(number, signal.SIG_DFL)


def _interrupt(number: int, _: FrameType | None) -> None:
    raise KeyboardInterrupt(signal.Signals(number))
