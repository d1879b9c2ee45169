"""Start of ``readtheroom`` and ``python -m agent``: errors become one line and an exit code."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Sequence

from agent.errors import ReadTheRoomError
from agent.system.libraries import missing_library

USAGE_ERROR = 2
INTERRUPTED = 130

BLAS_THREADS = "OPENBLAS_NUM_THREADS"
"""How many threads NumPy's linear algebra uses; it looks when it is imported.

One for each core, as it would by itself, waits in a busy loop for the others: on two cores with a training
run beside it, comparing 25 labels with 60 took 1,000 to 1,500 ms of CPU and up to 22 s, and 9 ms and 0.1 to
0.3 s with one thread."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return 0, 2 for a user's mistake, 130 when interrupted. A bug raises."""
    os.environ.setdefault(BLAS_THREADS, "1")
    try:
        from agent import cli

        command = cli.parse(sys.argv[1:] if arguments is None else arguments)
        return command()
    except ReadTheRoomError as error:
        print(f"readtheroom: {error}", file=sys.stderr)
        return USAGE_ERROR
    except ImportError as error:
        # OpenCV and others fail while they are imported, before any of our own code runs.
        remedy = missing_library(error)
        if remedy is None:
            raise
        print(f"readtheroom: {remedy}", file=sys.stderr)
        return USAGE_ERROR
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        if not _output_is_broken():
            raise
        # The reader of our output has gone (`| head`): not an error.
        _drop_output()
        return 0
    except OSError as error:
        if error.errno != errno.ENOSPC or error.filename is not None:
            raise
        _drop_output()
        print(f"readtheroom: the output cannot be written: {error.strerror}; free some room", file=sys.stderr)
        return USAGE_ERROR


def _drop_output() -> None:
    """Send what is left of our output nowhere: Python flushes it at its end, and would fail once more."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _output_is_broken() -> bool:
    """Whether it is our own output that nobody reads any more, and no other pipe that broke."""
    try:
        print(flush=True)
    except BrokenPipeError:
        return True
    return False


if __name__ == "__main__":
    sys.exit(main())
