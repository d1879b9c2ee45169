"""Runs the commands of ``models``; an error gives one line on stderr and an exit code, no traceback."""

from __future__ import annotations

from collections.abc import Callable

from rich.console import Console
from rich.markup import escape

from agent.errors import ReadTheRoomError


def run_command(run: Callable[[], object], stopped: str = "stopped") -> int:
    """Run a command; the exit code is 0 after success, 2 after an expected error, 130 after Ctrl-C.

    ``stopped`` is the text for Ctrl-C. Unexpected exceptions are raised.
    """
    errors = Console(stderr=True, soft_wrap=True, highlight=False)
    try:
        run()
    except ReadTheRoomError as error:
        errors.print(f"[bold red]error[/bold red]: {escape(str(error))}")
        return 2
    except OSError as error:
        # A full disk is noticed when a file is written, and Python no longer knows its name then.
        told = ": ".join(str(part) for part in (error.filename, error.strerror or error) if part is not None)
        errors.print(f"[bold red]error[/bold red]: {escape(told)}")
        return 2
    except ModuleNotFoundError as error:
        remedy = 'pip install ".[train]" in the program\'s folder'
        told = f"{error.name} is not installed; checkpoints and training need it: {remedy}"
        errors.print(f"[bold red]error[/bold red]: {escape(told)}")
        return 2
    except KeyboardInterrupt:
        errors.print(escape(stopped))
        return 130
    return 0
