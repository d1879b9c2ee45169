"""The plain CNN and VGG-16 (Simonyan and Zisserman 2015), with batch normalisation and a pooled head."""

from __future__ import annotations

from torch import nn

from agent.values import LABELS
from models.architectures.blocks import classify, conv_norm

VGG16 = ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3))


def stages(plan: tuple[tuple[int, int], ...]) -> nn.Sequential:
    """Stages of (width, number of convolutions), each followed by 2x2 max pooling."""
    layers: list[nn.Module] = []
    into = 1
    for width, count in plan:
        for _ in range(count):
            layers += conv_norm(into, width)
            into = width
        layers.append(nn.MaxPool2d(2))
    return classify(layers, into, len(LABELS), 0.5)


def plain_cnn() -> nn.Module:
    """Four stages of two convolutions, about 4.7 M parameters."""
    return stages(((64, 2), (128, 2), (256, 2), (512, 2)))


def vgg16() -> nn.Module:
    """VGG-16's thirteen convolutions, 14.7 M parameters."""
    return stages(VGG16)
