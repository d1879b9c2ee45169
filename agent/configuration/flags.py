"""Applies the flags of a command to the configuration."""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from agent.configuration.config import Config
from agent.configuration.loading import load_config
from agent.system.logs import logger, set_up

FLAG_KEYS = {
    "source": "source.origin",
    "monitor": "source.monitor",
    "port": "feed.port",
    "host": "feed.host",
    "tls": "feed.self_signed",
    "hz": "analysis.hz",
    "participants": "demo.participants",
    "style": "demo.style",
    "seed": "demo.seed",
    "log_level": "log.level",
    "overlay_style": "overlay.style",
    "animations": "overlay.animations",
    "shortcut": "overlay.shortcut",
}
"""The configuration key that each flag sets."""

CONFIG_VARIABLE = "READTHEROOM_CONFIG"
TEXT_KEYS = frozenset(
    {"source.origin", "feed.host", "feed.self_signed", "overlay.shortcut", "overlay.animations"}
)
"""Keys whose flag is always text, even if it looks like a number: a picture may be called 5."""


def config_file(options: argparse.Namespace) -> Path | None:
    """The configuration file that the command line or the environment names, or None."""
    path: Path | None = options.config
    return Path(os.environ[CONFIG_VARIABLE]) if path is None and CONFIG_VARIABLE in os.environ else path


def configure(options: argparse.Namespace, own: Mapping[str, Any] | None = None) -> Config:
    """The configuration from file, environment and flags; it also sets up logging.

    ``own`` are the command's defaults ({"analysis.hz": 2.0}) where they differ from the program's. Raises
    ConfigError for a wrong value in any of the three.
    """
    path = config_file(options)
    flags = {}
    for flag, key in FLAG_KEYS.items():
        value = getattr(options, flag, None)
        if value is not None:
            flags[key] = value if key in TEXT_KEYS else _number(value)
    record = getattr(options, "record", None)
    if record is not None:
        flags |= {"record.enabled": True, **({"record.path": record} if record else {})}
    if getattr(options, "lan", False):
        flags = {"feed.host": "0.0.0.0", **flags, "feed.self_signed": True}  # noqa: S104 - asked for
    typed = {key: f"--{flag.removeprefix('overlay_').replace('_', '-')}" for flag, key in FLAG_KEYS.items()}
    config = load_config(path, os.environ, flags, own, typed | {"record.path": "--record"})
    set_up(config.log.level)
    if path is not None:
        _warn_of_policy(path, config)
    return config


def _warn_of_policy(path: Path, config: Config) -> None:
    """Warn if the environment overrides a policy that the file sets: whoever wrote it relies on it."""
    written, used = load_config(path).privacy.policy, config.privacy.policy
    if written not in {"none", used}:
        logger.warning(
            "%s sets privacy.policy %s, but READTHEROOM_PRIVACY_POLICY overrides it with %s: unset the "
            "variable if the file is to count",
            path,
            written,
            used,
        )


def _number(text: str) -> str | int | float:
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text
