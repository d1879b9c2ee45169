"""Pictures and recordings that the tests write, and all frames of a source."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import av
import numpy as np
from PIL import Image

from agent.sources.media import MediaSource
from agent.values import Frame

HUES = [(200, 40, 40), (40, 200, 40), (40, 40, 200)]


def write_video(path: Path, frames: int = 30, rate: int = 10, size: tuple[int, int] = (64, 48)) -> Path:
    """A video whose frames get brighter one by one."""
    with av.open(str(path), "w") as container:
        stream: Any = container.add_stream("mpeg4", rate=rate)
        stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
        for index in range(frames):
            level = np.full((size[1], size[0], 3), 255 * index // frames, np.uint8)
            for packet in stream.encode(av.VideoFrame.from_ndarray(level, format="rgb24")):
                container.mux(packet)
        for packet in stream.encode():
            container.mux(packet)
    return path


def read_all(source: MediaSource) -> list[Frame]:
    with source:
        return [frame for frame in source.frames() if frame is not None]


def picture(mode: str, colour: Sequence[int] | int, size: tuple[int, int] = (6, 4)) -> Image.Image:
    return Image.new(mode, size, colour if isinstance(colour, int) else tuple(colour))
