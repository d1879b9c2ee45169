"""Reads and writes checkpoints of training runs, and loads their networks as teachers."""

from __future__ import annotations

import io
from collections.abc import Sequence, Set
from pathlib import Path
from typing import Any

import torch
from torch import nn

from agent.errors import ModelError
from models.architectures import build
from models.files import write_all

KEYS = frozenset({"arch", "average"})
"""The keys of every checkpoint; they are sufficient to quantise, compare and teach."""

RUN_KEYS = KEYS | {"model", "optimizer", "step", "syncs", "elapsed", "measured"}
"""The keys of a checkpoint from which training can be resumed."""


def load_checkpoint(path: Path, arch: str | None = None, keys: Set[str] = KEYS) -> dict[str, Any]:
    """Read a checkpoint that has the given ``keys`` (KEYS or RUN_KEYS).

    Raises ModelError if it is missing, damaged, of another architecture, or lacks some of the keys.
    """
    try:
        state: Any = torch.load(path, weights_only=True, map_location="cpu")
    except FileNotFoundError as error:
        other = "; `train` without --resume begins a run" if keys == RUN_KEYS else ""
        raise ModelError(f"there is no {path} in {Path.cwd()}: check the path{other}") from error
    except OSError as error:
        raise ModelError(f"{path} cannot be read: {error.strerror}") from error
    except Exception as error:  # torch.load raises whatever pickle and zipfile do.
        # Its message is not repeated: it advises to run whatever code the file may hold.
        raise ModelError(
            f"{path} is no readable checkpoint: wanted a .pt file that train, average or recover wrote"
        ) from error
    lacking = sorted(KEYS - set(state)) if isinstance(state, dict) else sorted(KEYS)
    if lacking:
        raise ModelError(f"{path} is no checkpoint of models.train: it lacks {', '.join(lacking)}")
    if arch is not None and state.get("arch") != arch:
        raise ModelError(
            f"{path} holds a {state.get('arch')!r}, not {arch!r}: pass --arch {state.get('arch')}"
        )
    lacking = sorted(keys - set(state))
    if lacking:
        raise ModelError(
            f"training cannot be resumed from {path}: it lacks {', '.join(lacking)}; start a new run with "
            "another --out, or use the checkpoint with --start or --teachers"
        )
    found: dict[str, Any] = state
    return found


def save_averaged(out: Path, arch: str, network: nn.Module) -> None:
    """Write a checkpoint with KEYS only, atomically. Raises OSError if it cannot be written."""
    checkpoint = io.BytesIO()
    torch.save({"arch": arch, "average": network.state_dict()}, checkpoint)
    write_all(out.parent, {out.name: checkpoint.getvalue()})


def load_averaged(path: Path, arch: str | None = None) -> tuple[nn.Module, dict[str, Any]]:
    """The averaged network of a checkpoint, frozen and in evaluation mode, and the checkpoint itself.

    Raises ModelError as ``load_checkpoint``, and for weights that do not fit their architecture.
    """
    state = load_checkpoint(path, arch)
    network = build(str(state["arch"])).eval()
    try:
        network.load_state_dict(state["average"])
    except (AttributeError, TypeError, RuntimeError) as error:
        raise ModelError(f"{path} does not fit the architecture {state['arch']!r}: {error}") from error
    return network.requires_grad_(False), state


def load_teachers(paths: Sequence[str]) -> list[nn.Module]:
    """The averaged networks of some checkpoints; raises ModelError as ``load_averaged``."""
    return [load_averaged(Path(path))[0] for path in paths]
