"""The room's figures as a Lab Streaming Layer (LSL) stream, to be recorded with other measurements.

One stream of float32 at irregular rate: the seven shares, valence, arousal, attention, tiles, faces, faces
read. A figure is NaN if it is missing, for example with fewer faces than ``min_group``. Tiles are never sent.
"""

from __future__ import annotations

import logging
import math
from typing import Any, Self

from agent.errors import ConfigError
from agent.values import LABELS, Snapshot
from exporter.privacy import PrivacyPolicy, filter_snapshot

logger = logging.getLogger("readtheroom")

CHANNELS = (*LABELS, "valence", "arousal", "attention", "tiles", "faces", "read")


def sample(snapshot: Snapshot, policy: PrivacyPolicy) -> list[float]:
    """One value for each of CHANNELS; pure."""
    room = filter_snapshot(snapshot, policy).room
    shares = room.scores if room.scores is not None else [None] * len(LABELS)
    given = (*shares, room.valence, room.arousal, room.attention, room.tiles, room.faces, room.read)
    return [math.nan if one is None else float(one) for one in given]


class LslBridge:
    """A stream that LSL tools in the same network find by its name.

    Raises ConfigError if the package or its native library is missing, or if the stream cannot be opened.
    """

    def __init__(self, name: str, policy: PrivacyPolicy) -> None:
        try:
            import pylsl
        except (ImportError, RuntimeError, OSError) as error:
            raise ConfigError(
                f"lsl.enabled is true, but LSL cannot be used ({error}): "
                'pip install ".[lsl]" in the program\'s folder'
            ) from None
        info = pylsl.StreamInfo(name, "Expressions", len(CHANNELS), pylsl.IRREGULAR_RATE, "float32", name)
        channels = info.desc().append_child("channels")
        for channel in CHANNELS:
            channels.append_child("channel").append_child_value("label", channel)
        self._policy = policy
        try:
            self._outlet: Any = pylsl.StreamOutlet(info)
        except RuntimeError as error:
            raise ConfigError(
                f"lsl.enabled is true, but the stream cannot be opened ({error}): other programs may hold "
                "all of LSL's ports, 16572 to 16604; end them, or set lsl.enabled to false"
            ) from None
        logger.warning(
            "every LSL tool in this network can record the room's figures, as the stream %r; set lsl.enabled "
            "to false to end that",
            name,
        )

    def publish(self, snapshot: Snapshot) -> None:
        """Send one sample."""
        if self._outlet is not None:
            self._outlet.push_sample(sample(snapshot, self._policy))

    def close(self) -> None:
        """End the stream; idempotent."""
        self._outlet = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
