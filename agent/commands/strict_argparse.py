"""An argument parser that accepts only whole flag names; imports nothing heavy, for a fast ``--help``."""

from __future__ import annotations

import argparse
import difflib
from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction["StrictArgumentParser"]
    """Return type of ``add_subparsers``: argparse has no public name for it."""


class StrictArgumentParser(argparse.ArgumentParser):
    """Refuses abbreviated flags, also in the parsers of its commands, which are of this class.

    Otherwise ``--backg`` would mean ``--background`` here but not in ``agent.system.background``, which
    removes that flag from the command line when it starts the program again. A new flag never changes an old
    line.
    """

    def __init__(self, *, without: str = "", **settings: Any) -> None:
        super().__init__(**settings, allow_abbrev=False)
        self._without = without
        """Message for a missing required argument: the bare names of arguments help nobody."""

    def error(self, message: str) -> NoReturn:
        """Print the error in one line, without the usage that argparse puts before it, and exit with 2."""
        if message.startswith("the following arguments are required"):
            message = self._without or f"{message} (`{self.prog} --help` explains them)"
        self.exit(2, f"{self.prog}: error: {message}\n")


def check_command(parser: argparse.ArgumentParser, commands: Collection[str], given: str) -> None:
    """Exit with a suggestion if ``given``, the first argument, is not a command."""
    if not given.startswith("-") and given not in commands:
        advice = closest(given, commands) or f": choose one of {', '.join(commands)}"
        parser.error(f"there is no command '{given}'{advice}")


def closest(word: str, known: Iterable[str]) -> str:
    """End of a sentence about an unknown word: the most similar known word."""
    # At the usual 0.6, an unknown flag such as --colour matches --source.
    close = difflib.get_close_matches(word, list(known), n=1, cutoff=0.7)
    return f"; did you mean '{close[0]}'?" if close else ""
