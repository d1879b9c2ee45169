"""Several models side by side on the same faces: how right, how heavy and how fast each is."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.progress import track
from rich.table import Table

from agent.values import LABELS
from models.architectures import build, multiply_adds
from models.data import Faces
from models.evaluate import evaluate
from models.runtime import Classifier, load_classifier

BATCHES = (1, 25)
ROUNDS = 20


def compare(folders: Sequence[Path], faces: Faces) -> list[dict[str, Any]]:
    """One row for each model, in the order given; ``ms_per_face_N`` is on one thread at batch N."""
    rows = []
    for folder in track(folders, "comparing", transient=True):
        with load_classifier(folder, threads=1) as classifier:
            report, card = evaluate(classifier, faces), classifier.card
            row: dict[str, Any] = {
                "name": card.name,
                "architecture": card.architecture,
                "parameters": card.parameters,
                "multiply_adds": multiply_adds(build(card.architecture)),
                "bytes": (folder / card.file).stat().st_size,
                "accuracy": report.accuracy,
                "int8_minus_float": card.figures["int8_minus_float"].value,
                "macro_f1": report.macro_f1,
                **{f"recall_{name}": report.labels[name].recall for name in LABELS},
                "accuracy_at_24_px": report.by_size[24],
            }
            row |= {f"ms_per_face_{size}": milliseconds(classifier, size) for size in BATCHES}
            rows.append(row)
    return rows


def milliseconds(classifier: Classifier, batch: int) -> float:
    """The median time in ms to read one face of a batch, over 20 calls after a first one."""
    crops = np.zeros((batch, *classifier.card.input.shape), np.uint8)
    classifier.classify(crops)
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        classifier.classify(crops)
        times.append(time.perf_counter() - start)
    return float(np.median(times)) / batch * 1000


def show(rows: Sequence[dict[str, Any]], console: Console) -> None:
    """Print the rows as a table with one column for each model."""
    table = Table("", *(str(row["name"]) for row in rows))
    for key in rows[0]:
        if key != "name":
            table.add_row(key.replace("_", " "), *(_cell(row[key]) for row in rows))
    console.print(table)


def _cell(value: object) -> str:
    return f"{value:.4f}" if isinstance(value, float) else str(value)
