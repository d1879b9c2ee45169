"""A progress bar that leaves standard output to the results."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from typing import TypeVar

from rich.console import Console
from rich.progress import track

Item = TypeVar("Item")


def shown(items: Iterable[Item], what: str) -> Iterator[Item]:
    """Yield the items with a progress bar on standard error; no bar if that is a file or a pipe."""
    console, quiet = Console(stderr=True), not sys.stderr.isatty()
    yield from track(items, what, console=console, transient=True, disable=quiet)
