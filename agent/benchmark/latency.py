"""Age of a reading when a client has it: end to end, over the real feed, in real time."""

from __future__ import annotations

import json
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path

import msgspec
from websockets.exceptions import WebSocketException
from websockets.sync.client import ClientConnection

from agent.analysis.runner import Runner
from agent.benchmark.galleries import GallerySource, loop
from agent.benchmark.measures import Spread, milliseconds
from agent.composition.analyzer import open_analyzer
from agent.configuration.config import Config
from agent.errors import FeedError
from agent.tracking.layout_watch import CONFIRM
from agent.values import Frame, Pixels, SourceInfo, SourceStatus
from exporter.access.token import ConnectionInfo
from exporter.clients.connection import connect_to
from exporter.protocol.messages import ModelPart
from exporter.server.feed_server import About, FeedServer, ServerSettings

SETTLE = sum(CONFIRM[:2]) + 1.0
"""Seconds from the first face to the start of measuring: the layout is confirmed twice by then."""

LONGEST = 60.0
"""Maximum seconds to wait for the first face of a gallery."""


class Age(msgspec.Struct, frozen=True):
    """Milliseconds from the capture of a frame until the client has its reading.

    ``core`` is the share of a core that the whole process used meanwhile: reading, serving and the client,
    but not capturing.
    """

    gallery: str
    hz: float
    messages: int
    age: Spread
    core: float


class _Loop:
    """A source that repeats some frames in real time."""

    def __init__(self, pictures: Sequence[Pixels], hz: float) -> None:
        height, width = pictures[0].shape[:2]
        self.info = SourceInfo("demo", "bench", width, height)
        self.status = SourceStatus()
        self._pictures, self._hz = pictures, hz

    def frames(self) -> Iterator[Frame | None]:
        start = time.monotonic()
        while True:
            now = time.monotonic()
            index = int((now - start) * self._hz) % len(self._pictures)
            yield Frame(self._pictures[index], now, time.time())


def measure_age(config: Config, gallery: GallerySource, hz: float, seconds: float) -> Age:
    """Run source, analysis, feed and one client for ``seconds`` once the readings have settled."""
    source = _Loop(loop(gallery, hz), hz)
    with (
        open_analyzer(config, "live") as analyzer,
        tempfile.TemporaryDirectory() as folder,
        FeedServer(
            ServerSettings(port=0, connection_folder=Path(folder)),
            About(
                source.info,
                ModelPart(
                    name=analyzer.card.name, sha256=analyzer.card.sha256, input=analyzer.card.input.shape
                ),
            ),
        ) as server,
    ):
        runner = Runner(source, analyzer, server.publish, hz)
        agent = ConnectionInfo(feed=f"ws://127.0.0.1:{server.port}/feed", token=server.token)
        client = _Client(agent, seconds, runner.stop)
        client.start()
        runner.run(LONGEST + seconds)
    return client.result(gallery.name, hz)


class _Client(threading.Thread):
    """Follows a feed, notes each message's age, and calls ``done`` when it has seen enough."""

    def __init__(self, agent: ConnectionInfo, seconds: float, done: Callable[[], None]) -> None:
        super().__init__(name="bench client", daemon=True)
        self._agent, self._seconds, self._done = agent, seconds, done
        self.ages: list[float] = []
        self.core = 0.0
        self._error: FeedError | None = None

    def run(self) -> None:
        try:
            with connect_to(self._agent, "ack=1") as feed:
                self._follow(feed)
        except (OSError, WebSocketException) as error:
            self._error = FeedError(f"the feed ended while it was measured: {error}")
        finally:
            self._done()

    def result(self, gallery: str, hz: float) -> Age:
        """The measured ages. Raises FeedError when the feed ended early."""
        self.join()
        if self._error is not None:
            raise self._error
        return Age(gallery, hz, len(self.ages), milliseconds(self.ages), round(self.core, 4))

    def _follow(self, feed: ClientConnection) -> None:
        feed.recv()
        first: float | None = None
        cpu = started = 0.0
        while True:
            message = json.loads(feed.recv())
            now = time.time()
            feed.send(json.dumps({"type": "ack", "seq": message["seq"]}))
            # A policy may forbid to read expressions; faces are found all the same.
            if first is None and message["room"]["faces"]:
                first = now
            if first is None or now - first < SETTLE:
                started, cpu = time.monotonic(), time.process_time()
                continue
            self.ages.append(now - datetime.fromisoformat(message["time"]).timestamp())
            if now - first - SETTLE >= self._seconds:
                self.core = (time.process_time() - cpu) / (time.monotonic() - started)
                return
