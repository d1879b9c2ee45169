"""Writes result files so that a failure leaves the old files unchanged."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

from agent.whole_file import whole_file


def write_all(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write all files completely before the first is renamed, so that a failure leaves the old files.

    Creates the folder. Raises OSError if the folder or a file cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        # The last context entered is renamed first.
        for name, content in reversed(list(files.items())):
            stack.enter_context(whole_file(folder / name, 0o666)).write_bytes(content)
