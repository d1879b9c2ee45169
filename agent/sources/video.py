"""A recording or stream as a source, in real time or as fast as it can be read."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Self

from agent.errors import SourceLostError
from agent.sources.base import Playback
from agent.sources.decoding import Video, to_rgb
from agent.sources.pushed_frames import PushedFrames
from agent.system.logs import logger
from agent.values import Frame, SourceInfo


class VideoSource:
    """An opened recording, or an address that FFmpeg can play; closes it.

    In real time, frames that are not taken in time are dropped and counted. ``Frame.time`` follows the
    recording's clock; in real time, it is shifted to the monotonic clock. ``is_stream``: it comes from an
    address, and may come back after it broke.
    """

    place = None
    is_picture = False

    def __init__(self, video: Video, name: str, playback: Playback, *, is_stream: bool = False) -> None:
        self._video, self._is_stream = video, is_stream
        self._realtime, self._clock = playback.realtime, playback.clock
        self._period = 1.0 / playback.hz
        self.info = SourceInfo("media", name, video.width, video.height)
        self._pushed = PushedFrames(self._play, "media player")

    @property
    def duration(self) -> float | None:
        """Length in seconds; None for an endless stream."""
        return self._video.duration

    @property
    def dropped(self) -> int:
        """Number of frames that were not taken in time."""
        return self._pushed.dropped

    def frames(self) -> Iterator[Frame | None]:
        """Yield frames until the end, timed as the class says. Raises SourceLostError for a broken stream."""
        if not self._realtime:
            return self._sample()
        self._pushed.start()
        return self._pushed.frames()

    def close(self) -> None:
        """Stop, and close the file; idempotent, and allowed from another thread."""
        self._pushed.close()
        self._video.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _sample(self) -> Iterator[Frame | None]:
        """One frame per period of the recording's own time; one that breaks off is logged and ends."""
        start = time.time()
        due, count = 0.0, 0
        try:
            for seconds, frame in self._video.frames():
                if self._pushed.closed:
                    return
                # A millisecond of tolerance: time stamps are rounded.
                if count and seconds + 1e-3 < due:
                    continue
                due = max(due + self._period, seconds)
                count += 1
                yield Frame(to_rgb(frame), seconds, start + seconds)
        except SourceLostError as error:
            logger.warning("%s: the frames before it were read", error)
        finally:
            self._end()

    def _play(self) -> None:
        try:
            self._put_in_time()
        except SourceLostError as lost:
            # A stream may come back. A damaged file stays damaged, and would be played again for ever.
            if self._is_stream:
                raise
            logger.warning("%s: the frames before it were played", lost)

    def _put_in_time(self) -> None:
        """Decode at the recording's own speed, and pass on each frame when it is due."""
        start, wall = self._clock(), time.time()
        # A live stream sets its own pace, and its time stamps may jump.
        live = self._is_stream and self._video.duration is None
        try:
            for stamp, frame in self._video.frames():
                seconds = self._clock() - start if live else stamp
                if self._pushed.wait(max(start + seconds - self._clock(), 0.0)):
                    return
                self._pushed.put(frame, start + seconds, wall + seconds)
        finally:
            self._end()

    def _end(self) -> None:
        if self._video.damaged:
            logger.warning("%s: %d damaged parts were skipped", self._video.name, self._video.damaged)
        self._video.close()
