"""The settings of a training run, from a JSON file and flags."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from agent.errors import ConfigError
from agent.json_text import decoded


@dataclass(frozen=True)
class TrainingSettings:
    """The settings of a training run; ``models.targets`` explains ``label_share`` and ``balance``."""

    data: str
    out: str
    arch: str = "student"
    epochs: float = 100
    minutes: float = 0
    """Length of the run in minutes, in place of ``epochs``; 0: use ``epochs``."""
    batch: int = 64
    rate: float = 0.05
    decay: float = 5e-4
    momentum: float = 0.9
    workers: int = 2
    period: int = 8
    """Steps between two averages of the workers' copies."""
    seed: int = 1
    balance: float = 0.35
    label_share: float = 0.6
    realism: float = 1.0
    mixup: float = 0
    """Parameter of mixup: each batch is blended with its permutation, by Beta(mixup, mixup); 0: off."""
    bfloat16: bool = True
    patience: int = 0
    """Maximum measurements on ``public`` (every 6 epochs) without improvement, then stop; 0: never stop."""
    teachers: tuple[str, ...] = ()
    """Checkpoints of trained networks; the mean of their outputs for each augmented face is learnt too."""
    teacher_share: float = 0.5
    """Share 0..1 of the teachers' outputs in the target; the rest are labels and votes."""
    device: str = "cpu"
    """The device for training: ``cpu``, or ``cuda`` with one worker. Augmentation is always on the CPU."""
    start: str = ""
    """A checkpoint of the same architecture, whose averaged weights are the initial weights."""
    resume: bool = False

    def __post_init__(self) -> None:
        # The negated comparisons also refuse NaN.
        for name in ("epochs", "batch", "rate", "workers", "period"):
            if not 0 < getattr(self, name) < math.inf:
                raise ConfigError(f"{name} must be over 0 and finite, not {getattr(self, name)}")
        for name in ("minutes", "decay", "seed", "balance", "patience"):
            if not 0 <= getattr(self, name) < math.inf:
                raise ConfigError(f"{name} must be 0 or more and finite, not {getattr(self, name)}")
        for name in ("label_share", "realism", "mixup", "teacher_share"):
            if not 0 <= getattr(self, name) <= 1:
                raise ConfigError(f"{name} must be 0..1, not {getattr(self, name)}")
        if not 0 < self.momentum < 1:
            raise ConfigError(f"momentum must be over 0 and below 1, not {self.momentum}")
        if self.device not in ("cpu", "cuda"):
            raise ConfigError(f"device must be cpu or cuda, not {self.device!r}")
        if self.device == "cuda" and self.workers != 1:
            raise ConfigError(f"device cuda trains with one worker, not {self.workers}: add --workers 1")


def read_settings(path: Path | None, flags: Mapping[str, Any]) -> TrainingSettings:
    """Settings from an optional JSON file, overridden by flags.

    Raises ConfigError, with file and key, for unknown keys and wrong types or values.
    """
    values: dict[str, Any] = {}
    if path is not None:
        try:
            values = decoded(path.read_bytes(), dict[str, Any])
        except (OSError, msgspec.MsgspecError) as error:
            raise ConfigError(f"{path} is no JSON object of settings: {error}") from error
    unknown = sorted(set(values) - set(TrainingSettings.__dataclass_fields__))
    if unknown:
        raise ConfigError(
            f"{path}: no setting {unknown}; choose from {sorted(TrainingSettings.__dataclass_fields__)}"
        )
    try:
        return msgspec.convert(values | dict(flags), TrainingSettings)
    except msgspec.ValidationError as error:
        raise ConfigError(f"{path or 'settings'}: {error}") from error
