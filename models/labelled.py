"""Labelled faces: what every form of data becomes, and what training and evaluation work on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from agent.errors import DataError
from agent.values import LABELS
from models.card import CROP

VOTES = (
    "neutral",
    "happiness",
    "surprise",
    "sadness",
    "anger",
    "disgust",
    "fear",
    "contempt",
    "unknown",
    "NF",
)
"""The ten columns of FER+ votes, in the order of Microsoft's file."""


@dataclass(frozen=True, slots=True, eq=False)
class Faces:
    """Labelled faces: ``pixels`` grey uint8 (N, 48, 48) and ``labels`` int64 (N,), indices into LABELS.

    ``votes`` float32 (N, 10) counts FER+ votes in the order of VOTES; None without votes. ``skipped`` names
    the unreadable pictures. ``left_out`` counts the pictures of each label that is not one of LABELS. Raises
    DataError for other shapes, dtypes or labels.
    """

    pixels: NDArray[np.uint8]
    labels: NDArray[np.int64]
    votes: NDArray[np.float32] | None
    origin: str
    skipped: tuple[str, ...] = ()
    left_out: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.pixels.dtype != np.uint8 or self.pixels.shape != (len(self.labels), CROP, CROP):
            raise DataError(
                f"{self.origin}: faces must be uint8 ({len(self.labels)}, {CROP}, {CROP}), "
                f"not {self.pixels.dtype} {self.pixels.shape}"
            )
        if len(self.labels) and not 0 <= self.labels.min() <= self.labels.max() < len(LABELS):
            wrong = sorted(set(self.labels.tolist()) - set(range(len(LABELS))))
            raise DataError(f"{self.origin}: labels must be 0..{len(LABELS) - 1}, not {wrong[:5]}")
        if self.votes is not None and self.votes.shape != (len(self.labels), len(VOTES)):
            raise DataError(f"{self.origin}: votes must be ({len(self.labels)}, 10), not {self.votes.shape}")

    def __len__(self) -> int:
        return len(self.labels)
