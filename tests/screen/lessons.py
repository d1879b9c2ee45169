"""An agent's feed as a test wants it, and an overlay that follows it and can be asked what it shows."""

from __future__ import annotations

import dataclasses
import json
import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from agent.values import Box, Reading, SourceStatus, TileState
from exporter.protocol.client_commands import ClientCommand, OverlayCommand, PauseCommand, ResumeCommand
from exporter.server.feed_server import About, FeedServer, ServerSettings
from tests.exporter.samples import ABOUT, reading, snapshot
from tests.program import environment
from tests.screen.conftest import SIZE
from tests.screen.overlays import ended, homes
from tests.waiting import PATIENCE, until

TILES = (Box(200, 300, 320, 180), Box(540, 300, 320, 180), Box(880, 300, 320, 180))


C = TypeVar("C", bound=ClientCommand)


def tile(number: int, box: Box, state: TileState = TileState.FACE) -> Reading:
    """A participant whose face, where there is one, is in the middle of the tile."""
    one = reading(number, state)
    middle = Box(box.left + box.width // 2 - 35, box.top + box.height // 2 - 35, 70, 70)
    face = None if one.face is None else dataclasses.replace(one.face, box=middle)
    emotion = None if face is None else one.emotion
    return dataclasses.replace(one, box=box, face=face, emotion=emotion)


@dataclass
class Lesson:
    """Publishes what it was last told, again and again; ``taken`` are the commands of clients.

    It pauses and resumes when it is asked to, like the agent.
    """

    taken: queue.Queue[ClientCommand] = field(default_factory=queue.Queue)
    status: SourceStatus = field(default_factory=lambda: SourceStatus(place=Box(0, 0, *SIZE)))
    tiles: Sequence[Reading] = tuple(tile(number, box) for number, box in enumerate(TILES))
    _ended: threading.Event = field(default_factory=threading.Event)
    _seq: int = 0

    def take(self, command: ClientCommand) -> None:
        if isinstance(command, PauseCommand | ResumeCommand):
            self.status = dataclasses.replace(self.status, paused=isinstance(command, PauseCommand))
        self.taken.put(command)

    def asked(self, kind: type[C]) -> C:
        """The next command of a kind; what else came before is forgotten."""
        while True:
            command = self.taken.get(timeout=PATIENCE)
            if isinstance(command, kind):
                return command

    def sees(self, boxes: int) -> None:
        """Wait for the overlay to say that it draws over so many places."""
        while len(self.asked(OverlayCommand).boxes) != boxes:
            pass

    def speak(self, server: FeedServer) -> None:
        """Say how things are, until it ends."""
        while not self._ended.wait(0.2):
            self._seq += 1
            now = snapshot(self._seq, tiles=0)
            width, height = SIZE
            server.publish(
                dataclasses.replace(
                    now, width=width, height=height, source=self.status, readings=tuple(self.tiles), alerts=()
                )
            )

    def end(self) -> None:
        self._ended.set()


@contextmanager
def lesson(folder: Path, about: About = ABOUT, **settings: Any) -> Iterator[tuple[Lesson, FeedServer]]:
    """A feed, on a free port where none is given, that speaks of three tiles on the screen."""
    told = Lesson()
    given = ServerSettings(**{"port": 0, "connection_folder": folder, **settings})
    with FeedServer(given, about, commands=told.take) as server:
        thread = threading.Thread(target=told.speak, args=(server,))
        thread.start()
        try:
            yield told, server
        finally:
            told.end()
            thread.join()


@dataclass
class Driven:
    """An overlay that says what it shows, and the mouse in front of it."""

    process: subprocess.Popen[str]

    @property
    def shown(self) -> dict[str, Any]:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        seen: dict[str, Any] = json.loads(self.process.stdout.readline())
        return seen

    def entry(self, text: str) -> dict[str, Any]:
        """The menu's entry that begins so."""
        menu: list[dict[str, Any]] = self.shown["menu"]
        return next(one for one in menu if one["text"].startswith(text))

    def until(self, happened: Callable[[dict[str, Any]], bool], what: str) -> None:
        until(lambda: happened(self.shown), what)

    def open_menu(self, at: tuple[int, int] | None = None) -> None:
        """Click with the right button at a place, or on the gauge."""
        left, top, width, height = self.shown["gauge"] or (0, 0, 0, 0)
        click(*(at or (left + width // 2, top + height // 2)), button=3)
        self.until(lambda shown: bool(shown["is_open"]), "the menu")

    def choose(self, text: str, at: tuple[int, int] | None = None) -> None:
        """Open the menu and click an entry."""
        self.open_menu(at)
        self.click(text)
        self.until(lambda shown: not shown["is_open"], "the menu closed")

    def click(self, text: str) -> None:
        """Click an entry of the open menu."""
        left, top, width, height = self.entry(text)["box"]
        click(left + width // 2, top + height // 2)


def click(x: int, y: int, button: int = 1) -> None:
    mouse("mousemove", str(x), str(y), "click", str(button))


def mouse(*arguments: str) -> None:
    subprocess.run(["xdotool", *arguments], check=True, timeout=20)


@contextmanager
def driven(address: str, home: Path, *, introduced: bool = True, **extra: str) -> Iterator[Driven]:
    """An overlay for an address of the feed, which keeps what it keeps in ``home``."""
    memory = home / "readtheroom" / "overlay.json"
    if introduced and not memory.exists():
        memory.parent.mkdir(parents=True, exist_ok=True)
        memory.write_text('{"is_introduced": true}')
    arguments = [sys.executable, "-m", "tests.screen.driven", address]
    env = environment(**homes(home), **extra)
    with ended(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=env) as process:
        yield Driven(process)
