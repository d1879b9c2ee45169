"""The command that starts this program again, in a process of its own."""

from __future__ import annotations

import sys


def own_command(*arguments: str) -> list[str]:
    """This program with these arguments, run by this Python.

    ``-P`` keeps the present folder off the import path: a file ``agent.py`` or a folder ``models`` there,
    perhaps somebody else's, would be run in place of this program.
    """
    return [sys.executable, "-P", "-m", "agent", *arguments]
