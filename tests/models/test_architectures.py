"""Every network of the zoo runs, learns and is as large as it says."""

from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from agent.errors import ConfigError
from models.architectures import ARCHITECTURES, build, multiply_adds

MILLIONS = {
    "student": (0.85, 0.95),
    "plain": (4.4, 4.8),
    "mobilenet": (0.4, 0.8),
    "dexpression": (0.3, 0.6),
    "densenet": (0.5, 1.2),
    "resnet18": (11.0, 11.3),
    "vgg16": (14.6, 14.8),
    "resnet50": (23.3, 23.7),
}


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_a_network_is_as_large_as_it_says(name: str) -> None:
    low, high = MILLIONS[name]
    parameters = sum(parameter.numel() for parameter in build(name).parameters())
    assert low <= parameters / 1e6 <= high


@pytest.mark.parametrize("name", ARCHITECTURES)
@pytest.mark.parametrize("side", [32, 48])
def test_a_network_reads_faces_of_every_training_size(name: str, side: int) -> None:
    logits = build(name).eval()(torch.zeros(2, 1, side, side))
    assert logits.shape == (2, 7)
    assert torch.isfinite(logits).all()


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_every_parameter_learns(name: str) -> None:
    torch.manual_seed(0)
    model = build(name).train()
    loss = F.cross_entropy(model(torch.randn(4, 1, 32, 32)), torch.tensor([0, 2, 4, 6]))
    loss.backward()  # type: ignore[no-untyped-call]
    idle = [key for key, value in model.named_parameters() if value.grad is None or not value.grad.any()]
    assert not idle


def test_multiply_adds_by_hand() -> None:
    model = nn.Sequential(nn.Conv2d(1, 4, 3, 2, 1), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, 7))
    assert multiply_adds(model) == 24 * 24 * 4 * 9 + 28


def test_an_unknown_network_is_named_with_the_known_ones() -> None:
    with pytest.raises(ConfigError, match=r"'alexnet'; choose one of student, plain"):
        build("alexnet")
