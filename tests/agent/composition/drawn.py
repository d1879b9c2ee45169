"""A drawn lesson in files, and the configuration with which it is read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import av
import cv2
import msgspec

from agent.classroom.gallery import Gallery, Plan
from agent.classroom.script import Script
from agent.classroom.styles import style_named
from agent.configuration.config import AnalysisConfig, Config, PrivacyConfig
from agent.values import PrivacyMode

SIZE, PEOPLE = (960, 540), 9
FRAMES, RATE, HZ = 14, 10, 2.0


def write_lesson(folder: Path) -> Path:
    """A folder with ``lesson.mp4``, drawn participants for 1.4 seconds, and ``moment.png`` of them."""
    script, gallery = Script(4, PEOPLE), Gallery(Plan(style_named("zoom"), SIZE))
    with av.open(str(folder / "lesson.mp4"), "w") as container:
        stream: Any = container.add_stream("mpeg4", rate=RATE)
        stream.width, stream.height, stream.pix_fmt, stream.bit_rate = *SIZE, "yuv420p", 4_000_000
        for index in range(FRAMES):
            drawn = gallery.draw(script.scene_at(3 + index / RATE)).pixels
            container.mux(stream.encode(av.VideoFrame.from_ndarray(drawn, format="rgb24")))
        container.mux(stream.encode())
    cv2.imwrite(str(folder / "moment.png"), cv2.cvtColor(drawn, cv2.COLOR_RGB2BGR))
    return folder


def configured(mode: PrivacyMode = "tiles") -> Config:
    analysis = msgspec.convert({"hz": HZ}, AnalysisConfig)
    return msgspec.structs.replace(Config(), analysis=analysis, privacy=PrivacyConfig(mode=mode))
