"""A command line whose flags count by their whole name only; loads nothing else, for a fast ``--help``."""

from __future__ import annotations

import argparse
from typing import Any


class WholeFlagParser(argparse.ArgumentParser):
    """Takes no abbreviated flags, nor do the parsers of its commands, which are made of it.

    ``--backg`` would pass for ``--background`` here and not in ``agent.background``, which takes that one out
    of the command line with which it starts the program again; and a new flag changes no old line.
    """

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings, allow_abbrev=False)
