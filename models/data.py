"""Labelled faces to train on and to be judged by, from the forms in which people have them.

Each form becomes one :class:`Faces`. :func:`load` chooses by what the path is: a ``.npz`` archive, Kaggle's
``fer2013.csv`` (with Microsoft's ``fer2013new.csv`` beside it, where it is there), or a folder of
``label/picture`` or ``split/label/picture``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from agent.errors import DataError
from agent.values import LABELS
from models.card import CROP

if TYPE_CHECKING:
    from models.cutting import FaceCutter

VOTES = (
    "neutral",
    "happiness",
    "surprise",
    "sadness",
    "anger",
    "disgust",
    "fear",
    "contempt",
    "unknown",
    "NF",
)
"""The ten columns of FER+ votes, in the order of Microsoft's file."""


@dataclass(frozen=True, slots=True, eq=False)
class Faces:
    """Labelled faces: ``pixels`` grey uint8 (N, 48, 48) and ``labels`` int64 (N,), indices into LABELS.

    ``votes`` float32 (N, 10) counts FER+ votes by VOTES, or is None where nobody voted. ``skipped`` names
    pictures that could not be read, ``left_out`` counts those of each label that is not one of LABELS. Raises
    DataError for other shapes, dtypes or labels.
    """

    pixels: NDArray[np.uint8]
    labels: NDArray[np.int64]
    votes: NDArray[np.float32] | None
    origin: str
    skipped: tuple[str, ...] = ()
    left_out: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.pixels.dtype != np.uint8 or self.pixels.shape != (len(self.labels), CROP, CROP):
            raise DataError(
                f"{self.origin}: faces must be uint8 ({len(self.labels)}, {CROP}, {CROP}), "
                f"not {self.pixels.dtype} {self.pixels.shape}"
            )
        if len(self.labels) and not 0 <= self.labels.min() <= self.labels.max() < len(LABELS):
            wrong = sorted(set(self.labels.tolist()) - set(range(len(LABELS))))
            raise DataError(f"{self.origin}: labels must be 0..{len(LABELS) - 1}, not {wrong[:5]}")
        if self.votes is not None and self.votes.shape != (len(self.labels), len(VOTES)):
            raise DataError(f"{self.origin}: votes must be ({len(self.labels)}, 10), not {self.votes.shape}")

    def __len__(self) -> int:
        return len(self.labels)


def load(path: Path, split: str, cutter: FaceCutter | None = None) -> Faces:
    """Read one split of whatever form of data is at ``path``.

    ``cutter`` cuts the faces out of a folder's pictures; rows of an archive or a table are crops already, and
    cut again only if it is told to cut all. Raises DataError that names the file and what is wrong with it.
    """
    from models.folders import load_folder
    from models.tables import load_table

    if not path.exists():
        raise DataError(f"{path} does not exist: give a .npz, a fer2013.csv or a folder of label/picture")
    if path.is_dir():
        return load_folder(path, split, cutter)
    if path.suffix.lower() == ".csv":
        return _cut_again(load_table(path, split), cutter)
    if path.suffix.lower() == ".npz":
        return _cut_again(load_archive(path, split), cutter)
    raise DataError(f"{path} is no .npz, no .csv and no folder of label/picture")


def _cut_again(faces: Faces, cutter: FaceCutter | None) -> Faces:
    if cutter is None or cutter.crop != "agent":
        return faces
    pixels = np.stack([cutter.cut(face[..., None].repeat(3, axis=2)) for face in faces.pixels])
    return replace(faces, pixels=pixels, origin=f"{faces.origin}, {cutter}")


def load_archive(path: Path, split: str) -> Faces:
    """Read a split of a ``.npz`` with ``pixels``, ``label``, ``split`` and perhaps ``ferplus_votes``.

    Raises DataError when the file is missing, damaged, lacks an array or has no row of that split.
    """
    try:
        # Opened here because np.load leaves the file of a damaged archive open.
        with path.open("rb") as file, np.load(file, allow_pickle=False) as data:
            splits = data["split"]
            rows = splits == split
            pixels, labels = data["pixels"][rows], data["label"][rows].astype(np.int64)
            votes = data["ferplus_votes"][rows].astype(np.float32) if "ferplus_votes" in data else None
    except KeyError as error:
        raise DataError(f"{path} lacks an array: {error}; wanted pixels, label and split") from error
    except Exception as error:  # numpy, zipfile and zlib each raise their own for a damaged archive.
        raise DataError(f"{path} is no readable .npz archive: {error}") from error
    if not len(labels):
        known = ", ".join(map(str, sorted(set(splits.tolist()))))
        raise DataError(f"{path} has no split {split!r}; choose one of {known}")
    return Faces(pixels, labels, votes, f"{path.name}, split {split}")
