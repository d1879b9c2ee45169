"""Pictures, recordings and streams as sources, in real time or as fast as they can be read."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Self

from agent.errors import PictureError, SourceLostError
from agent.sources.base import JOIN, TICK
from agent.sources.decoding import DecodedFrame, Video, shown, to_rgb
from agent.sources.latest_frame import LatestFrame
from agent.sources.pictures import is_picture, read_picture
from agent.system.logs import logger
from agent.values import Frame, Pixels, SourceInfo


class MediaSource:
    """A picture, a recording, or an address that FFmpeg can play.

    ``realtime`` plays it at its own speed: a picture is repeated ``hz`` times a second, and frames that are
    not taken in time are dropped and counted. Otherwise it is read as fast as possible: a picture once, a
    recording with one frame in every 1/``hz`` seconds of its own time. ``Frame.time`` follows the recording's
    clock; in real time, it is shifted to the monotonic clock.

    Raises PictureError when it cannot be read.
    """

    place = None

    def __init__(
        self,
        address: str,
        *,
        realtime: bool,
        hz: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._address, self._realtime, self._period, self._clock = address, realtime, 1.0 / hz, clock
        self._closed = threading.Event()
        self._picture: Pixels | None = None
        self._video: Video | None = None
        self._latest: LatestFrame[tuple[DecodedFrame, float, float]] = LatestFrame()
        self._player: threading.Thread | None = None
        self._open()

    @property
    def is_picture(self) -> bool:
        """Whether this is a single still picture."""
        return self._picture is not None

    @property
    def duration(self) -> float | None:
        """Length of a recording in seconds; None for a picture or an endless stream."""
        return None if self._video is None else self._video.duration

    @property
    def info(self) -> SourceInfo:
        """The file's name without its folders, which may reveal more than the feed should."""
        name = Path(shown(self._address)).name or "media"
        if self._picture is not None:
            height, width = self._picture.shape[:2]
            return SourceInfo("media", name, width, height)
        assert self._video is not None  # noqa: S101 - _open leaves one of the two
        return SourceInfo("media", name, self._video.width, self._video.height)

    @property
    def dropped(self) -> int:
        """Number of frames of a recording that were not taken in time."""
        return self._latest.dropped

    def frames(self) -> Iterator[Frame | None]:
        """Yield frames until the end, timed as the class says. Raises SourceLostError for a broken stream."""
        if self._picture is not None:
            return self._repeat(self._picture)
        return self._play() if self._realtime else self._sample()

    def close(self) -> None:
        """Stop, and close the file; idempotent, and allowed from another thread."""
        self._closed.set()
        self._latest.close()
        player = self._player
        if player is not None and player is not threading.current_thread():
            player.join(timeout=JOIN)
        if self._video is not None:
            self._video.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _open(self) -> None:
        if "://" in self._address:
            self._video = Video(self._address)
            return
        path = Path(self._address)
        _check_file(path)
        if is_picture(path):
            self._picture = read_picture(path)
        else:
            wanted = math.inf if self._realtime else 1.0 / self._period
            video = Video(str(path), wanted=wanted)
            if video.is_still():
                with video:
                    self._picture = next(to_rgb(frame) for _, frame in video.frames())
            else:
                self._video = video

    def _repeat(self, picture: Pixels) -> Iterator[Frame | None]:
        yield Frame(picture, self._clock(), time.time())
        while self._realtime and not self._closed.wait(self._period):
            yield Frame(picture, self._clock(), time.time())

    def _sample(self) -> Iterator[Frame | None]:
        """One frame per period of the recording's own time; one that breaks off is logged and ends."""
        assert self._video is not None  # noqa: S101 - a recording is open
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
        assert self._video is not None  # noqa: S101 - a recording is open
        error: Exception | None = None
        try:
            self._put_in_time(self._video)
        except SourceLostError as lost:
            # A stream may come back. A damaged file stays damaged, and would be played again for ever.
            if "://" in self._address:
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
        live = "://" in self._address and video.duration is None
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
