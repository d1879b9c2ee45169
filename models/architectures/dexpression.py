"""DeXpression (Burkert et al. 2015): two parallel feature extraction blocks, designed for faces."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from agent.values import LABELS
from models.architectures.blocks import classify, conv_norm


class ParallelFeatures(nn.Module):
    """A 1x1 and 3x3 path parallel to a pooled 1x1 path, concatenated by channels and halved in size."""

    def __init__(self, into: int, narrow: int, wide: int) -> None:
        super().__init__()
        self.deep = nn.Sequential(*conv_norm(into, narrow, side=1), *conv_norm(narrow, wide))
        self.pooled = nn.Sequential(nn.MaxPool2d(3, 1, 1), *conv_norm(into, 64, side=1))
        self.halve = nn.MaxPool2d(3, 2, 1)

    def forward(self, x: Tensor) -> Tensor:
        """Float (N, into, H, W) to (N, wide + 64, H / 2, W / 2)."""
        halved: Tensor = self.halve(torch.cat((self.deep(x), self.pooled(x)), 1))
        return halved


def dexpression() -> nn.Module:
    """The network with the published widths; its stem reduces faces of 48 pixels less than that for 224."""
    stem = [*conv_norm(1, 64, side=7, stride=2)]
    return classify([*stem, ParallelFeatures(64, 96, 208), ParallelFeatures(272, 96, 208)], 272, len(LABELS))
