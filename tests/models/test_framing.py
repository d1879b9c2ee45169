"""Measuring how the training faces are framed."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import msgspec
import numpy as np
import pytest
from numpy.typing import NDArray

from agent.classroom.scene import Shown, random_class
from agent.classroom.video import draw_video
from agent.errors import DataError
from agent.faces.crops import KEYPOINTS, WIDER, Framing, placement
from agent.faces.detector import MediaPipeFaceFinder
from models.card import FaceFraming, load_card
from models.data import load_archive
from models.framing import main, measure, summarize
from models.weights import EXPRESSION, detector_path
from tests.paths import FER2013, ROOT, need

SHIPPED = ROOT / "models/weights/expression/framing.json"


def drawn_rows(shift: int = 0) -> NDArray[np.uint8]:
    """Drawn faces that fill a grey square, as training faces do; moved right by ``shift`` of 48 pixels."""
    rows = []
    for who in random_class(2, 12):
        picture, face = draw_video(Shown(who), (640, 360))
        side = round(face.height * 1.1)
        left = round(face.centre[0] - side / 2 - shift * side / 48)
        top = round(face.centre[1] - side / 2)
        square = picture[top : top + side, left : left + side]
        grey = cv2.cvtColor(square, cv2.COLOR_RGB2GRAY)
        rows.append(np.asarray(cv2.resize(grey, (48, 48), interpolation=cv2.INTER_AREA), np.uint8))
    return np.stack(rows)


def test_faces_are_measured_where_they_are() -> None:
    keypoints, widths = measure(drawn_rows(), detector_path())
    moved, _ = measure(drawn_rows(4), detector_path())
    assert len(keypoints) >= 8
    assert 0.5 < np.median(widths) < 1.1
    shift = np.median(moved, axis=0) - np.median(keypoints, axis=0)
    assert shift[:, 0] == pytest.approx(4 / 48, abs=0.03)
    assert shift[:, 1] == pytest.approx(0, abs=0.03)


def test_the_summary_is_the_same_for_mirrored_faces() -> None:
    rng = np.random.default_rng(0)
    faces = Framing.of(load_card(EXPRESSION).framing).keypoints + rng.normal(0, 0.05, (200, 6, 2)) + (0.04, 0)
    card = summarize(faces, np.full(200, 0.8))
    points = {name: np.array(card[name]) for name in KEYPOINTS}
    assert points["right_eye"] * (-1, 1) + (1, 0) == pytest.approx(points["left_eye"], abs=1e-4)
    assert points["nose"][0] == pytest.approx(0.5, abs=1e-4)
    assert card["box"] == 0.8
    assert card["faces"] == 200


def test_rows_without_faces_are_refused() -> None:
    noise = np.random.default_rng(0).integers(0, 255, (5, 48, 48), np.uint8)
    with pytest.raises(DataError, match="5 rows"):
        measure(noise, detector_path())


def test_the_command_writes_a_framing_that_can_be_loaded(tmp_path: Path) -> None:
    rows = drawn_rows()
    data, out = tmp_path / "my faces.npz", tmp_path / "made" / "framing.json"
    split = np.array(["train"] * 10 + ["public"] * 2)
    np.savez(data, pixels=rows, label=np.zeros(12, np.int64), split=split)
    assert main(["--data", str(data), "--detector", str(detector_path()), "--out", str(out)]) == 0
    card = json.loads(out.read_text())
    assert card["rows"] == 10
    flags = f"--data 'my faces.npz' --rows 4000 --detector {detector_path().name}"
    assert card["command"] == f"python -m models.framing {flags}"
    assert [file.name for file in out.parent.iterdir()] == ["framing.json"]
    assert msgspec.json.decode(out.read_bytes(), type=FaceFraming).box > 0.5


def test_what_cannot_be_measured_is_one_line_and_exit_code_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, other = tmp_path / "framing.json", tmp_path / "other.npz"
    np.savez(other, faces=np.zeros(3))
    for data, rows, message in (
        (tmp_path / "absent.npz", 5, "absent.npz"),
        (other, 5, "other.npz lacks an array"),
        (other, -5, "--rows must be 1 or more, not -5"),
    ):
        assert main(["--data", str(data), "--rows", str(rows), "--out", str(out)]) == 2
        said = capsys.readouterr().err
        assert message in said
        assert said.count("\n") == 1
    assert not out.exists()


def test_the_shipped_framing_is_what_the_training_faces_give() -> None:
    card = summarize(*measure(load_archive(need(FER2013), "train").pixels[:400], detector_path()))
    measured = np.array([card[name] for name in KEYPOINTS])
    assert measured == pytest.approx(Framing.of(load_card(EXPRESSION).framing).keypoints, abs=0.02)


def test_a_training_face_is_cut_where_its_own_picture_was() -> None:
    framing, side, offset = Framing.of(load_card(EXPRESSION).framing), 120, 60
    sides, middles = [], []
    with MediaPipeFaceFinder() as finder:
        for row in load_archive(need(FER2013), "train").pixels[:120]:
            large = cv2.resize(row, (side, side), interpolation=cv2.INTER_CUBIC)
            tile = cv2.copyMakeBorder(large, 30, 30, offset, offset, cv2.BORDER_REPLICATE)
            face = finder.find([np.asarray(tile, np.uint8)[..., None].repeat(3, axis=2)])[0]
            if face is not None and face.confidence > 0.7:
                a, b = placement(face, framing)
                sides.append(abs(a) / side)
                middles.append((a * (0.5 + 0.5j) + b - (offset + 30j)) / side)
    assert len(sides) > 60
    assert np.median(sides) == pytest.approx(WIDER, abs=0.05)
    assert np.median(np.real(middles)) == pytest.approx(0.5, abs=0.03)
    assert np.median(np.imag(middles)) == pytest.approx(0.5, abs=0.03)
