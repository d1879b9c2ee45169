"""Writing results so that a failure half-way leaves what was there before."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

from agent.whole_file import whole_file


def write_all(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write files completely before the first takes its name, so that a failure leaves the old ones.

    Makes the folder. Raises OSError when that or a file cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        # The last one entered takes its name first.
        for name, content in reversed(list(files.items())):
            stack.enter_context(whole_file(folder / name, 0o666)).write_bytes(content)
