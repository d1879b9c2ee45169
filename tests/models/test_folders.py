"""Folders of pictures, whole and broken."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Mapping
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from agent.errors import DataError
from agent.values import LABELS
from models.__main__ import main
from models.data import load
from tests.models.samples import pictures

GREY = cv2.resize(pictures(1)[0], (90, 120), interpolation=cv2.INTER_CUBIC)
"""One grey picture (120, 90) of which every other file below is a form."""
COLOUR = Image.fromarray(np.stack([GREY] * 3, axis=2))


def saved(picture: Image.Image, form: str, **options: object) -> bytes:
    file = io.BytesIO()
    picture.save(file, form, **options)
    return file.getvalue()


def deep(suffix: str) -> bytes:
    return cv2.imencode(suffix, GREY.astype(np.uint16) * 257)[1].tobytes()


def turned() -> bytes:
    """The picture lying on its side, with the note that it does."""
    exif = Image.Exif()
    exif[0x112] = 6
    return saved(COLOUR.rotate(90, expand=True), "JPEG", quality=95, exif=exif)


FORMS: Mapping[str, bytes] = {
    "colour.png": saved(COLOUR, "PNG"),
    "large.PNG": saved(COLOUR.resize((200, 300)), "PNG"),
    "grey.jpg": saved(COLOUR.convert("L"), "JPEG", quality=95),
    "cmyk.jpeg": saved(COLOUR.convert("CMYK"), "JPEG", quality=95),
    "turned.jpg": turned(),
    "rgba.png": saved(COLOUR.convert("RGBA"), "PNG"),
    "grey and alpha.png": saved(COLOUR.convert("LA"), "PNG"),
    "animation.gif": saved(COLOUR, "GIF"),
    "16 bit.png": deep(".png"),
    "16 bit.tiff": deep(".tiff"),
    "picture.webp": saved(COLOUR, "WEBP", quality=95),
    "picture.bmp": saved(COLOUR, "BMP"),
    "picture.pgm": saved(COLOUR.convert("L"), "PPM"),
    "bilder früher.png": saved(COLOUR, "PNG"),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A data set with a picture under happy and one under angry."""
    for label in ("happy", "angry"):
        write(tmp_path / label / "face.png", FORMS["colour.png"])
    return tmp_path


def write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def expected() -> NDArray[np.int64]:
    return np.asarray(cv2.resize(GREY, (48, 48), interpolation=cv2.INTER_AREA), np.int64)


@pytest.mark.parametrize("name", FORMS)
def test_every_form_of_a_picture_is_the_same_face(name: str, tmp_path: Path) -> None:
    write(tmp_path / "happy" / name, FORMS[name])
    faces = load(tmp_path, "public")
    assert faces.skipped == ()
    assert np.abs(faces.pixels[0].astype(np.int64) - expected()).mean() < 4


@pytest.mark.parametrize("size", [(12, 12), (48, 48), (1, 1), (300, 20), (47, 200)])
def test_pictures_of_any_size_are_read(size: tuple[int, int], tmp_path: Path) -> None:
    write(tmp_path / "happy" / "face.png", saved(COLOUR.resize(size), "PNG"))
    assert load(tmp_path, "public").pixels.shape == (1, 48, 48)


def test_what_is_no_picture_is_named_and_skipped(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    write(folder / "happy" / "broken.jpg", b"no picture")
    write(folder / "happy" / "empty.png", b"")
    write(folder / "happy" / "half.png", FORMS["large.PNG"][:60])
    write(folder / "happy" / "notes.txt", b"not a picture")
    write(folder / "happy" / "float.tiff", saved(Image.fromarray(GREY / np.float32(255)), "TIFF"))
    (folder / "happy" / "folder.png").mkdir()
    faces = load(folder, "public")
    assert len(faces) == 2
    named = ("broken.jpg", "empty.png", "float.tiff", "folder.png", "half.png")
    assert faces.skipped == tuple(f"happy/{name}" for name in named)
    # Image libraries complain on stderr by themselves.
    assert capfd.readouterr().err == ""


def test_the_command_lists_what_was_skipped_and_left_out(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for index in range(12):
        write(folder / "happy" / f"broken{index:02}.jpg", b"no picture")
    write(folder / "contempt" / "face.png", FORMS["colour.png"])
    assert main(["evaluate", "--data", str(folder)]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "2 faces, 12 skipped" in said
    assert "not readable: happy/broken00.jpg" in said
    assert "broken11.jpg" not in said
    assert "and 2 more" in said
    assert "left out: 1 picture of contempt" in said
    # Labels that no picture has were not measured, and do not count in the mean.
    assert "(over 2 of 7 labels)" in said
    assert "fear - - - 0" not in said
    assert re.search(r"accuracy [01]\.\d{4} \(95 % interval 0\.\d\d to [01]\.\d\d\)", said)
    assert "Fewer than 100 faces: no figure here is certain." in said
    assert main(["evaluate", "--data", str(folder), "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert len(report["unreadable"]) == report["skipped"] == 12
    assert report["left_out"] == {"contempt": 1}
    assert report["averaged"] == 2
    assert report["labels"]["fear"] == {"precision": None, "recall": None, "f1": None, "count": 0}


def test_a_folder_keeps_the_brackets_of_its_name(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = tmp_path / "faces [red]"
    write(data / "happy" / "face.png", FORMS["colour.png"])
    assert main(["evaluate", "--data", str(data)]) == 0
    assert "on faces [red], face found" in " ".join(capsys.readouterr().out.split())


def test_labels_may_have_other_names(tmp_path: Path) -> None:
    for name in ("Happiness", "2_Sadness", "anger", "contempt"):
        write(tmp_path / name / "deeper" / "face.png", FORMS["colour.png"])
    faces = load(tmp_path, "public")
    assert sorted(LABELS[label] for label in faces.labels) == ["angry", "happy", "sad"]
    assert faces.left_out == {"contempt": 1}


def test_labels_may_be_numbers(tmp_path: Path) -> None:
    for number in range(1, 8):
        write(tmp_path / str(number) / "face.png", FORMS["colour.png"])
    assert [LABELS[label] for label in load(tmp_path, "public").labels] == [
        *("surprise", "fear", "disgust", "happy", "sad", "angry", "neutral")
    ]


@pytest.mark.parametrize("names", [("train", "public"), ("Training", "PublicTest"), ("train", "test")])
def test_a_folder_may_have_splits(names: tuple[str, str], tmp_path: Path) -> None:
    for split, level in zip(names, (10, 200), strict=True):
        write(tmp_path / split / "happy" / "a.png", saved(Image.new("L", (48, 48), level), "PNG"))
    assert load(tmp_path, "public").pixels.max() == 200
    assert load(tmp_path, "train").pixels.max() == 10
    assert names[1] in load(tmp_path, "public").origin


def test_a_split_that_is_not_there_is_named_with_those_that_are(tmp_path: Path) -> None:
    for split in ("Train", "Test"):
        write(tmp_path / split / "happy" / "a.png", FORMS["colour.png"])
    assert "split Train" in load(tmp_path, "Train").origin
    with pytest.raises(DataError, match="no split 'tset': its splits are Test, Train"):
        load(tmp_path, "tset")


def test_what_other_programs_leave_beside_the_pictures_is_passed_over(folder: Path) -> None:
    for name in (".git", ".ipynb_checkpoints", "__MACOSX/happy", "happy/.ipynb_checkpoints"):
        write(folder / name / "copy.png", FORMS["colour.png"])
    write(folder / "happy" / "._face.png", b"a resource fork")
    faces = load(folder, "public")
    assert (len(faces), faces.skipped) == (2, ())


def test_a_telephones_pictures_are_named_where_they_cannot_be_read(folder: Path) -> None:
    write(folder / "happy" / "photo.HEIC", b"ftypheic")
    assert load(folder, "public").skipped == ("happy/photo.HEIC",)


def test_unfit_folders_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(DataError, match="no label/picture"):
        load(tmp_path, "public")
    write(tmp_path / "happy" / "face.png", b"")
    with pytest.raises(DataError, match="no readable picture"):
        load(tmp_path, "public")
    (tmp_path / "bored").mkdir()
    assert main(["evaluate", "--data", str(tmp_path)]) == 2
    assert "'bored' is not named after a label" in " ".join(capsys.readouterr().err.split())
