"""Value types for where frames come from: a source, its state, and the answer to a WebRTC sender.

Part of ``agent.values``: import them from there.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from agent.box import Box


class SourceState(StrEnum):
    """State of a source: ``live``, no frame for a while (``stalled``), or being reopened (``lost``)."""

    LIVE = "live"
    STALLED = "stalled"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class SourceInfo:
    """Source of the frames. ``kind`` is screen, webrtc, camera, media or demo; size in pixels."""

    kind: str
    name: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class SourceStatus:
    """Whether frames arrive, how many were overwritten before they were read, whether reading is paused.

    ``place`` is the frame's rectangle on this machine's desktop, in the desktop's own units (points on macOS,
    else physical pixels); None if the frame is not part of the desktop. ``failed`` counts the frames that
    could not be read. ``failing``: no frame can be read now, so the readings are old.
    """

    state: SourceState = SourceState.LIVE
    dropped: int = 0
    paused: bool = False
    place: Box | None = None
    failed: int = 0
    failing: bool = False


@dataclass(frozen=True, slots=True)
class SenderAnswer:
    """Answer to a WebRTC sender: the session's name, the tag of its present state, and the SDP answer."""

    session: str
    tag: str
    sdp: str
