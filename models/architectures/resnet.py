"""ResNet-18 and ResNet-50 (He et al. 2016), with a small stem for 48-pixel faces."""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor, nn

from agent.values import LABELS
from models.architectures.blocks import classify, conv_norm
from models.architectures.student import Block

WIDTHS = (64, 128, 256, 512)


class Bottleneck(nn.Module):
    """1x1, 3x3 and 1x1 convolutions with a shortcut; the output has four times ``width`` channels."""

    def __init__(self, into: int, width: int, stride: int) -> None:
        super().__init__()
        self.narrow = nn.Sequential(*conv_norm(into, width, side=1), *conv_norm(width, width, stride=stride))
        self.widen = nn.Sequential(nn.Conv2d(width, 4 * width, 1, bias=False), nn.BatchNorm2d(4 * width))
        self.shortcut = (
            nn.Identity()
            if stride == 1 and into == 4 * width
            else nn.Sequential(nn.Conv2d(into, 4 * width, 1, stride, bias=False), nn.BatchNorm2d(4 * width))
        )

    def forward(self, x: Tensor) -> Tensor:
        """Float (N, into, H, W) to (N, 4 * width, H / stride, W / stride)."""
        return F.relu(self.widen(self.narrow(x)) + self.shortcut(x))


def resnet18() -> nn.Module:
    """Two blocks of two convolutions in each stage, 11.2 M parameters."""
    layers = conv_norm(1, 64)
    into = 64
    for stage, width in enumerate(WIDTHS):
        layers += [Block(into, width, 2 if stage else 1), Block(width, width, 1)]
        into = width
    return classify(layers, into, len(LABELS))


def resnet50() -> nn.Module:
    """Stages of 3, 4, 6 and 3 bottlenecks, 23.5 M parameters."""
    layers = conv_norm(1, 64, stride=2)
    into = 64
    for stage, (width, depth) in enumerate(zip(WIDTHS, (3, 4, 6, 3), strict=True)):
        for index in range(depth):
            layers.append(Bottleneck(into, width, 2 if stage and not index else 1))
            into = 4 * width
    return classify(layers, into, len(LABELS))
