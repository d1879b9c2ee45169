"""Loads labelled faces from the usual formats.

:func:`load` chooses the format by the path: a ``.npz`` archive, Kaggle's ``fer2013.csv`` (with Microsoft's
``fer2013new.csv``, if it is in the same folder), or a folder of ``label/picture`` or ``split/label/picture``.
"""

from __future__ import annotations

import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np

from agent.errors import DataError
from models.cutting import FaceCutter
from models.folders import load_folder
from models.labelled import Faces
from models.tables import load_table


def load(path: Path, split: str, cutter: FaceCutter | None = None) -> Faces:
    """Read one split of the data at ``path``, in any supported format.

    ``cutter`` crops the faces from a folder's pictures. Rows of an archive or a table are already crops, and
    are cropped again only with ``crop`` "agent". Raises DataError with the file and its problem.
    """
    if not path.exists():
        raise DataError(f"{path} does not exist: give a .npz, a fer2013.csv or a folder of label/picture")
    if path.is_dir():
        return load_folder(path, split, cutter)
    if path.suffix.lower() == ".csv":
        return _cut_again(load_table(path, split), cutter)
    if path.suffix.lower() == ".npz":
        return _cut_again(load_archive(path, split), cutter)
    raise DataError(f"{path} is no .npz, no .csv and no folder of label/picture")


def load_both(path: Path) -> tuple[Faces, Faces]:
    """The splits ``train`` and ``public`` of the data at ``path``, to train on and to measure with.

    Raises DataError as ``load``, and for a folder without splits: each would be all of its faces.
    """
    training, public = load(path, "train"), load(path, "public")
    if training.origin == public.origin:
        raise DataError(
            f"{path} has no splits, and a model must be measured on other faces than it learns from: put its "
            "folders of labels into two folders, train and public"
        )
    return training, public


def _cut_again(faces: Faces, cutter: FaceCutter | None) -> Faces:
    if cutter is None or cutter.crop != "agent":
        return faces
    pixels = np.stack([cutter.cut(face[..., None].repeat(3, axis=2)) for face in faces.pixels])
    return replace(faces, pixels=pixels, origin=f"{faces.origin}, {cutter}")


def load_archive(path: Path, split: str) -> Faces:
    """Read a split of a ``.npz`` with ``pixels``, ``label``, ``split`` and optionally ``ferplus_votes``.

    Raises DataError if the file is missing, damaged, lacks an array or has no row of that split.
    """
    if not zipfile.is_zipfile(path):
        # numpy would take it for a pickle, and advise to load it as one.
        raise DataError(f"{path} is no readable .npz archive: download or make it again")
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
