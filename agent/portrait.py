"""A picture of one large face without a gallery: read as a camera's picture, whose whole frame is one tile.

Only pictures that somebody names are read so. On a screen one large face is a photo, a film or a wallpaper.
"""

from __future__ import annotations

import msgspec
import numpy as np

from agent.configuration.config import Config
from agent.opening import open_analyzer
from agent.values import Frame, Pixels, Reading, Snapshot

LARGE = 0.2
"""Least height of the face in heights of the picture: 0.25 to 0.51 in eight tiles of real galleries, 0.09
where a screen shows the whole gallery."""

SURE = 0.5
"""Least confidence of the detector: 0.92 and more in those tiles, up to 0.52 in charts and in icons."""

FLAT = 0.65
"""Most of a photo's pixels that are exactly like their left neighbour: 0.08 to 0.54 in those tiles, 0.84 and
more on 52 pages and desktops without a gallery."""


def read_portrait(config: Config, frame: Frame) -> Snapshot | None:
    """What is said of a picture as that of one person; None where it is not one.

    Raises ModelError or ConfigError as ``open_analyzer`` does.
    """
    if _nobody_is_read(config) or flat_share(frame.pixels) > FLAT:
        return None
    source = msgspec.structs.replace(config.source, origin="camera")
    with open_analyzer(msgspec.structs.replace(config, source=source), single=True) as analyzer:
        snapshot = analyzer.analyze(frame)
    return snapshot if is_portrait(snapshot) else None


def is_portrait(snapshot: Snapshot) -> bool:
    """Whether a snapshot is of a single tile that is the whole picture, with a large face in it."""
    if len(snapshot.readings) != 1 or not fills(snapshot.readings[0], snapshot):
        return False
    face = snapshot.readings[0].face
    return face is not None and face.confidence >= SURE and face.box.height >= LARGE * snapshot.height


def fills(reading: Reading, snapshot: Snapshot) -> bool:
    """Whether a tile is the whole picture."""
    return (reading.box.width, reading.box.height) == (snapshot.width, snapshot.height)


def flat_share(pixels: Pixels) -> float:
    """The share of the pixels of a picture, RGB uint8 (H, W, 3), that are like their left neighbour."""
    if pixels.shape[1] < 2:
        return 1.0
    return float(np.mean((pixels[:, 1:] == pixels[:, :-1]).all(axis=2)))


def _nobody_is_read(config: Config) -> bool:
    return config.consent.default == "exclude" and config.consent.list is None
