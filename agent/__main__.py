"""Entry point of ``readtheroom`` and ``python -m agent``: errors become one line and an exit code."""

from __future__ import annotations

import errno
import io
import os
import signal
import sys
from collections.abc import Sequence

from agent.errors import ReadTheRoomError
from agent.system.core_dumps import forbid_core_dumps
from agent.system.libraries import missing_library
from exporter.stopping import ended_like_ctrl_c

USAGE_ERROR = 2
SIGNALLED = 128

BLAS_THREADS = "OPENBLAS_NUM_THREADS"
"""Environment variable with the number of threads for NumPy's linear algebra; NumPy reads it at import.

By default there is one thread per core, and each waits for the others in a busy loop: on two cores with a
training run beside it, comparing 25 labels with 60 took 1,000 to 1,500 ms of CPU and up to 22 s. With one
thread it takes 9 ms and 0.1 to 0.3 s."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code. A bug raises.

    The code is 0, 2 for a user's mistake, or 128 and the number of the signal that interrupted it.
    """
    os.environ.setdefault(BLAS_THREADS, "1")
    try:
        forbid_core_dumps()
        _mend_streams()
        with ended_like_ctrl_c():
            from agent import cli

            command = cli.parse(sys.argv[1:] if arguments is None else arguments)
            return command()
    except ReadTheRoomError as error:
        print(f"readtheroom: {error}", file=sys.stderr)
        return USAGE_ERROR
    except ImportError as error:
        # OpenCV and other libraries fail at import, before any of our own code runs.
        remedy = missing_library(error)
        if remedy is None:
            raise
        print(f"readtheroom: {remedy}", file=sys.stderr)
        return USAGE_ERROR
    except KeyboardInterrupt as interrupt:
        # Python's own, for Ctrl-C, has no number.
        return SIGNALLED + next(iter(interrupt.args), signal.SIGINT)
    except BrokenPipeError:
        if not _output_is_broken():
            raise
        # The reader of our output has closed the pipe (`| head`): not an error.
        _drop_output()
        return 0
    except OSError as error:
        if error.errno != errno.ENOSPC or error.filename is not None:
            raise
        _drop_output()
        print(f"readtheroom: the output cannot be written: {error.strerror}; free some room", file=sys.stderr)
        return USAGE_ERROR


def _mend_streams() -> None:
    """Give the program a stderr if it has none, and let any file name be printed."""
    if sys.stderr is None:
        # print() would take None for standard output.
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - open until the end
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")


def _drop_output() -> None:
    """Redirect the rest of our output to the null device: Python's flush at exit would fail once more."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _output_is_broken() -> bool:
    """Whether the broken pipe is our own standard output, and not another pipe."""
    try:
        print(flush=True)
    except BrokenPipeError:
        return True
    return False


if __name__ == "__main__":
    sys.exit(main())
