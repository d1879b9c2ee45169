"""DenseNet-BC (Huang et al. 2017): each layer's input are all earlier layers of its stage."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from agent.values import LABELS
from models.architectures.blocks import classify, conv_norm

GROWTH = 24
"""Number of channels that each layer adds."""

DEPTHS = (6, 10, 8)
"""Number of layers of each stage."""


class DenseLayer(nn.Module):
    """Adds ``growth`` channels, through a 1x1 bottleneck of four times as many."""

    def __init__(self, into: int, growth: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(*conv_norm(into, 4 * growth, side=1), *conv_norm(4 * growth, growth))

    def forward(self, x: Tensor) -> Tensor:
        """Float (N, C, H, W) to (N, C + growth, H, W)."""
        return torch.cat((x, self.layers(x)), 1)


def densenet() -> nn.Module:
    """Stages with the numbers of layers in DEPTHS; between them channels and size are halved."""
    layers = conv_norm(1, 2 * GROWTH, stride=2)
    into = 2 * GROWTH
    for stage, depth in enumerate(DEPTHS):
        for _ in range(depth):
            layers.append(DenseLayer(into, GROWTH))
            into += GROWTH
        if stage < len(DEPTHS) - 1:
            layers += [*conv_norm(into, into // 2, side=1), nn.AvgPool2d(2)]
            into //= 2
    return classify(layers, into, len(LABELS))
