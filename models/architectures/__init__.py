"""The networks that can be trained: each maps normalised grey faces float (N, 1, 48, 48) to logits (N, 7)."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

from agent.errors import ConfigError
from models.architectures.densenet import densenet
from models.architectures.dexpression import dexpression
from models.architectures.mobilenet import mobilenet
from models.architectures.plain import plain_cnn, vgg16
from models.architectures.resnet import resnet18, resnet50
from models.architectures.student import Student

ARCHITECTURES: dict[str, Callable[[], nn.Module]] = {
    "student": Student,
    "plain": plain_cnn,
    "mobilenet": mobilenet,
    "dexpression": dexpression,
    "densenet": densenet,
    "resnet18": resnet18,
    "vgg16": vgg16,
    "resnet50": resnet50,
}


def build(name: str) -> nn.Module:
    """Create an untrained network; raises ConfigError with all names for an unknown name."""
    if name not in ARCHITECTURES:
        raise ConfigError(f"no architecture {name!r}; choose one of {', '.join(ARCHITECTURES)}")
    return ARCHITECTURES[name]()


def multiply_adds(model: nn.Module, side: int = 48) -> int:
    """The number of multiply-adds for one face in convolutions and linear layers."""
    total = 0

    def count(layer: nn.Module, _: tuple[Tensor, ...], output: Tensor) -> None:
        nonlocal total
        if isinstance(layer, nn.Conv2d):
            total += output[0].numel() * layer.weight[0].numel()
        elif isinstance(layer, nn.Linear):
            total += layer.weight.numel()

    hooks = [layer.register_forward_hook(count) for layer in model.modules()]
    with torch.inference_mode():
        model.eval()(torch.zeros(1, 1, side, side))
    for hook in hooks:
        hook.remove()
    return total
