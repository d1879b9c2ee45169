"""The student: a plain residual network of dense 3x3 convolutions, which are the fastest in INT8 on a CPU.

Depthwise convolutions save arithmetic but no time there. Most of the arithmetic is at 12x12 and 6x6, where
activations stay in the cache.
"""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor, nn

from agent.values import LABELS

STEM = 32
STAGES = ((32, 1), (80, 2), (144, 2))
"""Channels and blocks of each stage."""


class Block(nn.Module):
    """Two 3x3 convolutions with batch normalisation and a shortcut (He et al. 2016)."""

    def __init__(self, into: int, out: int, stride: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(into, out, 3, stride, 1, bias=False)
        self.first_norm = nn.BatchNorm2d(out)
        self.second = nn.Conv2d(out, out, 3, 1, 1, bias=False)
        self.second_norm = nn.BatchNorm2d(out)
        self.shortcut = (
            nn.Identity()
            if stride == 1 and into == out
            else nn.Sequential(nn.Conv2d(into, out, 1, stride, bias=False), nn.BatchNorm2d(out))
        )

    def forward(self, x: Tensor) -> Tensor:
        """Float (N, into, H, W) to (N, out, H / stride, W / stride)."""
        inner = F.relu(self.first_norm(self.first(x)))
        return F.relu(self.second_norm(self.second(inner)) + self.shortcut(x))


class Student(nn.Module):
    """A strided stem and three stages at 24x24, 12x12 and 6x6 for 48x48 faces."""

    def __init__(self) -> None:
        super().__init__()
        layers: list[nn.Module] = [nn.Conv2d(1, STEM, 5, 2, 2, bias=False), nn.BatchNorm2d(STEM), nn.ReLU()]
        into = STEM
        for stage, (width, depth) in enumerate(STAGES):
            for index in range(depth):
                layers.append(Block(into, width, 2 if stage and not index else 1))
                into = width
        self.features = nn.Sequential(*layers)
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.dropout = nn.Dropout(0.2)
        self.head = nn.Linear(into, len(LABELS))

    def forward(self, x: Tensor) -> Tensor:
        """Faces float (N, 1, 48, 48) to logits (N, 7) in the order of LABELS."""
        pooled = self.pool(self.features(x)).flatten(1)
        logits: Tensor = self.head(self.dropout(pooled))
        return logits
