"""Models side by side: a checkpoint and the shipped model, timed against a TFLite file."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from rich.console import Console

from agent.errors import ModelError
from models.__main__ import main
from models.architectures import build
from models.compare import COLUMNS, compare, show, write_table
from models.data import load
from models.entrants import arithmetic
from models.metrics import accuracy
from models.predict import predict
from models.runtime import load_runner, load_tflite, softmax
from models.weights import EXPRESSION

SHIPPED = EXPRESSION / "expression.tflite"


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run that was stopped after three epochs of 210 faces in batches of 15."""
    out = tmp_path_factory.mktemp("run")
    torch.manual_seed(0)
    state = build("dexpression").state_dict()
    torch.save({"arch": "dexpression", "average": state, "step": 42}, out / "last.pt")
    (out / "settings.json").write_text(json.dumps({"workers": 1, "batch": 15}))
    return out


@pytest.fixture(scope="module")
def rows(run: Path, data: Path) -> list[dict[str, Any]]:
    return compare([run / "last.pt", EXPRESSION], load(data, "public"), data, SHIPPED)


def test_a_checkpoint_is_quantised_and_judged_beside_its_float_self(
    rows: list[dict[str, Any]], run: Path, data: Path
) -> None:
    model, public = build("dexpression"), load(data, "public")
    model.load_state_dict(torch.load(run / "last.pt", weights_only=True)["average"])
    row = rows[0]
    assert row["epochs"] == 3
    assert row["float_accuracy"] == accuracy(softmax(predict(model, public)), public.labels)
    assert row["int8_minus_float"] == pytest.approx(row["accuracy"] - row["float_accuracy"])
    assert row["bytes"] < 1.5 * row["parameters"]


def test_the_shipped_model_is_judged_by_its_file(rows: list[dict[str, Any]]) -> None:
    card = json.loads((EXPRESSION / "model.json").read_text())
    row = rows[1]
    assert (row["name"], row["epochs"]) == (f"{card['name']}, as shipped", None)
    assert row["bytes"] == SHIPPED.stat().st_size
    # Its float network is not at hand, and the card's difference was measured on other faces.
    assert row["float_accuracy"] is None
    assert row["int8_minus_float"] is None
    assert row["multiply_adds"] == arithmetic(card["architecture"])


def test_a_checkpoint_of_weights_alone_is_compared_without_its_epochs(
    run: Path, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    state = torch.load(run / "last.pt", weights_only=True)
    torch.save({key: state[key] for key in ("arch", "average")}, tmp_path / "slim.pt")
    shutil.copy(run / "settings.json", tmp_path)
    both = [str(folder / name) for folder, name in ((run, "last.pt"), (tmp_path, "slim.pt"))]
    assert main(["compare", *both, "--data", str(data), "--sample", "20"]) == 0
    line = next(line for line in capsys.readouterr().out.splitlines() if "epochs" in line)
    assert line.split() == ["epochs", "3.00", "-"]


def test_each_time_stands_beside_the_other_models(rows: list[dict[str, Any]]) -> None:
    for row in rows:
        for batch in (1, 25):
            ratio = row[f"ms_per_face_{batch}"] / row[f"other_ms_per_face_{batch}"]
            assert row[f"against_{batch}"] == pytest.approx(ratio)
            assert ratio > 0


def test_an_ensemble_takes_the_sum_of_its_members() -> None:
    assert arithmetic("student + student") == 2 * (arithmetic("student") or 0) > 0
    assert arithmetic("somebody else's") is None


def test_the_table_is_written_with_what_makes_it_again(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "made" / "ZOO.md"
    flags = ["--data", str(data), "--sample", "30", "--out", str(page), "--note", "Two epochs each."]
    assert main(["compare", str(EXPRESSION), *flags, "--json"]) == 0
    row = json.loads(capsys.readouterr().out)[0]
    text = page.read_text(encoding="utf-8")
    assert "Two epochs each. " in text.replace("\n", " ")
    assert "measured on 30 faces" in text
    assert f"| {row['accuracy'] * 100:.1f} |" in text
    assert "--data faces.npz --split public --sample 30" in text
    assert str(data.parent) not in text
    table = [line for line in text.splitlines() if line.startswith("|")]
    assert len({line.count("|") for line in table}) == 1
    assert [file.name for file in page.parent.iterdir()] == ["ZOO.md"]
    # Times against another model were not asked for; epochs and the float network's accuracy are not known.
    assert table[0].count("|") - 1 == len(COLUMNS) - 4


def test_ready_models_are_compared_without_the_training_packages(data: Path) -> None:
    hidden = "import sys; sys.modules['torch'] = None; from models.__main__ import main; "
    flags = ["compare", str(EXPRESSION), "--data", str(data), "--sample", "20", "--against", str(SHIPPED)]
    command = [sys.executable, "-c", hidden + "sys.exit(main(sys.argv[1:]))", *flags, "--json"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    (row,) = json.loads(done.stdout)
    assert row["against_1"] > 0
    # Counted with the network itself, which only PyTorch builds.
    assert row["multiply_adds"] is None


def test_the_table_is_printed(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", str(EXPRESSION), "--data", str(data), "--sample", "20"]) == 0
    printed = capsys.readouterr().out
    assert "macro-F1" in printed
    assert printed.endswith("Accuracies and recalls are in percent, of 20 faces.\n")


def test_nine_networks_fit_a_terminal_with_all_their_digits(rows: list[dict[str, Any]]) -> None:
    nine = [{**rows[0], "name": f"network{number}", "bytes": 24_337_000} for number in range(9)]
    console = Console(width=80, record=True, file=StringIO())
    show(nine, console)
    lines = [line.split() for line in console.export_text().splitlines()]
    assert ["INT8,", "kB", *["24337"] * 9] in lines
    assert ["INT8", *[f"{100 * rows[0]['accuracy']:.1f}"] * 9] in lines


def test_a_table_that_cannot_be_written_leaves_nothing(rows: list[dict[str, Any]], tmp_path: Path) -> None:
    (tmp_path / "table").mkdir()
    with pytest.raises(Exception, match="table cannot be written"):
        write_table(tmp_path / "table", rows, "command")
    assert [file.name for file in tmp_path.iterdir()] == ["table"]


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["--against", "gone.tflite"], "gone.tflite cannot be read"),
        (["--against", "DATA"], "faces.npz is no TFLite model"),
        (["--split", "private"], "no split 'private'"),
        (["--sample", "-3"], "--sample must be 0 or more, not -3"),
    ],
)
def test_a_mistake_ends_with_2(
    flags: list[str], message: str, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    flags = [str(data) if flag == "DATA" else flag for flag in flags]
    assert main(["compare", str(EXPRESSION), "--data", str(data), *flags]) == 2
    assert message in capsys.readouterr().err


@pytest.mark.parametrize("content", ["[]", '{"workers": 0, "batch": 15}'])
def test_settings_that_are_none_are_named(
    content: str, run: Path, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copy(run / "last.pt", tmp_path)
    (tmp_path / "settings.json").write_text(content)
    assert main(["compare", str(tmp_path / "last.pt"), "--data", str(data)]) == 2
    assert "settings.json has no valid settings" in capsys.readouterr().err


def test_any_tflite_file_reads_batches_of_any_size() -> None:
    content = SHIPPED.read_bytes()
    run, read = load_tflite(content, "shipped"), load_runner(content, "shipped")
    faces = np.random.default_rng(0).integers(-128, 127, (3, 48, 48, 1), np.int8)
    together = run(faces)
    assert together.shape == (3, 7)
    assert np.array_equal(run(faces[1:2])[0], together[1])
    read(25)
    with pytest.raises(ModelError, match=r"shipped failed on an input float32 \(3, 48, 48, 1\)"):
        run(faces.astype(np.float32))
