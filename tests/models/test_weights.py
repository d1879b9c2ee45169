"""The shipped weights: checked before they are used."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from agent.errors import ModelError
from models.weights import FACE_DETECTION, checked, detector_path


@pytest.mark.parametrize("name", ["short_range", "full_range"])
def test_both_detectors_are_shipped_with_their_notice(name: str) -> None:
    path = detector_path(name)
    assert path.read_bytes()[4:8] == b"TFL3"
    assert path.name in (FACE_DETECTION / "NOTICE").read_text(encoding="utf-8")


def test_an_unknown_detector_is_named_with_the_known_ones() -> None:
    with pytest.raises(ModelError, match=r"'medium'.*short_range, full_range"):
        detector_path("medium")


@pytest.mark.parametrize(
    "change", [lambda content: content[:-1], lambda content: b"\0" + content[1:], lambda _: b""]
)
def test_an_altered_detector_is_refused(tmp_path: Path, change) -> None:  # type: ignore[no-untyped-def]
    folder = tmp_path / "face_detection"
    shutil.copytree(FACE_DETECTION, folder)
    path = folder / "face_detection_short_range.tflite"
    path.write_bytes(change(path.read_bytes()))
    with pytest.raises(ModelError, match=r"face_detection_short_range.tflite was altered.*sha256"):
        detector_path("short_range", folder)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"gone.tflite cannot be read"):
        checked(tmp_path / "gone.tflite", "0" * 64)


def test_a_broken_detector_card_is_named(tmp_path: Path) -> None:
    (tmp_path / "model.json").write_text('{"origin": 3}', encoding="utf-8")
    with pytest.raises(ModelError, match=r"model.json is no detector card.*origin"):
        detector_path("short_range", tmp_path)
