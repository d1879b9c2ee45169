"""A shipped model as a checkpoint again: it answers as the file does, and training can begin with it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch

from agent.errors import ModelError
from models.__main__ import main
from models.checkpoint import load_checkpoint
from models.ensemble import assemble
from models.labelled import Faces
from models.predict import predict
from models.recover import recover
from models.runtime import load_classifier, softmax
from models.settings import read_settings
from models.train import train
from models.weights import EXPRESSION
from tests.models.samples import pictures


@pytest.fixture(scope="module")
def recovered(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("recovered") / "runs" / "shipped.pt"
    assert main(["recover", "--data", str(data), "--out", str(out)]) == 0
    return out


def test_it_answers_as_the_file_does(recovered: Path) -> None:
    faces = Faces(pictures(200), np.zeros(200, np.int64), None, "pictures")
    network, arch = assemble([recovered, recovered])
    assert arch == "student + student"
    with load_classifier() as shipped:
        card = shipped.card
        told = shipped.classify(faces.pixels[..., None])
    answers = softmax(predict(network, faces) / card.temperature)
    assert (answers.argmax(1) == told.argmax(1)).mean() >= 0.95
    assert np.abs(answers - told).mean() < 0.01


def test_training_begins_with_its_weights(recovered: Path, data: Path, tmp_path: Path) -> None:
    flags = {"data": str(data), "out": str(tmp_path / "run"), "start": str(recovered), "workers": 1}
    train(read_settings(None, flags | {"epochs": 0.3, "batch": 16, "rate": 1e-9}))
    before = load_checkpoint(recovered)["average"]
    after = load_checkpoint(tmp_path / "run" / "last.pt", "student")["average"]
    kernels = [key for key, value in before.items() if value.ndim > 1]
    assert len(kernels) == 14
    for key in kernels:
        torch.testing.assert_close(after[key], before[key], atol=1e-6, rtol=1e-4)


def test_a_start_of_another_architecture_is_refused(recovered: Path, data: Path, tmp_path: Path) -> None:
    flags = {"data": str(data), "out": str(tmp_path / "run"), "start": str(recovered), "arch": "mobilenet"}
    with pytest.raises(ModelError, match="holds a 'student', not 'mobilenet'"):
        train(read_settings(None, flags))
    assert not (tmp_path / "run").exists()


def test_only_students_are_recovered(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "model"
    shutil.copytree(EXPRESSION, folder)
    card = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    card["architecture"] = "plain"
    (folder / "model.json").write_text(json.dumps(card), encoding="utf-8")
    out = tmp_path / "one.pt"
    assert main(["recover", str(folder), "--data", str(data), "--out", str(out)]) == 2
    assert "only a student can be recovered" in capsys.readouterr().err
    assert not out.exists()
    with pytest.raises(ModelError, match="absent"):
        recover(tmp_path / "absent", data, out)
