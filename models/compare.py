"""Compares several models on the same faces: accuracy, size and speed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from rich.box import SIMPLE
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from agent.errors import ConfigError, DataError, ModelError
from agent.values import LABELS
from models.entrants import Entrant, arithmetic, enter
from models.evaluate import read_faces, shrunk
from models.files import write_all
from models.labelled import Faces
from models.metrics import accuracy, confusion, label_scores, macro_f1
from models.progress import shown
from models.runtime import load_runner
from models.timing import BATCHES, Run, milliseconds, reader

Row = dict[str, Any]

SMALL = 24

COLUMNS: Mapping[str, tuple[str, float, str]] = {
    "name": ("network", 1, "{}"),
    "epochs": ("epochs", 1, "{:.2f}"),
    "parameters": ("parameters, M", 1e6, "{:.2f}"),
    "multiply_adds": ("MACs, M", 1e6, "{:.0f}"),
    "float_accuracy": ("float", 0.01, "{:.1f}"),
    "accuracy": ("INT8", 0.01, "{:.1f}"),
    "macro_f1": ("macro-F1", 0.01, "{:.1f}"),
    "accuracy_at_24_px": ("at 24 px", 0.01, "{:.1f}"),
    **{f"recall_{label}": (label, 0.01, "{:.0f}") for label in LABELS},
    "bytes": ("INT8, kB", 1e3, "{:.0f}"),
    "ms_per_face_1": ("ms, 1 face", 1, "{:.2f}"),
    "ms_per_face_25": ("ms, 25", 1, "{:.2f}"),
    "against_1": ("x, 1 face", 1, "{:.2f}"),
    "against_25": ("x, 25", 1, "{:.2f}"),
}
"""The table's columns: title, the value of one unit, and format of each."""


def compare(paths: Sequence[Path], faces: Faces, data: Path, against: Path | None = None) -> list[Row]:
    """One row for each model, in the order given; see COLUMNS.

    ``paths`` are folders with ``model.json``, or checkpoints, which are quantised with training faces of
    ``data``. ``against`` is any TFLite file that is timed in turns with each model; ``against_N`` is the
    model's time divided by that of this file. Raises ModelError or DataError for unfit input.
    """
    other = None if against is None else load_runner(_content(against), against.name)
    rows = []
    for path in shown(paths, "comparing"):
        entrant = enter(path, data, faces)
        with entrant.classifier:
            rows.append(_judged(entrant, faces) | _timed(entrant, other))
    return rows


def sampled(faces: Faces, count: int) -> Faces:
    """A random sample of ``count`` faces with a fixed seed; all faces for 0.

    Raises ConfigError for a negative ``count``.
    """
    if count < 0:
        raise ConfigError(f"--sample must be 0 or more, not {count}: 0 judges by all faces")
    if not count or count >= len(faces):
        return faces
    rows = np.sort(np.random.default_rng(0).permutation(len(faces))[:count])
    return replace(
        faces,
        pixels=faces.pixels[rows],
        labels=faces.labels[rows],
        votes=None,
        origin=f"{faces.origin}, {count} faces drawn at random",
    )


def _judged(entrant: Entrant, faces: Faces) -> Row:
    card, scores = entrant.classifier.card, read_faces(entrant.classifier, faces)
    matrix, right = confusion(scores, faces.labels), accuracy(scores, faces.labels)
    small = entrant.classifier.classify(shrunk(faces.pixels, SMALL))
    real = entrant.real_accuracy
    return {
        "name": entrant.name,
        "architecture": card.architecture,
        "epochs": entrant.epochs,
        "faces": len(faces),
        "parameters": card.parameters,
        "multiply_adds": arithmetic(card.architecture),
        "bytes": entrant.size,
        "float_accuracy": real,
        "accuracy": right,
        "int8_minus_float": None if real is None else right - real,
        "macro_f1": macro_f1(matrix),
        **{f"recall_{name}": score.recall for name, score in label_scores(matrix).items()},
        "accuracy_at_24_px": accuracy(small, faces.labels),
    }


def _timed(entrant: Entrant, other: Run | None) -> Row:
    row: Row = {}
    runs = [reader(entrant.classifier)] + ([] if other is None else [other])
    for batch in BATCHES:
        times = milliseconds(runs, batch)
        row[f"ms_per_face_{batch}"] = times[0]
        if other is not None:
            row |= {f"other_ms_per_face_{batch}": times[1], f"against_{batch}": times[0] / times[1]}
    return row


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ModelError(f"{path} cannot be read ({error.strerror}): --against wants a .tflite") from error


def show(rows: Sequence[Row], console: Console) -> None:
    """Print a table with one column for each model, in the units of the page that ``write_table`` writes."""
    table = Table(box=SIMPLE, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column(no_wrap=True)
    for row in rows:
        table.add_column(escape(str(row["name"])), justify="right", overflow="fold")
    for key in _known(rows):
        if key != "name":
            table.add_row(COLUMNS[key][0], *(_written(row.get(key), key) for row in rows))
    console.print(table)
    console.print(f"Accuracies and recalls are in percent, of {rows[0]['faces']} faces.")


def _known(rows: Sequence[Row]) -> list[str]:
    """The columns that have a value in any row."""
    return [key for key in COLUMNS if any(row.get(key) is not None for row in rows)]


def write_table(path: Path, rows: Sequence[Row], command: str, note: str = "") -> None:
    """Write the rows as a page of Markdown; raises DataError if the file cannot be written.

    ``note`` is a paragraph above the table, for example on the machine and the duration of training.
    """
    keys = _known(rows)
    lines = [
        " | ".join(COLUMNS[key][0] for key in keys),
        " | ".join("---" for _ in keys),
        *(" | ".join(_written(row.get(key), key) for key in keys) for row in rows),
    ]
    table = "\n".join(f"| {line} |" for line in lines)
    text = PAGE.format(
        note=f"{note}\n\n" if note else "",
        faces=rows[0]["faces"],
        against=AGAINST if "against_1" in keys else "",
        table=table,
        command=command,
    )
    try:
        write_all(path.parent, {path.name: text.encode()})
    except OSError as error:
        raise DataError(
            f"{path} cannot be written: {error.strerror}; name another file with --out"
        ) from error


def _written(value: Any, key: str) -> str:
    _, unit, form = COLUMNS[key]
    return "-" if value is None else form.format(value if isinstance(value, str) else value / unit)


PAGE = """# Networks side by side

{note}Accuracies, macro-F1 and the recall of each label are in percent, measured on {faces} faces. All columns
except "float" are of the full-INT8 file. A checkpoint is measured as trained, a folder as shipped, without
its float network. Times are CPU time of one thread for one face, in batches of 1 and of 25.{against}

{table}

Made by:

```
{command}
```
"""
AGAINST = ' "x" is that time divided by the other model\'s; both are timed in turns in the same run.'
