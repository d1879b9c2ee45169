"""A command line whose flags count by their whole name only; loads nothing else, for a fast ``--help``."""

from __future__ import annotations

import argparse
import difflib
from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction["StrictArgumentParser"]
    """What ``add_subparsers`` returns: argparse has no public name for it."""


class StrictArgumentParser(argparse.ArgumentParser):
    """Takes no abbreviated flags, nor do the parsers of its commands, which are made of it.

    ``--backg`` would pass for ``--background`` here and not in ``agent.system.background``, which takes that
    one out of the command line with which it starts the program again; and a new flag changes no old line.
    """

    def __init__(self, *, without: str = "", **settings: Any) -> None:
        super().__init__(**settings, allow_abbrev=False)
        self._without = without
        """What is said where something required is missing: the bare names of arguments help nobody."""

    def error(self, message: str) -> NoReturn:
        """Print the usage and what is wrong, and end the program with 2."""
        is_missing = self._without and message.startswith("the following arguments are required")
        super().error(self._without if is_missing else message)


def check_command(parser: argparse.ArgumentParser, commands: Collection[str], given: str) -> None:
    """End the program with what may have been meant where ``given``, its first argument, is no command."""
    if not given.startswith("-") and given not in commands:
        parser.error(f"there is no command '{given}'{closest(given, commands)}")


def closest(word: str, known: Iterable[str]) -> str:
    """The end of a sentence on an unknown word: which of the known ones may have been meant."""
    # At the usual 0.6 a flag that there is not, such as --colour, is taken for --source.
    close = difflib.get_close_matches(word, list(known), n=1, cutoff=0.7)
    return f"; did you mean '{close[0]}'?" if close else ""
