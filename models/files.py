"""Writing results so that a failure half-way leaves what was there before."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path


def write_all(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write files completely before the first takes its name, so that a failure leaves the old ones.

    Makes the folder. Raises OSError when that or a file cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    partial = {folder / f".{name}.partial": folder / name for name in files}
    try:
        for (path, _), content in zip(partial.items(), files.values(), strict=True):
            path.write_bytes(content)
        for path, final in partial.items():
            os.replace(path, final)
    finally:
        for path in partial:
            path.unlink(missing_ok=True)
