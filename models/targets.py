"""Training targets: FER-2013's label mixed with the votes of ten more annotators (FER+)."""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from agent.values import LABELS
from models.labelled import Faces


def soft_targets(faces: Faces, share: float = 0.6) -> Tensor:
    """Mix each face's one-hot label with a distribution of labels predicted from its FER+ votes.

    The majority of votes equals FER's label on only 64 % of the rows, partly because the annotation differed
    (FER+ has neutral far more often). Votes are therefore first translated to probabilities of FER's labels,
    by a logistic regression fitted on the same rows. ``share`` is the weight of the one-hot label. Returns
    float32 (N, 7) with rows summing to 1; rows without votes are one-hot.
    """
    one_hot = F.one_hot(torch.from_numpy(faces.labels), len(LABELS)).float()
    if faces.votes is None:
        return one_hot
    likely = translate_votes(torch.from_numpy(faces.votes), torch.from_numpy(faces.labels))
    voted = torch.from_numpy(faces.votes.sum(1, keepdims=True) > 0)
    return torch.where(voted, share * one_hot + (1 - share) * likely, one_hot)


def translate_votes(votes: Tensor, labels: Tensor) -> Tensor:
    """The probability of each FER label given a face's votes (N, 10), by logistic regression."""
    shares = votes / votes.sum(1, keepdim=True).clamp(min=1)
    inputs = torch.cat((shares, shares.sqrt()), 1)
    weight = torch.zeros(inputs.shape[1], len(LABELS), requires_grad=True)
    bias = torch.zeros(len(LABELS), requires_grad=True)
    optimizer = torch.optim.LBFGS([weight, bias], max_iter=60, line_search_fn="strong_wolfe")

    def loss() -> Tensor:
        optimizer.zero_grad()
        value = F.cross_entropy(inputs @ weight + bias, labels) + 1e-4 * weight.square().sum()
        value.backward()  # type: ignore[no-untyped-call]
        return value

    optimizer.step(loss)  # type: ignore[no-untyped-call]
    return (inputs @ weight + bias).softmax(1).detach()


def label_weights(labels: NDArray[np.int64], power: float) -> Tensor:
    """A weight (7,) for each label, (mean count / count) ** power, so that rare labels are learnt too."""
    counts = np.bincount(labels, minlength=len(LABELS)).clip(min=1)
    return torch.from_numpy((counts.mean() / counts) ** power).float()
