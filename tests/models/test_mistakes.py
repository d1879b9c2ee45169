"""Every mistake and every damaged file through the command: named, exit code 2, nothing half-written."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from models import quantize as quantizing
from models.__main__ import main
from models.architectures import build
from models.weights import EXPRESSION
from tests.models.samples import pictures, write_data

ROW = " ".join(["7"] * 48 * 48)
HEADER = "emotion,pixels,Usage"


def table(*rows: str, header: str = HEADER) -> Callable[[Path], Path]:
    def write(folder: Path) -> Path:
        path = folder / "fer2013.csv"
        path.write_text("\n".join((header, *rows)) + "\n")
        return path

    return write


def archive(cut: int | None = None, **changed: object) -> Callable[[Path], Path]:
    def write(folder: Path) -> Path:
        path = write_data(folder / "faces.npz", 28)
        with np.load(path) as data:
            arrays = {**data, **changed}
        np.savez(path, **{name: array for name, array in arrays.items() if array is not None})
        path.write_bytes(path.read_bytes()[:cut])
        return path

    return write


def votes(content: str) -> Callable[[Path], Path]:
    def write(folder: Path) -> Path:
        (folder / "fer2013new.csv").write_text(content)
        return table(f"0,{ROW},PublicTest")(folder)

    return write


def labelled(*names: str) -> Callable[[Path], Path]:
    def write(folder: Path) -> Path:
        for name in names:
            (folder / "faces" / name).mkdir(parents=True)
            assert cv2.imwrite(str(folder / "faces" / name / "face.png"), pictures(1)[0])
        return folder / "faces"

    return write


def folder_of(*names: str) -> Callable[[Path], Path]:
    def write(folder: Path) -> Path:
        for name in names:
            (folder / "faces" / name).mkdir(parents=True)
            (folder / "faces" / name / "face.png").write_bytes(b"no picture")
        return folder / "faces"

    return write


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (table(f"0,{ROW},PublicTest", header="label,pixels,Usage"), "lacks the columns ['emotion']"),
        (table("0,1 2 3"), "line 2: the row is short"),
        (table("0,1 2 3,PublicTest"), "line 2: 3 pixels, wanted 2304"),
        (table(f"0,{ROW[:-1]}x,PublicTest"), "line 2: not numbers 0..255"),
        (table(f"0,{ROW[:-1]}999,PublicTest"), "line 2: not numbers 0..255"),
        (table(f"happy,{ROW},PublicTest"), "line 2: not numbers 0..255"),
        (table(f"9,{ROW},PublicTest"), "labels must be 0..6, not [9]"),
        (table(f"0,{ROW},Training"), "no row whose Usage is PublicTest"),
        (table(), "holds no row"),
        (votes("usage,neutral\n"), "fer2013new.csv lacks the columns"),
        (archive(cut=400), "is no readable .npz archive"),
        (archive(cut=0), "is no readable .npz archive"),
        (archive(label=None), "lacks an array"),
        (archive(pixels=np.zeros((28, 32, 32), np.uint8)), "faces must be uint8"),
        (archive(pixels=np.zeros((28, 48, 48), np.float32)), "faces must be uint8"),
        (archive(label=np.full(28, 7)), "labels must be 0..6, not [7]"),
        (archive(split=np.full(28, "train")), "no split 'public'; choose one of train"),
        (archive(ferplus_votes=np.zeros((28, 3))), "votes must be"),
        (folder_of("happy"), "holds no readable picture (1 unreadable)"),
        (folder_of("bored"), "'bored' is not named after a label"),
        (folder_of("1", "2"), "1 to 7 (RAF-DB)"),
        (folder_of(), "does not exist"),
        (lambda folder: folder / "gone[old].npz", "gone[old].npz"),
        (lambda folder: EXPRESSION / "framing.json", "is no .npz, no .csv and no folder"),
    ],
)
def test_unfit_data_is_named(
    data: Callable[[Path], Path], message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["evaluate", "--data", str(data(tmp_path))]) == 2
    said = capsys.readouterr()
    assert message in said.err
    assert "Traceback" not in said.err
    assert said.out == ""


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (archive(split=np.full(28, "train")), "no split 'public'; choose one of train"),
        (labelled("happy", "sad"), "has no splits, and a model must be measured on other faces"),
        (labelled("train/happy", "train/sad"), "has no split 'public': its splits are train"),
    ],
)
def test_training_needs_faces_to_measure_with_from_the_start(
    data: Callable[[Path], Path], message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "run"
    assert main(["train", "--data", str(data(tmp_path)), "--out", str(out), "--epochs", "0.1"]) == 2
    assert message in capsys.readouterr().err
    assert not out.exists()


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_data(tmp_path_factory.mktemp("data") / "faces.npz", 28)


def copied(folder: Path) -> Path:
    for name in ("model.json", "expression.tflite"):
        shutil.copy(EXPRESSION / name, folder)
    return folder


def card_with(folder: Path, **changed: object) -> None:
    path = copied(folder) / "model.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changed))


def half_downloaded(folder: Path) -> None:
    weights = copied(folder) / "expression.tflite"
    weights.write_bytes(weights.read_bytes()[:1000])


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (half_downloaded, "expression.tflite was altered or only partly written"),
        (lambda folder: (copied(folder) / "expression.tflite").unlink(), "expression.tflite cannot be read"),
        (lambda folder: (copied(folder) / "model.json").write_text("{"), "model.json"),
        (lambda folder: card_with(folder, sha256="0" * 64), "its card says 000"),
        (lambda folder: card_with(folder, labels=["angry"]), "are not this project's"),
        (
            lambda folder: card_with(
                folder, input={"shape": [64, 64, 1], "channels": "grey", "mean": 0.0, "scale": 1.0}
            ),
            "must be (48, 48, 1), the size that faces are cut to",
        ),
        (lambda folder: card_with(folder, temperature=0), "$.temperature"),
        (lambda folder: None, "model.json cannot be read"),
    ],
)
def test_a_model_that_is_not_what_its_card_says_is_named(
    spoil: Callable[[Path], object],
    message: str,
    data: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    spoil(tmp_path)
    for command in ("evaluate", "compare"):
        assert main([command, str(tmp_path), "--data", str(data)]) == 2
        said = capsys.readouterr().err
        assert message in said
        assert "Traceback" not in said


def half_a_checkpoint(path: Path) -> None:
    torch.save({"arch": "mobilenet", "average": build("mobilenet").state_dict()}, path)
    path.write_bytes(path.read_bytes()[:2000])


def foreign(path: Path) -> None:
    torch.save({"arch": "student", "average": build("mobilenet").state_dict()}, path)


@pytest.mark.parametrize(
    ("save", "message"),
    [
        (half_a_checkpoint, "is no readable checkpoint"),
        (foreign, "does not fit the architecture 'student'"),
        (lambda path: torch.save({"arch": "lenet", "average": {}}, path), "no architecture 'lenet'"),
        (lambda path: torch.save({"arch": "student", "average": [1]}, path), "does not fit"),
        (lambda path: torch.save({"state_dict": {}}, path), "it lacks arch, average"),
        (lambda path: torch.save([1, 2], path), "it lacks arch, average"),
        (lambda path: path.write_bytes(b""), "is no readable checkpoint"),
        (lambda path: path.write_text("# A page"), "a .pt file that train, average or recover wrote\n"),
        (lambda path: None, "there is no "),
    ],
)
def test_an_unfit_checkpoint_is_named_and_nothing_written(
    save: Callable[[Path], object],
    message: str,
    data: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    path, out = tmp_path / "last.pt", tmp_path / "out"
    save(path)
    for command in (
        ["quantize", str(path), "--data", str(data), "--out", str(out)],
        ["compare", str(path), "--data", str(data), "--out", str(out / "ZOO.md")],
        ["train", "--data", str(data), "--teachers", str(path), "--out", str(out)],
    ):
        assert main(command) == 2
        said = capsys.readouterr().err
        assert message in said
        assert "Traceback" not in said
        assert not out.exists()


def test_going_on_with_another_architecture_is_refused(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    torch.save({"arch": "mobilenet", "average": {}}, tmp_path / "last.pt")
    assert main(["train", "--data", str(data), "--out", str(tmp_path), "--resume"]) == 2
    assert "holds a 'mobilenet', not 'student': pass --arch mobilenet" in capsys.readouterr().err
    assert [file.name for file in tmp_path.iterdir()] == ["last.pt"]


def test_another_run_in_the_same_folder_is_refused(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its first epoch would replace the checkpoint of the run before, and one log would tell of both."""
    (tmp_path / "last.pt").write_bytes(b"a run of hours")
    assert main(["train", "--data", str(data), "--out", str(tmp_path)]) == 2
    assert "already has a run: continue it with --resume, or choose another --out" in capsys.readouterr().err
    assert [file.name for file in tmp_path.iterdir()] == ["last.pt"]
    assert (tmp_path / "last.pt").read_bytes() == b"a run of hours"


def test_going_on_from_a_network_without_its_run_is_refused(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    torch.save({"arch": "student", "average": build("student").state_dict(), "step": 3}, tmp_path / "last.pt")
    assert main(["train", "--data", str(data), "--out", str(tmp_path), "--resume"]) == 2
    assert "it lacks elapsed, measured, model, optimizer, syncs" in capsys.readouterr().err
    assert [file.name for file in tmp_path.iterdir()] == ["last.pt"]


def test_a_conversion_that_breaks_off_leaves_the_old_model(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whatever stops it, Ctrl-C too: the new weights are ready, the old ones stay with their card."""
    checkpoint, out = tmp_path / "last.pt", tmp_path / "out"
    torch.save({"arch": "student", "average": build("student").state_dict()}, checkpoint)
    out.mkdir()
    before = {file.name: file.read_bytes() for file in copied(out).iterdir()}

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    for part in ("convert", "measure"):
        with monkeypatch.context() as patch:
            patch.setattr(quantizing, part, interrupted)
            patch.setattr(quantizing, "_int8_accuracy", lambda *_: 1.0)
            if part == "measure":
                ready = quantizing.Converted(b"real", b"int8")
                patch.setattr(quantizing, "convert", lambda *_, ready=ready: ready)
            assert main(["quantize", str(checkpoint), "--data", str(data), "--out", str(out)]) == 130
        # Only a training run has something to resume.
        assert capsys.readouterr().err.endswith("stopped\n")
        assert {file.name: file.read_bytes() for file in out.iterdir()} == before


def test_a_place_that_cannot_be_written_is_named(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("here already")
    flags = ["--data", str(data)]
    for command in (
        ["evaluate", *flags, "--figures", str(tmp_path / "file")],
        ["compare", str(EXPRESSION), *flags, "--out", str(tmp_path / "file" / "ZOO.md")],
        ["train", *flags, "--out", str(tmp_path / "file")],
    ):
        assert main(command) == 2
        said = capsys.readouterr().err
        assert str(tmp_path / "file") in said
        assert "Traceback" not in said
    assert (tmp_path / "file").read_text() == "here already"


@pytest.mark.parametrize(
    ("command", "flag", "message"),
    [
        (["evaluate"], "--figures", "is no folder: name one"),
        (["compare", str(EXPRESSION)], "--out", "is a folder: name a file in it"),
        (["recover"], "--out", "is a folder: name a file in it"),
    ],
)
def test_a_folder_for_a_file_is_refused_before_the_data_is_read(
    command: list[str], flag: str, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = tmp_path / "place"
    place.touch() if flag == "--figures" else place.mkdir()
    assert main([*command, "--data", str(tmp_path / "gone.npz"), flag, str(place)]) == 2
    assert capsys.readouterr().err == f"error: {flag} {place} {message}\n"


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ("{", "is no JSON object of settings"),
        ("[1]", "is no JSON object of settings"),
        ('{"epoch": 3}', "no setting ['epoch']"),
        ('{"epochs": "three"}', "Expected `float`"),
        ('{"realism": 2}', "realism must be 0..1, not 2"),
        (None, "is no JSON object of settings"),
    ],
)
def test_unfit_settings_are_named(
    config: str | None, message: str, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, out = tmp_path / "config.json", tmp_path / "out"
    if config is not None:
        path.write_text(config)
    assert main(["train", "--data", str(data), "--config", str(path), "--out", str(out)]) == 2
    assert message in capsys.readouterr().err
    assert not out.exists()


def test_a_misspelt_command_is_named_with_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["evaluat"])
    assert "there is no command 'evaluat'; did you mean 'evaluate'?" in capsys.readouterr().err


def test_the_command_itself_ends_with_2_and_one_line(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "models", "evaluate", "--data", str(tmp_path / "gone.csv")]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert ended.returncode == 2
    assert ended.stdout == ""
    assert ended.stderr.count("\n") == 1
    assert "gone.csv" in ended.stderr


def test_without_the_training_packages_the_command_says_how_to_install_them(data: Path) -> None:
    hidden = "import sys; sys.modules['torch'] = None; from models.__main__ import main; "
    command = [sys.executable, "-c", hidden + "sys.exit(main(sys.argv[1:]))", "train", "--data", str(data)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert ended.returncode == 2
    assert "torch is not installed" in ended.stderr
    assert 'pip install ".[train]"' in ended.stderr
