"""Writes the model card as a page: ``MODEL_CARD.md`` with figures, from a card and an evaluation."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from agent.values import LABELS
from models.card import ModelCard
from models.evaluate import EvaluationReport, written

PAGE_NAME = "MODEL_CARD.md"


def write_page(folder: Path, card: ModelCard, report: EvaluationReport, command: str) -> None:
    """Write the page and its three figures (confusion, calibration, accuracy over face size) to a folder.

    ``command`` is the one that made the report.
    """
    folder.mkdir(parents=True, exist_ok=True)
    _draw_confusion(folder / "confusion.png", report)
    _draw_calibration(folder / "calibration.png", report)
    _draw_sizes(folder / "sizes.png", card, report)
    (folder / PAGE_NAME).write_text(page(card, report, command), encoding="utf-8")


def page(card: ModelCard, report: EvaluationReport, command: str) -> str:
    """The text of the page, in Markdown; ``command`` made the report."""
    return f"""# {card.name}

{card.intended_use}

{card.limits}

- File: `{card.file}`, sha256 `{card.sha256}`, {card.parameters:,} parameters, full INT8
- Architecture: `{card.architecture}`; input: {card.input.channels}, {" x ".join(map(str, card.input.shape))}
- Trained on: {card.trained_on}
- Licence: {card.licence}
- Says "unsure" below a confidence of {card.abstention.min_confidence}; reads no face under \
{card.abstention.min_face_px} px; temperature {card.temperature}

## On {report.data} ({report.faces} faces)

Checkpoint, label offsets, temperature and thresholds were chosen on the public split, so expect slightly
lower figures on other faces. The cross-validated figures and the calibration error in the last table are from
5-fold cross-validation on it: offsets and temperature were fitted on the other folds. Only the checkpoint was
chosen with all its faces.

| label | faces | precision | recall | F1 |
| --- | --- | --- | --- | --- |
{_label_rows(report)}

![confusion matrix](confusion.png)

| face reduced to | accuracy |
| --- | --- |
{_size_rows(report)}
![accuracy over face size](sizes.png)

![calibration](calibration.png)

{_gallery(report, command)}## Every figure and its command

| figure | value | command |
| --- | --- | --- |
{_figure_rows(card)}
"""


def _label_rows(report: EvaluationReport) -> str:
    rows = []
    for name, found in report.labels.items():
        figures = map(written, (found.precision, found.recall, found.f1))
        rows.append(f"| {name} | {found.count} | {' | '.join(figures)} |")
    return "\n".join(rows)


def _size_rows(report: EvaluationReport) -> str:
    return "".join(f"| {side} px | {right:.3f} |\n" for side, right in report.by_size.items())


def _figure_rows(card: ModelCard) -> str:
    return "\n".join(
        f"| {key.replace('_', ' ')} | {figure.value:.4f} | `{figure.command}` |"
        for key, figure in card.figures.items()
    )


def _gallery(report: EvaluationReport, command: str) -> str:
    if report.gallery is None:
        return ""
    found = report.gallery
    return (
        f"Faces pasted into gallery tiles and read through the agent's layout, detection and crop: "
        f"{found.found:.3f} of {found.faces} faces are found; the accuracy on these is {found.accuracy:.3f}, "
        f"and {found.direct:.3f} without the gallery. Measured by `{command}`.\n\n"
    )


def _draw_confusion(path: Path, report: EvaluationReport) -> None:
    counts = np.array(report.confusion, float)
    shares = counts / counts.sum(1, keepdims=True).clip(min=1)
    with _figure(path, (6, 5)) as axes:
        axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
        axes.set_xticks(range(len(LABELS)), LABELS, rotation=45, ha="right")
        axes.set_yticks(range(len(LABELS)), LABELS)
        for row, column in np.ndindex(*shares.shape):
            colour = "white" if shares[row, column] > 0.5 else "black"
            text = f"{shares[row, column]:.2f}"
            axes.text(column, row, text, ha="center", va="center", color=colour, fontsize=8)
        axes.set_xlabel("read as")
        axes.set_ylabel("labelled")


def _draw_calibration(path: Path, report: EvaluationReport) -> None:
    sure, right, _ = zip(*report.calibration, strict=True)
    with _figure(path, (4.5, 4)) as axes:
        axes.plot((0, 1), (0, 1), color="grey", linestyle="--", label="perfect")
        axes.plot(sure, right, marker="o", label=f"expected calibration error {report.calibration_error:.3f}")
        axes.set_xlabel("confidence")
        axes.set_ylabel("accuracy")
        axes.legend()


def _draw_sizes(path: Path, card: ModelCard, report: EvaluationReport) -> None:
    with _figure(path, (5, 4)) as axes:
        axes.plot(list(report.by_size), list(report.by_size.values()), marker="o")
        axes.axvline(card.abstention.min_face_px, color="grey", linestyle="--", label="not read below")
        axes.set_xlabel("face width in pixels")
        axes.set_ylabel("accuracy")
        axes.legend()


@contextmanager
def _figure(path: Path, inches: tuple[float, float]) -> Iterator[Any]:
    """The axes of a figure, which is saved when the block ends; needs no window system."""
    from matplotlib.figure import Figure

    figure = Figure(inches, layout="constrained")
    yield figure.subplots()
    figure.savefig(path, dpi=100, metadata={"Software": None})
