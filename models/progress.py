"""A progress bar that leaves standard output to the results."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import TypeVar

from rich.console import Console
from rich.progress import track

Item = TypeVar("Item")


def shown(items: Sequence[Item], what: str) -> Iterator[Item]:
    """The items, with a bar on standard error while they last; nothing in a file or a pipe."""
    console, quiet = Console(stderr=True), not sys.stderr.isatty()
    yield from track(items, what, console=console, transient=True, disable=quiet)
