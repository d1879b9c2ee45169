"""Faces as pictures in folders named after their labels, of any size and colour."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from rich.progress import track

from agent.errors import DataError
from agent.values import LABELS
from models.data import SIDE, Faces

SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff", ".webp"})
SYNONYMS = {
    "anger": "angry",
    "disgusted": "disgust",
    "fearful": "fear",
    "happiness": "happy",
    "sadness": "sad",
    "surprised": "surprise",
}


def load_folder(path: Path, split: str) -> Faces:
    """Read ``path/split/label/picture`` if there is such a split, else ``path/label/picture``.

    Pictures that cannot be read are left out and named in ``skipped``; folders that are no label are an
    error. Raises DataError when no picture can be read.
    """
    root = path / split if (path / split).is_dir() else path
    pixels, labels, skipped = [], [], []
    for file, label in track(_pictures(root), "reading pictures", transient=True):
        face = _read(file)
        if face is None:
            skipped.append(str(file.relative_to(path)))
        else:
            pixels.append(face)
            labels.append(label)
    if not pixels:
        raise DataError(f"{root} holds no readable picture ({len(skipped)} unreadable)")
    return Faces(np.stack(pixels), np.array(labels, np.int64), None, str(path.name), tuple(skipped))


def _pictures(root: Path) -> list[tuple[Path, int]]:
    found = []
    for folder in sorted(entry for entry in root.iterdir() if entry.is_dir()):
        name = SYNONYMS.get(folder.name.lower(), folder.name.lower())
        if name not in LABELS:
            raise DataError(f"{folder} is not named after a label; wanted {', '.join(LABELS)}")
        files = (file for file in sorted(folder.rglob("*")) if file.suffix.lower() in SUFFIXES)
        found += [(file, LABELS.index(name)) for file in files]
    if not found:
        raise DataError(f"{root} holds no label/picture; wanted folders named {', '.join(LABELS)}")
    return found


def _read(file: Path) -> NDArray[np.uint8] | None:
    """A picture as grey uint8 (48, 48), or None when it cannot be read."""
    try:
        content = np.frombuffer(file.read_bytes(), np.uint8)
        grey = cv2.imdecode(content, cv2.IMREAD_GRAYSCALE) if content.size else None
    except (OSError, cv2.error):
        return None
    if grey is None:
        return None
    method = cv2.INTER_AREA if min(grey.shape) > SIDE else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(grey, (SIDE, SIDE), interpolation=method), np.uint8)
