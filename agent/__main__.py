"""Start of ``readtheroom`` and ``python -m agent``: errors become one line and an exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from agent.cli import parse
from agent.errors import ReadTheRoomError
from agent.libraries import missing_library

USAGE_ERROR = 2
INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return 0, 2 for a user's mistake, 130 when interrupted. A bug raises."""
    try:
        command = parse(sys.argv[1:] if arguments is None else arguments)
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
        # The reader of our output has gone (`| head`): not an error, and nothing more to flush.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


if __name__ == "__main__":
    sys.exit(main())
