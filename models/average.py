"""The mean of two networks' weights, one being the other after more training (Wortsman et al. 2022)."""

from __future__ import annotations

from pathlib import Path

from agent.errors import ConfigError, ModelError
from models.checkpoint import load_averaged, save_averaged


def average(first: Path, second: Path, share: float, out: Path) -> None:
    """Write a checkpoint whose weights are (1 - ``share``) * first + ``share`` * second.

    It can be quantised, compared and used as a teacher. Raises ModelError for invalid checkpoints or
    different architectures, and ConfigError for a share outside 0..1.
    """
    if not 0 <= share <= 1:
        raise ConfigError(f"--share must be 0..1, not {share}")
    one, state = load_averaged(first)
    other, with_state = load_averaged(second)
    arch = state["arch"]
    if with_state["arch"] != arch:
        raise ModelError(
            f"{first} holds a {arch!r} and {second} a {with_state['arch']!r}: name two of one architecture"
        )
    weights = one.state_dict()
    for key, value in other.state_dict().items():
        if value.is_floating_point():
            weights[key].lerp_(value, share)
    save_averaged(out, arch, one)
