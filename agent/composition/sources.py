"""Opens the source that the configuration names."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from agent.configuration.config import Config
from agent.errors import ConfigError
from agent.layout import find_layout
from agent.sources.base import Playback, Source
from agent.sources.camera import CameraSource
from agent.sources.demo import DemoSource
from agent.sources.media import MediaSource, open_media
from agent.sources.pictures import is_picture
from agent.sources.screen import ScreenSource
from agent.values import Box, Pixels
from agent.words import listing

if TYPE_CHECKING:
    from agent.sources.webrtc.sessions import Senders

WORD = re.compile(r"[A-Za-z]+|[0-9]+")
"""Matches what looks like a source's name, perhaps misspelt, or a number, and not like a path or address."""
KINDS = ("screen", "camera", "webrtc", "demo")
EXACT = frozenset({"screen", "demo", "camera"})
"""Sources whose frames were not encoded as video; a camera's are photos, for which the search has rules."""


def open_source(config: Config, senders: Senders | None = None) -> Source:
    """Open the source that ``source.origin`` names; ``senders`` are those of ``webrtc``.

    Raises SourceError, PictureError or ConfigError when it cannot be opened.
    """
    origin = config.source.origin
    if origin == "screen":
        return open_screen(config)
    if origin == "demo":
        return open_demo(config)
    if origin == "camera":
        return CameraSource(config.source.camera)
    if origin == "webrtc":
        if senders is None:
            raise ConfigError(
                "source.origin 'webrtc' is a live source: use `readtheroom run --source webrtc`"
            )
        from agent.sources.webrtc.source import WebRTCSource

        return WebRTCSource(senders)
    if WORD.fullmatch(origin) and not _may_exist(origin):
        close = difflib.get_close_matches(origin.lower(), KINDS, n=1)
        meant = f"; did you mean '{close[0]}'?" if close else ""
        if origin.isdecimal():
            meant = f"; a camera is chosen with source.camera: '{origin}' and --source camera"
        raise ConfigError(
            f"the source (--source, source.origin) is {origin!r}: it is neither a file nor one of "
            f"{listing(KINDS)}{meant}"
        )
    return open_media(origin, Playback(realtime=True, hz=config.analysis.hz))


def _may_exist(origin: str) -> bool:
    """Whether there is such a file; also true if the system cannot tell, as for a name that is too long."""
    try:
        return Path(origin).exists()
    except OSError:
        return True


def open_screen(config: Config) -> ScreenSource:
    """Open the screen, or the region of it that the configuration names."""
    region = None if config.source.region is None else Box(*config.source.region)
    # Choosing a monitor looks at the pictures of all of them; in mode off nothing is looked at.
    choose = None if config.privacy.mode == "off" else choose_monitor
    return ScreenSource(config.source.monitor, region=region, choose=choose, hz=config.analysis.hz)


def open_demo(config: Config) -> DemoSource:
    """Open the drawn class."""
    return DemoSource(
        participants=config.demo.participants,
        seed=config.demo.seed,
        style=config.demo.style,
        fps=config.analysis.hz,
        page_size=config.demo.page_size,
    )


def open_senders(config: Config, *, local_only: bool) -> Senders | None:
    """The WebRTC senders if they are the source, else None; ``local_only`` admits this machine's alone.

    Raises ConfigError for malformed ICE servers, and SourceError when nothing can be received.
    """
    if config.source.origin != "webrtc":
        return None
    # aiortc takes half a second to load, and most runs read the screen.
    from agent.sources.webrtc.sessions import SenderLimits, Senders

    given = config.webrtc
    limits = SenderLimits(given.sessions, given.connect_timeout, given.idle_timeout)
    return Senders(limits, ice_servers=given.ice_servers, local_only=local_only)


def shows_video(config: Config) -> bool:
    """Whether the source's frames were decoded from video, which keeps no colour exact.

    In a gallery of 25 that a browser shared, the same tiles are found in 0.21 s of CPU when a tolerance is
    tried first, and in 0.6 to 1.4 s when exact colours are. An exact picture takes 0.24 s either way.
    """
    origin = config.source.origin
    return origin == "webrtc" or not (origin in EXACT or is_picture(Path(origin)))


def open_file(config: Config, file: str) -> MediaSource:
    """Open a picture or recording, read as fast as possible."""
    return open_media(file, Playback(realtime=False, hz=config.analysis.hz))


def choose_monitor(pictures: Sequence[Pixels]) -> int | None:
    """The index of the monitor that shows the largest gallery, or None when none shows one."""
    counts = [len(find_layout(picture).slots) for picture in pictures]
    return counts.index(max(counts)) if any(counts) else None
