"""How the commands of ``models`` end: one line on standard error and an exit code, never a traceback."""

from __future__ import annotations

from collections.abc import Callable

from rich.console import Console
from rich.markup import escape

from agent.errors import ReadTheRoomError


def run_command(run: Callable[[], object], stopped: str = "stopped") -> int:
    """Run a command: 0 when it worked, 2 when what was asked cannot be done, 130 when it was ended.

    ``stopped`` is what to say of Ctrl-C. A bug raises.
    """
    errors = Console(stderr=True, soft_wrap=True, highlight=False)
    try:
        run()
    except ReadTheRoomError as error:
        errors.print(f"[bold red]error[/bold red]: {escape(str(error))}")
        return 2
    except OSError as error:
        errors.print(f"[bold red]error[/bold red]: {escape(f'{error.filename}: {error.strerror}')}")
        return 2
    except ModuleNotFoundError as error:
        remedy = "pip install '.[train]' in the program's folder"
        told = f"{error.name} is not installed; checkpoints and training need it: {remedy}"
        errors.print(f"[bold red]error[/bold red]: {escape(told)}")
        return 2
    except KeyboardInterrupt:
        errors.print(escape(stopped))
        return 130
    return 0
