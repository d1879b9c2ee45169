"""Several networks as one: their mean, mirrored in turn, also once converted."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from ai_edge_litert.interpreter import Interpreter
from numpy.typing import NDArray
from torch import nn

from agent.errors import ModelError
from models.architectures import build
from models.architectures.plain import stages
from models.ensemble import Ensemble, assemble, shift
from models.quantize import convert


def write_checkpoint(path: Path, seed: int) -> Path:
    torch.manual_seed(seed)
    torch.save({"arch": "student", "average": build("student").state_dict()}, path)
    return path


def faces(count: int = 4) -> torch.Tensor:
    return torch.rand(count, 1, 48, 48, generator=torch.Generator().manual_seed(1)) * 2 - 1


def calibration() -> NDArray[np.float32]:
    pixels: NDArray[np.float32] = faces(8).permute(0, 2, 3, 1).contiguous().numpy()
    return pixels


def test_one_checkpoint_is_that_network(tmp_path: Path) -> None:
    model, arch = assemble([write_checkpoint(tmp_path / "one.pt", 1)])
    assert arch == "student"
    torch.manual_seed(1)
    assert torch.equal(model.eval()(faces()), build("student").eval()(faces()))


def test_two_are_averaged_and_the_second_reads_the_mirrored_face(tmp_path: Path) -> None:
    paths = [write_checkpoint(tmp_path / f"{seed}.pt", seed) for seed in (1, 2)]
    one, two = (assemble([path])[0].eval() for path in paths)
    pair = assemble(paths)[0].eval()
    expected = (one(faces()) + two(faces().flip(3))) / 2
    torch.testing.assert_close(pair(faces()), expected)
    assert not torch.allclose(pair(faces()), (one(faces()) + two(faces())) / 2, atol=1e-6)


def test_offsets_shift_the_mean_answer_of_any_number(tmp_path: Path) -> None:
    paths = [write_checkpoint(tmp_path / f"{seed}.pt", seed) for seed in (1, 2, 3)]
    offsets = torch.linspace(-1, 1, 7)
    for count in (1, 2, 3):
        model = assemble(paths[:count])[0].eval()
        before = model(faces())
        shift(model, offsets)
        torch.testing.assert_close(model(faces()), before + offsets)


def test_a_network_named_twice_reads_the_mirror_image_too(tmp_path: Path) -> None:
    path = write_checkpoint(tmp_path / "one.pt", 1)
    one = assemble([path])[0].eval()
    model, arch = assemble([path, path])
    assert arch == "student + student"
    twice = model.eval()
    before = one(faces())
    torch.testing.assert_close(twice(faces()), (before + one(faces().flip(3))) / 2)
    torch.testing.assert_close(twice(faces()), twice(faces().flip(3)))
    shift(twice, torch.ones(7))
    torch.testing.assert_close(twice(faces()), (before + one(faces().flip(3))) / 2 + 1)
    assert sum(p.numel() for p in twice.parameters()) == sum(p.numel() for p in one.parameters())


def small(seed: int) -> nn.Module:
    """A network of the zoo's own blocks that is converted in half of a student's time."""
    torch.manual_seed(seed)
    return stages(((32, 1), (64, 1), (128, 1))).eval()


def size(model: nn.Module) -> int:
    """Bytes of its weights as integers."""
    return sum(parameter.numel() for parameter in model.parameters())


def test_a_network_named_twice_is_in_the_file_once() -> None:
    twice = Ensemble([one := small(1), one])
    assert size(one) < len(convert(twice, calibration()).int8) < 1.5 * size(one)


def test_a_pair_is_converted_whole() -> None:
    pair = Ensemble([small(1), small(2)])
    converted = convert(pair, calibration())
    assert size(pair) < len(converted.int8) < 1.5 * size(pair)
    real = Interpreter(model_content=converted.real)
    real.allocate_tensors()
    real.set_tensor(real.get_input_details()[0]["index"], calibration()[:1])
    real.invoke()
    answer = real.get_tensor(real.get_output_details()[0]["index"])
    np.testing.assert_allclose(answer, pair(faces(8))[:1].detach().numpy(), atol=1e-4)


def test_weights_that_do_not_fit_are_named(tmp_path: Path) -> None:
    torch.save({"arch": "student", "average": {"other": torch.zeros(1)}}, tmp_path / "odd.pt")
    with pytest.raises(ModelError, match=r"odd\.pt does not fit the architecture 'student'"):
        assemble([tmp_path / "odd.pt"])
