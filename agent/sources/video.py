"""A recording or stream as a source, in real time or as fast as it can be read."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import Self

from agent.errors import SourceLostError
from agent.sources.base import JOIN, TICK, Playback
from agent.sources.decoding import DecodedFrame, Video, to_rgb
from agent.sources.latest_frame import LatestFrame
from agent.system.logs import logger
from agent.values import Frame, SourceInfo


class VideoSource:
    """An opened recording, or an address that FFmpeg can play; closes it.

    In real time, frames that are not taken in time are dropped and counted. ``Frame.time`` follows the
    recording's clock; in real time, it is shifted to the monotonic clock. ``is_stream``: it
    comes from an address, and may come back after it broke.
    """

    place = None
    is_picture = False

    def __init__(self, video: Video, name: str, playback: Playback, *, is_stream: bool = False) -> None:
        self._video, self._is_stream = video, is_stream
        self._realtime, self._clock = playback.realtime, playback.clock
        self._period = 1.0 / playback.hz
        self.info = SourceInfo("media", name, video.width, video.height)
        self._closed = threading.Event()
        self._latest: LatestFrame[tuple[DecodedFrame, float, float]] = LatestFrame()
        self._player: threading.Thread | None = None

    @property
    def duration(self) -> float | None:
        """Length in seconds; None for an endless stream."""
        return self._video.duration

    @property
    def dropped(self) -> int:
        """Number of frames that were not taken in time."""
        return self._latest.dropped

    def frames(self) -> Iterator[Frame | None]:
        """Yield frames until the end, timed as the class says. Raises SourceLostError for a broken stream."""
        return self._play() if self._realtime else self._sample()

    def close(self) -> None:
        """Stop, and close the file; idempotent, and allowed from another thread."""
        self._closed.set()
        self._latest.close()
        player = self._player
        if player is not None and player is not threading.current_thread():
            player.join(timeout=JOIN)
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
                if self._closed.is_set():
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
            self._end(self._video)

    def _play(self) -> Iterator[Frame | None]:
        self._player = threading.Thread(target=self._push, name="media player", daemon=True)
        self._player.start()
        while not self._closed.is_set() and not self._latest.closed:
            waiting = self._latest.take(TICK)
            if waiting is not None:
                frame, monotonic, wall = waiting
                yield Frame(to_rgb(frame), monotonic, wall)
            elif not self._latest.closed:
                yield None
        if not self._closed.is_set():
            # Raises the player's error, if it had one.
            self._latest.take(0.0)

    def _push(self) -> None:
        """Play into ``_latest``, and close it with the error, if any, for the frames' reader."""
        error: Exception | None = None
        try:
            self._put_in_time(self._video)
        except SourceLostError as lost:
            # A stream may come back. A damaged file stays damaged, and would be played again for ever.
            if self._is_stream:
                error = lost
            else:
                logger.warning("%s: the frames before it were played", lost)
        except Exception as bug:
            # If it stayed in this thread, it would look like the end of the recording.
            error = bug
        finally:
            self._latest.close(error)

    def _put_in_time(self, video: Video) -> None:
        """Decode at the recording's own speed and store each frame in ``_latest``."""
        start, wall = self._clock(), time.time()
        # A live stream sets its own pace, and its time stamps may jump.
        live = self._is_stream and video.duration is None
        try:
            for stamp, frame in video.frames():
                seconds = self._clock() - start if live else stamp
                if self._closed.wait(max(start + seconds - self._clock(), 0.0)):
                    return
                self._latest.put((frame, start + seconds, wall + seconds))
        finally:
            self._end(video)

    @staticmethod
    def _end(video: Video) -> None:
        if video.damaged:
            logger.warning("%s: %d damaged parts were skipped", video.name, video.damaged)
        video.close()
