"""The demo source: a drawn, animated class with known expressions, in real time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

from agent.classroom.gallery import Gallery
from agent.classroom.scene import Scene, TileTruth
from agent.classroom.script import Script, ScriptPace
from agent.classroom.styles import Plan, style_named
from agent.errors import ConfigError
from agent.values import Frame, SourceInfo


class DemoSource:
    """A drawn class as a source of frames; ``truth`` holds what the last frame shows.

    ``size`` is (width, height) in pixels, ``fps`` the maximum frame rate, ``page_size`` the maximum number of
    tiles on a page. ``clock`` returns monotonic seconds.

    Raises ConfigError when participants, size or fps are out of range or the style is unknown.
    """

    place = None

    def __init__(  # noqa: PLR0913 - the knobs of the demo, all with defaults
        self,
        participants: int = 25,
        seed: int = 1,
        style: str = "zoom",
        size: tuple[int, int] = (1280, 720),
        fps: float = 10.0,
        *,
        page_size: int = 49,
        pace: ScriptPace | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        _check(participants, size, fps, page_size)
        self.truth: tuple[TileTruth, ...] = ()
        self.scene: Scene | None = None
        self._script = Script(seed, participants, page_size, pace)
        self._gallery = Gallery(Plan(style_named(style), size))
        self._info = SourceInfo("demo", f"drawn class of {participants}", *size)
        self._fps, self._clock = fps, clock
        self._closed = threading.Event()

    @property
    def info(self) -> SourceInfo:
        """The demo and the size of its frames."""
        return self._info

    @property
    def dropped(self) -> int:
        """Always 0: a frame is drawn when it is requested."""
        return 0

    def frames(self) -> Iterator[Frame | None]:
        """Yield the class as it is at each step, at most ``fps`` times a second, until closed."""
        start = self._clock()
        due = start
        while not self._closed.wait(max(due - self._clock(), 0.0)):
            # Read both clocks at the same moment: the first drawing takes a quarter of a second.
            now, wall = self._clock(), time.time()
            due = max(due + 1 / self._fps, now)
            self.scene = self._script.scene_at(now - start)
            drawing = self._gallery.draw(self.scene)
            self.truth = drawing.truth
            yield Frame(drawing.pixels, now, wall)

    def close(self) -> None:
        """End ``frames``."""
        self._closed.set()

    def __enter__(self) -> DemoSource:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _check(participants: int, size: tuple[int, int], fps: float, page_size: int) -> None:
    if not 1 <= participants <= 49:
        raise ConfigError(f"a demo class has 1 to 49 participants, not {participants}")
    if not (320 <= size[0] <= 7680 and 180 <= size[1] <= 4320):
        raise ConfigError(f"a demo frame is 320x180 to 7680x4320 pixels, not {size[0]}x{size[1]}")
    if not 0 < fps <= 60:
        raise ConfigError(f"the demo draws more than 0 and up to 60 frames a second, not {fps}")
    if not 1 <= page_size <= 49:
        raise ConfigError(f"a page of the demo holds 1 to 49 tiles, not {page_size}")
