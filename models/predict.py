"""Predictions of a network in training, and their accuracy."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from models.labelled import Faces
from models.metrics import accuracy, confusion, label_scores, worst_recall


def normalise(faces: Tensor) -> Tensor:
    """Scale grey levels 0..255 to -1..1, so that an INT8 input is the grey level minus 128."""
    return (faces.float() - 128) / 128


def predict(model: nn.Module, faces: Faces, batch: int = 256) -> NDArray[np.float32]:
    """The logits float32 (N, 7) of a network for faces, one crop each."""
    model.eval()
    parts = []
    with torch.inference_mode():
        for start in range(0, len(faces), batch):
            pixels = torch.from_numpy(faces.pixels[start : start + batch]).unsqueeze(1)
            parts.append(model(normalise(pixels)).numpy())
    return np.concatenate(parts)


def score(logits: NDArray[np.float32], faces: Faces) -> dict[str, float]:
    """Accuracy, and the lowest recall of all labels."""
    recalls = label_scores(confusion(logits, faces.labels))
    return {"accuracy": accuracy(logits, faces.labels), "worst_recall": worst_recall(recalls)}
