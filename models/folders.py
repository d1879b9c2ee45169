"""Loads faces from pictures of any size and colour, in folders named after their labels."""

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
    # OpenCV reads none of these; they stand here so that such pictures are named as unreadable.
    | {".heic", ".heif", ".jxl"}
)
SPLITS = {
    "train": ("train", "training"),
    "public": ("public", "publictest", "val", "valid", "validation", "test"),
    "private": ("private", "privatetest", "test"),
}
"""Usual folder names of the splits; the first existing one is used."""


def load_folder(path: Path, split: str, cutter: FaceCutter | None = None) -> Faces:
    """Read ``path/split/label/picture`` if there is such a split, else ``path/label/picture``.

    Folder names are those of ``models.naming`` and SPLITS, ignoring case. Unreadable pictures are named in
    ``skipped``; pictures of known labels outside LABELS are counted in ``left_out``; other folder names are
    an error. Hidden files and folders are passed over. ``cutter`` crops the
    faces; without it whole pictures are used. Raises DataError if no picture can be read, or if there are
    other splits but not this one.
    """
    root = _root(path, split)
    files, left_out = _pictures(root)
    pixels, labels, skipped = [], [], []
    # FaceCutter("none") opens no detector, so it need not be closed.
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
    """The folder of the split; ``path`` itself where there are no splits."""
    folders = {entry.name.lower(): entry for entry in sorted(path.iterdir()) if entry.is_dir()}
    wanted = split.lower()
    for name in SPLITS.get(wanted, (wanted,)):
        if name in folders:
            return folders[name]
    known = {name for names in SPLITS.values() for name in names}
    if others := [folder.name for name, folder in folders.items() if name in known]:
        raise DataError(f"{path} has no split {split!r}: its splits are {', '.join(others)}")
    return path


def _pictures(root: Path) -> tuple[list[tuple[Path, int]], dict[str, int]]:
    """The pictures with their labels, and the number of pictures of each label that is left out."""
    folders = {entry.name: entry for entry in sorted(root.iterdir()) if entry.is_dir()}
    folders = {name: folder for name, folder in folders.items() if not _is_debris(name)}
    try:
        names = read_names(list(folders))
    except DataError as error:
        raise DataError(f"{root}: {error}") from error
    found, left_out = [], Counter[str]()
    for name, folder in folders.items():
        files = [file for file in sorted(folder.rglob("*")) if _is_picture(file.relative_to(folder))]
        label = names[name]
        if label is None:
            left_out[name] = len(files)
        else:
            found += [(file, LABELS.index(label)) for file in files]
    if not found:
        raise DataError(f"{root} holds no label/picture; wanted folders named {', '.join(LABELS)}")
    return found, dict(left_out)


def _is_debris(name: str) -> bool:
    """Whether a program left this beside the pictures: ``.git``, ``.ipynb_checkpoints``, ``._face.jpg``."""
    return name.startswith(".") or name == "__MACOSX"


def _is_picture(file: Path) -> bool:
    return file.suffix.lower() in SUFFIXES and not any(map(_is_debris, file.parts))


def _read(file: Path) -> Pixels | None:
    """A picture as RGB uint8 (H, W, 3), rotated by its EXIF tag; None if it cannot be read."""
    try:
        content = np.frombuffer(file.read_bytes(), np.uint8)
        # Image libraries write errors of damaged files to the process's stderr; the caller reports the file.
        with native_output():
            picture = cv2.imdecode(content, cv2.IMREAD_COLOR_RGB) if content.size else None
    except (OSError, cv2.error):
        return None
    return None if picture is None else np.asarray(picture, np.uint8)
