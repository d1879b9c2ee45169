"""How to train: the settings of a run, from a JSON file and flags."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from agent.errors import ConfigError


@dataclass(frozen=True)
class TrainingSettings:
    """How to train; ``label_share`` and ``balance`` are explained in ``models.targets``."""

    data: str
    out: str
    arch: str = "student"
    epochs: float = 100
    minutes: float = 0
    """If not 0, the run's length; the schedule then follows the clock instead of ``epochs``."""
    batch: int = 64
    rate: float = 0.05
    decay: float = 5e-4
    momentum: float = 0.9
    workers: int = 2
    period: int = 8
    """Steps between two averagings of the workers' copies."""
    seed: int = 1
    balance: float = 0.35
    label_share: float = 0.6
    realism: float = 1.0
    mixup: float = 0
    """If not 0, each batch is blended with itself in another order, by a share from Beta(mixup, mixup)."""
    bfloat16: bool = True
    patience: int = 0
    """If not 0, stop after this many measurements on ``public`` (every 6 epochs) without a better one."""
    teachers: tuple[str, ...] = ()
    """Checkpoints of trained networks whose mean answer to each augmented face is learnt too."""
    teacher_share: float = 0.5
    """How much of the target is the teachers' answer; the rest are labels and votes."""
    device: str = "cpu"
    """Where the network trains: ``cpu``, or ``cuda`` with one worker. Faces are augmented on the CPU."""
    start: str = ""
    """A checkpoint of the same architecture whose averaged weights the run begins with."""
    resume: bool = False

    def __post_init__(self) -> None:
        # Written so that NaN, which is on neither side of a number, is refused too.
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
    """Settings from a JSON file, if one is given, overridden by flags.

    Raises ConfigError that names the file and the key for unknown keys and wrong types or values.
    """
    values: dict[str, Any] = {}
    if path is not None:
        try:
            values = msgspec.json.decode(path.read_bytes(), type=dict[str, Any])
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
