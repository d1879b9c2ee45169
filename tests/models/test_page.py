"""The model card's page: each figure with its command, each label with its row, and the pictures it shows."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import pytest

from agent.values import LABELS
from models.card import load_card
from models.evaluate import EvaluationReport
from models.gallery import GalleryReport
from models.metrics import LabelScore
from models.page import PAGE_NAME, page, write_page
from models.weights import EXPRESSION

COMMAND = "python -m models evaluate --data faces.npz --split train --gallery 50"


@pytest.fixture
def report() -> EvaluationReport:
    return EvaluationReport(
        model="student",
        sha256="0" * 64,
        data="faces.npz",
        faces=70,
        skipped=0,
        unreadable=(),
        left_out={},
        accuracy=0.5,
        macro_f1=0.4,
        averaged=7,
        calibration_error=0.02,
        labels={name: LabelScore(0.25, 0.75, 0.375, 10) for name in LABELS},
        confusion=[[10 if row == column else 0 for column in range(7)] for row in range(7)],
        calibration=[(0.3, 0.2, 30), (0.8, 0.7, 40)],
        by_size={24: 0.45, 48: 0.5},
    )


def test_each_figure_stands_there_with_its_command(report: EvaluationReport) -> None:
    card = load_card(EXPRESSION)
    text = page(card, report, COMMAND)
    for name, figure in card.figures.items():
        assert f"| {name.replace('_', ' ')} | {figure.value:.4f} | `{figure.command}` |" in text
    assert all(f"| {name} | 10 | 0.250 | 0.750 | 0.375 |" in text for name in LABELS)
    assert "| 24 px | 0.450 |\n| 48 px | 0.500 |\n" in text
    assert card.sha256 in text


def test_what_was_not_measured_is_a_dash(report: EvaluationReport) -> None:
    labels = {**report.labels, "fear": LabelScore(None, None, None, 0)}
    assert "| fear | 0 | - | - | - |" in page(
        load_card(EXPRESSION), dataclasses.replace(report, labels=labels), COMMAND
    )


def test_galleries_are_named_only_where_they_were_read(report: EvaluationReport) -> None:
    card = load_card(EXPRESSION)
    assert (
        "gallery tiles"
        not in page(card, report, COMMAND).partition("## Every figure")[0].partition("## On")[2]
    )
    read = dataclasses.replace(
        report, gallery=GalleryReport(faces=50, found=0.98, accuracy=0.66, direct=0.68)
    )
    said = "0.980 of 50 faces are found; the accuracy on these is 0.660, and 0.680 without the gallery."
    assert said in page(card, read, COMMAND)
    assert f"Measured by `{COMMAND}`." in page(card, read, COMMAND)


def test_the_pictures_it_shows_are_written_beside_it(report: EvaluationReport, tmp_path: Path) -> None:
    write_page(tmp_path / "new", load_card(EXPRESSION), report, COMMAND)
    text = (tmp_path / "new" / PAGE_NAME).read_text(encoding="utf-8")
    shown = set(re.findall(r"!\[[^]]*\]\(([^)]+)\)", text))
    assert shown == {path.name for path in (tmp_path / "new").iterdir()} - {PAGE_NAME}
