"""Faces as pictures in folders named after their labels, of any size and colour."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import cv2
import numpy as np

from agent.errors import DataError
from agent.values import LABELS, Pixels
from models.cutting import FaceCutter
from models.labelled import Faces
from models.naming import read_names
from models.native import native_output
from models.progress import shown

SUFFIXES = frozenset(
    {".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".bmp", ".tif", ".tiff", ".webp", ".gif"}
    | {".pgm", ".ppm", ".pnm", ".jp2", ".avif"}
)
SPLITS = {
    "train": ("train", "training"),
    "public": ("public", "publictest", "val", "valid", "validation", "test"),
    "private": ("private", "privatetest", "test"),
}
"""What people call the splits; the first that is there counts."""


def load_folder(path: Path, split: str, cutter: FaceCutter | None = None) -> Faces:
    """Read ``path/split/label/picture`` if there is such a split, else ``path/label/picture``.

    Folders are named as ``models.naming`` and SPLITS say, case aside. Pictures that cannot be read are left
    out and named in ``skipped``; those of a label that is not ours are counted in ``left_out``; folders that
    are no label are an error. ``cutter`` cuts out the faces; without one pictures are taken whole. Raises
    DataError when no picture can be read.
    """
    root = _root(path, split)
    files, left_out = _pictures(root)
    pixels, labels, skipped = [], [], []
    # One that cuts nothing opens no detector, so there is nothing to close.
    cutter = cutter or FaceCutter("none")
    for file, label in shown(files, "reading pictures"):
        picture = _read(file)
        if picture is None:
            skipped.append(str(file.relative_to(path)))
        else:
            pixels.append(cutter.cut(picture))
            labels.append(label)
    if not pixels:
        raise DataError(f"{root} holds no readable picture ({len(skipped)} unreadable)")
    name = path.resolve().name if root == path else f"{path.resolve().name}, split {root.name}"
    origin = f"{name}, {cutter}"
    return Faces(np.stack(pixels), np.array(labels, np.int64), None, origin, tuple(skipped), left_out)


def _root(path: Path, split: str) -> Path:
    folders = {entry.name.lower(): entry for entry in path.iterdir() if entry.is_dir()}
    return next((folders[name] for name in SPLITS.get(split, (split,)) if name in folders), path)


def _pictures(root: Path) -> tuple[list[tuple[Path, int]], dict[str, int]]:
    """The pictures with their labels, and how many of each other label there are."""
    folders = {entry.name: entry for entry in sorted(root.iterdir()) if entry.is_dir()}
    try:
        names = read_names(list(folders))
    except DataError as error:
        raise DataError(f"{root}: {error}") from error
    found, left_out = [], Counter[str]()
    for name, folder in folders.items():
        files = [file for file in sorted(folder.rglob("*")) if file.suffix.lower() in SUFFIXES]
        label = names[name]
        if label is None:
            left_out[name] = len(files)
        else:
            found += [(file, LABELS.index(label)) for file in files]
    if not found:
        raise DataError(f"{root} holds no label/picture; wanted folders named {', '.join(LABELS)}")
    return found, dict(left_out)


def _read(file: Path) -> Pixels | None:
    """A picture as RGB uint8 (H, W, 3), turned as its EXIF tag says, or None when it cannot be read."""
    try:
        content = np.frombuffer(file.read_bytes(), np.uint8)
        # Image libraries complain about damaged files on the process's own stderr; the file is named below.
        with native_output():
            picture = cv2.imdecode(content, cv2.IMREAD_COLOR_RGB) if content.size else None
    except (OSError, cv2.error):
        return None
    return None if picture is None else np.asarray(picture, np.uint8)
