"""Evaluates the shipped model: every figure comes from the ``.tflite`` file that the agent runs."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from rich.box import SIMPLE
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from agent.errors import DataError
from agent.values import LABELS
from models.card import CROP
from models.gallery import GalleryReport
from models.labelled import Faces
from models.metrics import (
    LabelScore,
    accuracy,
    calibration_error,
    confusion,
    label_scores,
    macro_f1,
    reliability,
    wilson,
)
from models.runtime import Classifier

FACE_SIDES = (16, 18, 20, 24, 28, 32, 40)
"""Sides in pixels to which faces are reduced for the accuracy curve; the original size is 48."""

ENOUGH = 100
"""Minimum number of faces for certain figures; the interval of 0.75 over 100 faces is 0.17 wide."""

LISTED = 10
"""Maximum number of unreadable pictures that are listed on the screen."""


@dataclass(frozen=True)
class EvaluationReport:
    """The results of an evaluation; ``confusion`` rows are true labels, ``by_size`` maps pixels to accuracy.

    ``skipped`` counts the unreadable pictures, which ``unreadable`` names; ``left_out`` counts the pictures
    of other labels than LABELS. ``macro_f1`` is the mean over the ``averaged`` labels that the data has.
    """

    model: str
    sha256: str
    data: str
    faces: int
    skipped: int
    unreadable: tuple[str, ...]
    left_out: dict[str, int]
    accuracy: float
    macro_f1: float
    averaged: int
    calibration_error: float
    labels: dict[str, LabelScore]
    confusion: list[list[int]]
    calibration: list[tuple[float, float, int]]
    by_size: dict[int, float]
    gallery: GalleryReport | None = None

    def as_dict(self) -> dict[str, Any]:
        """The report as plain values for JSON."""
        return asdict(self)


def evaluate(classifier: Classifier, faces: Faces) -> EvaluationReport:
    """Evaluate on all faces, also reduced to each of FACE_SIDES; raises DataError if there are none."""
    if not len(faces):
        raise DataError(f"{faces.origin} holds no face to evaluate on")
    scores = read_faces(classifier, faces)
    matrix = confusion(scores, faces.labels)
    by_size = {
        side: accuracy(classifier.classify(shrunk(faces.pixels, side)), faces.labels) for side in FACE_SIDES
    }
    by_size[CROP] = accuracy(scores, faces.labels)
    labels = label_scores(matrix)
    return EvaluationReport(
        model=classifier.card.name,
        sha256=classifier.card.sha256,
        data=faces.origin,
        faces=len(faces),
        skipped=len(faces.skipped),
        unreadable=faces.skipped,
        left_out=dict(faces.left_out),
        accuracy=by_size[CROP],
        macro_f1=macro_f1(matrix),
        averaged=sum(label.count > 0 for label in labels.values()),
        calibration_error=calibration_error(scores, faces.labels),
        labels=labels,
        confusion=matrix.tolist(),
        calibration=reliability(scores, faces.labels),
        by_size=by_size,
    )


def read_faces(classifier: Classifier, faces: Faces) -> NDArray[np.float32]:
    """The classifier's probabilities (N, 7) for all faces."""
    return classifier.classify(faces.pixels[..., None])


def shrunk(pixels: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    """Faces uint8 (N, 48, 48) reduced to ``side`` pixels by area and enlarged again, as crops (N, 48, 48, 1).

    Uses OpenCV, as the agent does for crops, and not the interpolation of the training.
    """
    out = np.empty((*pixels.shape, 1), np.uint8)
    for index, face in enumerate(pixels):
        small = cv2.resize(face, (side, side), interpolation=cv2.INTER_AREA)
        out[index, ..., 0] = cv2.resize(small, face.shape[::-1], interpolation=cv2.INTER_LINEAR)
    return out


def show(report: EvaluationReport, console: Console) -> None:
    """Print a report as tables."""
    console.print(
        f"[bold]{escape(report.model)}[/bold] on {escape(report.data)}: {report.faces} faces, "
        f"{report.skipped} skipped"
    )
    _show_missing(report, console)
    low, high = wilson(round(report.accuracy * report.faces), report.faces)
    console.print(
        f"accuracy {report.accuracy:.4f} (95 % interval {low:.2f} to {high:.2f})   "
        f"macro-F1 {report.macro_f1:.4f} (over {report.averaged} of {len(LABELS)} labels)\n"
        f"expected calibration error {report.calibration_error:.4f}"
    )
    if report.faces < ENOUGH:
        console.print(f"Fewer than {ENOUGH} faces: no figure here is certain.", highlight=False)
    matrix = Table("true \\ read", *LABELS, box=SIMPLE)
    labels = Table("label", "precision", "recall", "F1", "faces", box=SIMPLE)
    for name, row in zip(LABELS, report.confusion, strict=True):
        label = report.labels[name]
        # Nothing was measured for a label without faces in the data.
        if label.count == 0:
            continue
        matrix.add_row(name, *map(str, row))
        labels.add_row(name, *map(written, (label.precision, label.recall, label.f1)), str(label.count))
    console.print(matrix, labels)
    curve = Table("pixels", *map(str, report.by_size), box=SIMPLE)
    curve.add_row("accuracy", *(f"{right:.3f}" for right in report.by_size.values()))
    console.print(curve)
    if report.gallery is not None:
        found = report.gallery
        console.print(
            f"in galleries: {found.found:.3f} of {found.faces} faces found; accuracy on these "
            f"{found.accuracy:.4f}, directly {found.direct:.4f}"
        )


def written(figure: float | None) -> str:
    """A figure with three decimals; a dash for one that was not measured."""
    return "-" if figure is None else f"{figure:.3f}"


def _show_missing(report: EvaluationReport, console: Console) -> None:
    for name in report.unreadable[:LISTED]:
        console.print(f"not readable: {name}", markup=False)
    if report.skipped > LISTED:
        console.print(f"and {report.skipped - LISTED} more; --json lists all")
    for label, count in report.left_out.items():
        if count:
            pictures = f"{count} picture{'' if count == 1 else 's'} of {label}"
            console.print(f"left out: {pictures}, which is not one of the seven", markup=False)
