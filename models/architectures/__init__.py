"""The networks that can be trained: each maps normalised grey faces float (N, 1, 48, 48) to logits (N, 7)."""

from __future__ import annotations

from collections.abc import Callable

from torch import nn

from agent.errors import ConfigError
from models.architectures.student import Student

ARCHITECTURES: dict[str, Callable[[], nn.Module]] = {"student": Student}


def build(name: str) -> nn.Module:
    """Make an untrained network; raises ConfigError that lists the names when there is none of that name."""
    if name not in ARCHITECTURES:
        raise ConfigError(f"no architecture {name!r}; choose one of {', '.join(ARCHITECTURES)}")
    return ARCHITECTURES[name]()
