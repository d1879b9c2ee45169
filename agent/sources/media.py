"""Opens a picture, a recording or an address as a source."""

from __future__ import annotations

import math
from pathlib import Path

from agent.errors import PictureError
from agent.sources.base import Playback
from agent.sources.decoding import Video, shown, to_rgb
from agent.sources.pictures import is_picture, read_picture
from agent.sources.still_picture import PictureSource
from agent.sources.video import VideoSource

MediaSource = PictureSource | VideoSource


def open_media(address: str, playback: Playback) -> MediaSource:
    """Open a picture, a recording, or an address that FFmpeg can play.

    A video of one frame counts as a picture. Raises PictureError when it cannot be read.
    """
    # Without its folders, which may reveal more than the feed should.
    name = Path(shown(address)).name or "media"
    if "://" in address:
        return VideoSource(Video(address), name, playback, is_stream=True)
    path = Path(address)
    _check_file(path)
    if is_picture(path):
        return PictureSource(read_picture(path), name, playback)
    video = Video(str(path), wanted=math.inf if playback.realtime else playback.hz)
    if not video.is_still():
        return VideoSource(video, name, playback)
    with video:
        pixels = next(to_rgb(frame) for _, frame in video.frames())
    return PictureSource(pixels, name, playback)


def _check_file(path: Path) -> None:
    try:
        if not path.exists():
            raise PictureError(f"there is no file {path}: check the path")
        if path.is_dir():
            raise PictureError(f"{path} is a folder: name the pictures or recordings in it")
        if not path.is_file():
            raise PictureError(f"{path} is a device or pipe, not a file: use source camera for a camera")
        if path.stat().st_size == 0:
            raise PictureError(f"{path} is empty: was it copied completely?")
        with path.open("rb"):
            return
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise PictureError(f"{path} cannot be read ({reason}): check the path and its permissions") from None
