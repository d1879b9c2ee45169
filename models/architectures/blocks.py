"""Layers shared by several networks."""

from __future__ import annotations

from torch import nn


def conv_norm(into: int, out: int, side: int = 3, stride: int = 1, groups: int = 1) -> list[nn.Module]:
    """A convolution with "same" padding, batch normalisation, ReLU."""
    return [
        nn.Conv2d(into, out, side, stride, side // 2, groups=groups, bias=False),
        nn.BatchNorm2d(out),
        nn.ReLU(),
    ]


def classify(features: list[nn.Module], width: int, labels: int, dropout: float = 0.3) -> nn.Sequential:
    """Features, global average pooling, dropout and a linear layer; works for faces of any size."""
    head = [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Dropout(dropout), nn.Linear(width, labels)]
    return nn.Sequential(*features, *head)
