"""Train, quantise, evaluate: the real thing, small, on faces that are easy to tell apart."""

from __future__ import annotations

import hashlib
import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import cv2
import numpy as np
import psutil
import pytest
import torch
from numpy.typing import NDArray
from rich.progress import Progress
from torch import nn

from agent.errors import ModelError
from models import quantize as quantizing
from models.__main__ import main
from models.architectures import build
from models.card import load_card
from models.checkpoint import RUN_KEYS, load_checkpoint, load_teachers
from models.data import load
from models.predict import predict
from models.quantize import Converted, convert, draft_card, quantize
from models.runtime import LiteRTClassifier, load_classifier, softmax
from models.settings import read_settings
from models.train import train
from models.weights import EXPRESSION


@pytest.fixture(scope="module")
def trained(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a short real run, stopped and resumed, from then on with two workers."""
    out = tmp_path_factory.mktemp("run")
    settings = {"data": str(data), "out": str(out), "period": 2, "realism": 0.2}
    train(read_settings(None, settings | {"epochs": 1.1, "workers": 1, "batch": 30}))
    train(read_settings(None, settings | {"epochs": 4, "workers": 2, "batch": 15, "resume": True}))
    return out


@pytest.fixture(scope="module")
def converted() -> list[tuple[nn.Module, Converted]]:
    """What the module's ``quantize`` converted last: a conversion takes 5 s, and twice it gives the same."""
    return []


@pytest.fixture(scope="module")
def shipped(
    trained: Path,
    data: Path,
    converted: list[tuple[nn.Module, Converted]],
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    """The folder of that run's INT8 model; so small a run may lose any number of points."""
    out = tmp_path_factory.mktemp("model")

    def keep(model: nn.Module, faces: NDArray[np.float32]) -> Converted:
        converted.append((model, convert(model, faces)))
        return converted[-1][1]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(quantizing, "MOST_LOST", 1.0)
        patch.setattr(quantizing, "convert", keep)
        assert main(["quantize", str(trained / "last.pt"), "--data", str(data), "--out", str(out)]) == 0
    return out


def test_training_leaves_a_log_and_a_checkpoint(trained: Path) -> None:
    lines = [json.loads(line) for line in (trained / "log.jsonl").read_text().splitlines()]
    assert lines[-1]["loss"] < lines[0]["loss"]
    assert lines[-1]["progress"] >= 1
    assert load_checkpoint(trained / "last.pt", "student")["step"] == 28
    assert not list(trained.glob("rendezvous*"))
    assert not list(trained.glob("*.partial"))


def test_a_run_is_resumed_where_it_ended(trained: Path) -> None:
    epochs = [json.loads(line)["epoch"] for line in (trained / "log.jsonl").read_text().splitlines()]
    # Copies meet every second step and epochs have seven, so the first run reached into epoch 1.
    assert epochs == [0, 1, 1, 2, 3]


def test_the_loss_is_that_of_the_steps_done(trained: Path) -> None:
    """Epoch 1 was broken off after one step of seven, and gone on with at its second."""
    losses = [json.loads(line)["loss"] for line in (trained / "log.jsonl").read_text().splitlines()]
    assert min(losses) > 0.8 * losses[-1]


def test_a_student_learns_what_its_teachers_say(trained: Path, data: Path, tmp_path: Path) -> None:
    """Targets are the teachers' answers alone here: whoever learns them agrees with them on unseen faces."""
    flags = {"data": str(data), "out": str(tmp_path), "workers": 1, "batch": 30, "epochs": 6}
    taught = {"teachers": [str(trained / "last.pt")], "teacher_share": 1.0, "seed": 3, "realism": 0.0}
    train(read_settings(None, flags | taught))
    public = load(data, "public")
    teacher, student = (
        predict(load_teachers([str(folder / "last.pt")])[0], public) for folder in (trained, tmp_path)
    )
    assert (teacher.argmax(1) == student.argmax(1)).mean() > 0.5
    assert not np.allclose(teacher, student)


def test_a_run_that_gets_no_better_stops_early(trained: Path, data: Path, tmp_path: Path) -> None:
    flags = {"data": str(data), "out": str(tmp_path), "workers": 1, "batch": 30, "epochs": 600}
    train(read_settings(None, flags | {"rate": 1e-9, "patience": 1}))
    lines = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    assert [line["epoch"] for line in lines if "accuracy" in line][:2] == [5, 11]
    assert lines[-1]["epoch"] == 12


def test_a_checkpoint_of_another_architecture_is_named(trained: Path) -> None:
    with pytest.raises(ModelError, match="holds a 'student', not 'vgg'"):
        load_checkpoint(trained / "last.pt", "vgg")


def test_a_damaged_checkpoint_is_named(tmp_path: Path) -> None:
    (tmp_path / "last.pt").write_bytes(b"half a checkpoint")
    with pytest.raises(ModelError, match=r"last.pt is no readable checkpoint"):
        load_checkpoint(tmp_path / "last.pt")
    with pytest.raises(ModelError, match="check the path$"):
        load_checkpoint(tmp_path / "gone.pt")
    with pytest.raises(ModelError, match="check the path; `train` without"):
        load_checkpoint(tmp_path / "gone.pt", keys=RUN_KEYS)


def test_the_bar_follows_a_run_within_an_epoch_and_from_where_it_was_left(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[float] = []
    monkeypatch.setattr(Progress, "update", lambda _, task, *, completed, **rest: told.append(completed))
    flags = {"data": str(data), "out": str(tmp_path), "workers": 1, "batch": 15, "period": 1}
    train(read_settings(None, flags | {"epochs": 0.5}))
    assert len(told) > 3
    told.clear()
    train(read_settings(None, flags | {"epochs": 1, "resume": True}))
    assert told[0] == pytest.approx(0.5, abs=0.2)


def test_the_int8_model_has_integer_borders_and_a_true_checksum(shipped: Path) -> None:
    with load_classifier(shipped) as classifier:
        assert classifier._input["dtype"] == np.int8
        assert classifier._output["dtype"] == np.int8
        weights = (shipped / "expression.tflite").read_bytes()
        assert classifier.card.sha256 == hashlib.sha256(weights).hexdigest()
    assert not list(shipped.glob(".*"))


@pytest.mark.usefixtures("shipped")
def test_int8_reads_as_float_does(data: Path, converted: list[tuple[nn.Module, Converted]]) -> None:
    faces = load(data, "public")
    model, made = converted[-1]
    card = draft_card("student", "student", model, made.int8, load_card(EXPRESSION).framing)
    expected = softmax(predict(model, faces))
    assert np.ptp(expected) > 0.5, "the network says nothing"
    with LiteRTClassifier(card, made.int8) as integer, LiteRTClassifier(card, made.real) as real:
        np.testing.assert_allclose(real.classify(faces.pixels[..., None]), expected, atol=1e-4)
        off = np.abs(integer.classify(faces.pixels[..., None]) - expected)
        assert off.max() < 0.03
    assert len(made.int8) < len(made.real) / 3


@pytest.mark.usefixtures("shipped")
def test_too_great_a_loss_leaves_the_old_model(
    trained: Path,
    data: Path,
    converted: list[tuple[nn.Module, Converted]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (tmp_path / "model.json").write_text("the old card")
    monkeypatch.setattr(quantizing, "MOST_LOST", -1.0)
    monkeypatch.setattr(quantizing, "convert", lambda *_: converted[-1][1])
    with pytest.raises(ModelError, match="INT8 loses .* nothing was written"):
        quantize([trained / "last.pt"], data, tmp_path)
    assert [(file.name, file.read_text()) for file in tmp_path.iterdir()] == [("model.json", "the old card")]


def test_evaluate_prints_one_json_object(
    shipped: Path, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["evaluate", str(shipped), "--data", str(data), "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    card = json.loads((shipped / "model.json").read_text())
    assert report["accuracy"] == pytest.approx(card["figures"]["accuracy"]["value"], abs=1e-4)
    assert report["by_size"]["48"] == report["accuracy"]
    assert sum(map(sum, report["confusion"])) == report["faces"] == 70


def test_evaluate_prints_tables_and_writes_the_page(
    shipped: Path, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["evaluate", str(shipped), "--data", str(data), "--figures", str(tmp_path)]) == 0
    assert "expected calibration error" in capsys.readouterr().out
    text = (tmp_path / "MODEL_CARD.md").read_text(encoding="utf-8")
    # The figures are of these faces, and not of those that the shipped card tells of.
    assert "--data faces.npz --split public --json`" in text
    assert "fer2013.npz" not in text
    for name in ("confusion.png", "calibration.png", "sizes.png"):
        assert f"({name})" in text
        picture = cv2.imread(str(tmp_path / name))
        assert picture is not None
        assert picture.std() > 5


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["evaluate", "--data", "gone.npz"], "gone.npz"),
        (["evaluate", "nowhere", "--data", "DATA"], "model.json cannot be read"),
        (["evaluate", "--data", "DATA", "--split", "private"], "no split 'private'"),
        (["evaluate", "--data", "DATA", "--gallery", "-5"], "--gallery must be 0 or more, not -5"),
        (["train", "--data", "DATA", "--minutes", "-1"], "minutes must be 0 or more and finite, not -1"),
        (["train", "--data", "DATA", "--epochs", "nan"], "epochs must be over 0 and finite, not nan"),
        (["train", "--data", "DATA", "--arch", "resnet9000"], "no architecture 'resnet9000'"),
        (["train", "--data", "DATA", "--epochs", "-1"], "epochs must be over 0"),
        (["train", "--data", "DATA", "--teachers", "gone.pt"], "there is no gone.pt in"),
        (["train", "--data", "DATA", "--device", "tpu"], "device must be cpu or cuda, not 'tpu'"),
        (["train", "--data", "DATA", "--device", "cuda"], "add --workers 1"),
        (["quantize", "gone.pt", "--data", "DATA", "--out", "x"], "there is no gone.pt in"),
    ],
)
def test_a_mistake_ends_with_2_and_says_what_is_wrong(
    arguments: list[str], message: str, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(data) if part == "DATA" else part for part in arguments]) == 2
    assert message in capsys.readouterr().err


@pytest.mark.parametrize("command", ["train", "quantize", "evaluate", "compare"])
def test_flags_are_taken_by_their_whole_name_only(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main([command, "--dat", "faces.npz"])
    assert "are required:" in (said := capsys.readouterr().err)
    assert "--data" in said.partition("are required:")[2]


def test_the_student_is_small_enough() -> None:
    student = build("student")
    assert sum(parameter.numel() for parameter in student.parameters()) < 1_000_000
    assert isinstance(student, nn.Module)
    assert student.eval()(torch.zeros(3, 1, 48, 48)).shape == (3, 7)


INTERRUPTIBLE = """
import signal, sys
from models.__main__ import main
signal.signal(signal.SIGINT, signal.default_int_handler)
sys.exit(main())
"""
"""The command where Ctrl-C counts even if whoever runs the tests has it ignored, as in the background."""


@pytest.mark.parametrize(
    ("start", "end", "count"),
    [(("-c", INTERRUPTIBLE), signal.SIGINT, 2), (("-m", "models"), signal.SIGTERM, 1)],
)
def test_ctrl_c_and_kill_end_training_and_its_workers_and_keep_the_last_epoch(
    start: tuple[str, str], end: signal.Signals, count: int, data: Path, tmp_path: Path
) -> None:
    """Both signals take one way out; that workers end with it is shown once, as their start takes 3 s."""
    command = [sys.executable, *start, "train", "--data", str(data), "--out", str(tmp_path)]
    command += ["--workers", str(count), "--batch", str(30 // count)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as run:
        while not (tmp_path / "last.pt").exists():
            assert run.poll() is None, run.communicate()
            time.sleep(0.05)
        workers = psutil.Process(run.pid).children(recursive=True)
        assert len(workers) >= (count if count > 1 else 0)
        run.send_signal(end)
        _, said = run.communicate(timeout=60)
    assert run.returncode == 130, said
    assert "--resume" in said
    assert not psutil.wait_procs(workers, timeout=30)[1]
    assert load_checkpoint(tmp_path / "last.pt", "student")["step"] >= 7


def test_blended_faces_are_learnt_with_blended_targets(data: Path, tmp_path: Path) -> None:
    flags = {"data": str(data), "out": str(tmp_path), "batch": 15, "period": 2, "workers": 1, "epochs": 1}
    train(read_settings(None, flags | {"realism": 0.0, "mixup": 0.4}))
    plain = tmp_path / "plain"
    train(read_settings(None, flags | {"realism": 0.0, "out": str(plain)}))
    losses = [
        json.loads((out / "log.jsonl").read_text().splitlines()[0])["loss"] for out in (tmp_path, plain)
    ]
    # The runs are the same but for the blending, which no epoch survives unchanged.
    assert losses[0] != losses[1]
    assert load_checkpoint(tmp_path / "last.pt", "student")["step"] == 14
