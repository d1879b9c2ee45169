"""Several trained networks as one: their logits are averaged, every second one reads the mirrored face."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor, nn

from models.checkpoint import load_averaged


class Ensemble(nn.Module):
    """Maps faces float (N, 1, 48, 48) to the members' mean logits (N, 7).

    A face and its mirror image show the same expression, so the second view needs no second network. Accuracy
    on public, in float:

    - One student has 0.682, and 0.693 with its answer for the mirror image.
    - Two students of different seeds have 0.684 and 0.680 alone, and together 0.691; the better one with its
      own mirror image has 0.692. A second network is worth no more than the mirror image, at twice the size.
    - As teachers two are worth more: the better one, trained for 53 more epochs with both as teachers, has
      0.695 alone and 0.697 with its mirror image. Another 56 epochs gained nothing.
    """

    def __init__(self, members: Sequence[nn.Module]) -> None:
        super().__init__()
        self.members = nn.ModuleList(members)

    def forward(self, faces: Tensor) -> Tensor:
        """Faces float (N, 1, 48, 48) to logits (N, 7); every second member sees them mirrored."""
        mirrored = faces.flip(3)
        total: Tensor = self.members[0](faces)
        for index, member in enumerate(list(self.members)[1:], start=1):
            total = total + member(mirrored if index % 2 else faces)
        return total / len(self.members)


def assemble(checkpoints: Sequence[Path]) -> tuple[nn.Module, str]:
    """The averaged network of one checkpoint, or an ensemble of several; and its architecture's name.

    A checkpoint that is given twice is one network that reads the face and its mirror image. Raises
    ModelError if a checkpoint is missing, damaged or does not fit its architecture.
    """
    known = {path: load_averaged(path) for path in dict.fromkeys(checkpoints)}
    members = [known[path][0] for path in checkpoints]
    arch = " + ".join(str(known[path][1]["arch"]) for path in checkpoints)
    return (members[0] if len(members) == 1 else Ensemble(members)), arch


def shift(model: nn.Module, offsets: Tensor) -> None:
    """Add ``offsets`` (7,) to the logits of a network or of each member, in the bias of its last layer."""
    members: list[nn.Module] = list(model.members) if isinstance(model, Ensemble) else [model]
    # dict.fromkeys: a network that is a member twice must not be shifted twice.
    for member in dict.fromkeys(members):
        head = [layer for layer in member.modules() if isinstance(layer, nn.Linear)][-1]
        with torch.no_grad():
            head.bias.add_(offsets)
