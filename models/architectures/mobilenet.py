"""MobileNet (Howard et al. 2017): depthwise separable convolutions, with half the width and strides."""

from __future__ import annotations

from torch import nn

from agent.values import LABELS
from models.architectures.blocks import classify, conv_norm

PLAN = ((32, 1), (64, 2), (64, 1), (128, 2), (128, 1), (256, 2), *((256, 1),) * 5, (512, 1))


def mobilenet() -> nn.Module:
    """The network with width and stride of each separable block from PLAN."""
    layers = conv_norm(1, 16, stride=2)
    into = 16
    for width, stride in PLAN:
        layers += conv_norm(into, into, stride=stride, groups=into)
        layers += conv_norm(into, width, side=1)
        into = width
    return classify(layers, into, len(LABELS))
