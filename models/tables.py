"""Loads Kaggle's ``fer2013.csv``, with the votes of Microsoft's ``fer2013new.csv`` in the same folder."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from agent.errors import DataError
from models.card import CROP
from models.duplicates import without_copies_of
from models.labelled import VOTES, Faces

COLUMNS = ("emotion", "pixels", "Usage")
USAGES = {"train": "Training", "public": "PublicTest", "private": "PrivateTest"}
VOTES_FILE = "fer2013new.csv"


def load_table(path: Path, split: str) -> Faces:
    """Read a split (train, public or private) of ``fer2013.csv``.

    Training rows that show the same photo as a row of the test splits are left out. Raises DataError, with
    the line, for wrong columns, short rows, pixels that are not numbers and unknown labels.
    """
    if split not in USAGES:
        raise DataError(f"{path} has no split {split!r}; choose one of {', '.join(USAGES)}")
    pixels, labels, usages = _read_faces(path)
    votes_path = path.with_name(VOTES_FILE)
    votes = _read_votes(votes_path, len(labels)) if votes_path.is_file() else None
    rows = np.flatnonzero(usages == USAGES[split])
    if not len(rows):
        raise DataError(f"{path} has no row whose Usage is {USAGES[split]}")
    if split == "train":
        rows = rows[without_copies_of(pixels[rows], pixels[usages != USAGES[split]])]
    chosen = None if votes is None else votes[rows]
    return Faces(pixels[rows], labels[rows], chosen, f"{path.name}, split {split}")


def _read_faces(path: Path) -> tuple[NDArray[np.uint8], NDArray[np.int64], NDArray[np.str_]]:
    pixels, labels, usages = [], [], []
    for line, row in _rows(path, COLUMNS):
        try:
            labels.append(int(row["emotion"]))
            values = np.array(row["pixels"].split(), dtype=np.uint8)
        except (ValueError, OverflowError) as error:
            raise DataError(f"{path}, line {line}: not numbers 0..255: {error}") from error
        if values.size != CROP * CROP:
            raise DataError(f"{path}, line {line}: {values.size} pixels, wanted {CROP * CROP}")
        pixels.append(values.reshape(CROP, CROP))
        usages.append(row["Usage"])
    if not pixels:
        raise DataError(f"{path} holds no row")
    return np.stack(pixels), np.array(labels, np.int64), np.array(usages)


def _read_votes(path: Path, count: int) -> NDArray[np.float32]:
    votes = []
    for line, row in _rows(path, VOTES):
        try:
            votes.append([float(row[name]) for name in VOTES])
        except ValueError as error:
            raise DataError(f"{path}, line {line}: votes must be numbers: {error}") from error
    if len(votes) != count:
        raise DataError(f"{path} has {len(votes)} rows, but fer2013.csv beside it has {count}")
    return np.array(votes, np.float32)


def _rows(path: Path, wanted: tuple[str, ...]) -> list[tuple[int, dict[str, str]]]:
    """The rows of a CSV file with their line numbers. Raises DataError for missing columns or short rows."""
    try:
        # Excel begins a CSV file that it saves with a mark of the encoding.
        with path.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.DictReader(file)
            missing = [name for name in wanted if name not in (reader.fieldnames or [])]
            if missing:
                raise DataError(f"{path} lacks the columns {missing}; it has {list(reader.fieldnames or [])}")
            rows = [(reader.line_num, row) for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"{path} cannot be read: {error}") from error
    for line, row in rows:
        if any(row[name] is None for name in wanted):
            raise DataError(f"{path}, line {line}: the row is short; wanted {', '.join(wanted)}")
    return rows
