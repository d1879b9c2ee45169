"""An hour of a drawn lesson through source, analysis, feed and client in real time: a measurement, no test.

Run as ``python -m tests.soak.hour --minutes 60 > soak.jsonl``. One JSON line a minute: memory, threads, open
files, the age of readings at a client, and how often the ids were right in that minute; at the end a summary.
"""

from __future__ import annotations

import argparse
import gc
import json
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import psutil
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from agent.analysis.background_search import BackgroundSearch
from agent.analysis.pipeline import Analyzer
from agent.analysis.runner import Runner
from agent.composition.analyzer import open_analyzer
from agent.configuration.config import AnalysisConfig, Config
from agent.errors import SourceError
from agent.sources.supervised import SupervisedSource
from agent.tracking.gallery import GalleryTracker
from agent.values import Box, Frame, SourceInfo
from exporter.protocol.messages import ModelPart
from exporter.server.feed_server import About, FeedServer, ServerSettings
from tests.load.clients import percentile
from tests.soak.lesson import LARGEST, Studio, Truth
from tests.soak.test_soak import handles

SAME_PLACE = 0.8
LOST_EVERY = 90.0
"""Seconds from one loss of the source to the next."""


class RealTime:
    """The lesson's time is the machine's."""

    def __init__(self) -> None:
        self._start = time.monotonic()

    def now(self) -> float:
        return time.monotonic() - self._start

    def step(self, seconds: float) -> None:
        """Time goes by itself."""


class SteppedTime:
    """The lesson goes on by one frame at a time: on a busy machine it lasts longer, but misses none."""

    def __init__(self) -> None:
        self._now = 0.0
        self.busy: Callable[[], bool] = lambda: False

    def now(self) -> float:
        return self._now

    def step(self, seconds: float) -> None:
        # A search lasts no longer than a frame, as on a machine that has nothing else to do.
        while self.busy():
            time.sleep(0.005)
        self._now += seconds


class LossySource:
    """Shows what a studio draws, at most ``hz`` times a second, and is lost now and then."""

    place = None

    def __init__(
        self,
        studio: Studio,
        clock: RealTime | SteppedTime,
        hz: float,
        truths: deque[tuple[float, tuple[Truth, ...]]],
    ) -> None:
        self.info = SourceInfo("screen", "soak", *LARGEST)
        self.dropped = 0
        self._studio, self._clock, self._hz, self._truths = studio, clock, hz, truths
        self._opened = clock.now()
        self._closed = threading.Event()

    def frames(self) -> Iterator[Frame | None]:
        while not self._closed.is_set():
            due = self._clock.now() + 1 / self._hz
            if self._clock.now() - self._opened > LOST_EVERY:
                raise SourceError("the monitor is gone, as the soak test wants it")
            pixels, truth = self._studio.draw(self._clock.now())
            frame = Frame(pixels, self._clock.now(), time.time())
            self._truths.append((frame.wall, truth))
            yield frame
            self._clock.step(1 / self._hz)
            self._closed.wait(max(due - self._clock.now(), 0.0))

    def close(self) -> None:
        self._closed.set()


@dataclass
class Tally:
    """What a client saw since the last line."""

    ages: list[float] = field(default_factory=list)
    shown: int = 0
    read: int = 0
    faces: int = 0
    camera_on: int = 0
    table: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    owners: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    def take(self, message: dict[str, Any], age: float, truth: tuple[Truth, ...]) -> None:
        self.ages.append(age)
        self.shown += len(truth)
        self.camera_on += sum(tile.camera_on for tile in truth)
        for tile in message["tiles"]:
            box = Box(*tile["box"])
            true = max(truth, key=lambda one: one.box.iou(box), default=None)
            if true is not None and true.box.iou(box) >= SAME_PLACE:
                self.read += 1
                self.faces += tile["state"] == "face"
                self.table[tile["id"]][true.id] += 1
                self.owners[true.id][tile["id"]] += 1

    def accuracy(self) -> float:
        """The share of the shown tiles whose id is the one its participant mostly has, and mostly theirs."""
        rights = [sum(max(row.values()) for row in table.values()) for table in (self.table, self.owners)]
        return min(rights) / max(self.shown, 1)


class Client(threading.Thread):
    """Follows the feed and keeps the tally."""

    def __init__(self, address: str, truths: deque[tuple[float, tuple[Truth, ...]]]) -> None:
        super().__init__(name="soak client", daemon=True)
        self._address, self._truths = address, truths
        self._lock = threading.Lock()
        self._tally = Tally()

    def run(self) -> None:
        try:
            with connect(self._address, proxy=None) as feed:
                feed.recv()
                while True:
                    message = json.loads(feed.recv())
                    now = time.time()
                    feed.send(json.dumps({"type": "ack", "seq": message["seq"]}))
                    if message["source"]["state"] == "live":
                        self._take(message, now)
        except ConnectionClosed:
            return

    def taken(self) -> Tally:
        with self._lock:
            tally, self._tally = self._tally, Tally()
        return tally

    def _take(self, message: dict[str, Any], now: float) -> None:
        wall = datetime.fromisoformat(message["time"]).timestamp()
        # The feed's times are whole milliseconds.
        truth = next((one for at, one in reversed(self._truths) if abs(at - wall) < 0.002), None)
        if truth is not None:
            with self._lock:
                self._tally.take(message, now - wall, truth)


def lines(
    minutes: float, hz: float, every: float, faster: float, stepped: bool
) -> Iterator[dict[str, float]]:
    """One line for each ``every`` seconds of the machine's time."""
    truths: deque[tuple[float, tuple[Truth, ...]]] = deque(maxlen=64)
    clock = SteppedTime() if stepped else RealTime()
    # Stepped time does not wait, so it must not be asked to.
    config = Config(analysis=AnalysisConfig(budget=None)) if stepped else Config()
    start = time.monotonic()
    with (
        Studio(4, 49, faster=faster) as studio,
        SupervisedSource(lambda: LossySource(studio, clock, hz, truths)) as source,
        open_analyzer(config, "live") as analyzer,
        tempfile.TemporaryDirectory() as folder,
        FeedServer(
            ServerSettings(port=0, connection_folder=Path(folder)), _about(source.info, analyzer.card)
        ) as server,
    ):
        if isinstance(clock, SteppedTime):
            clock.busy = partial(is_searching, analyzer)
        runner = Runner(source, analyzer, server.publish, 1000.0 if stepped else hz, clock.now)
        client = Client(f"ws://127.0.0.1:{server.port}/feed?ack=1&token={server.token}", truths)
        client.start()
        worker = threading.Thread(target=runner.run, name="soak worker", daemon=True)
        worker.start()
        for index in range(1, round(minutes * 60 / every) + 1):
            cpu = time.process_time()
            time.sleep(max(start + index * every - time.monotonic(), 0))
            yield {"lesson_s": round(clock.now(), 1)} | _line(
                index * every / 60, client.taken(), (time.process_time() - cpu) / every, every
            )
            if not worker.is_alive():
                raise SystemExit("the worker died: see its traceback above")
        runner.stop()
        worker.join()


def is_searching(analyzer: Analyzer) -> bool:
    """Whether a thread of the analyzer is still at work on a layout."""
    tracker = analyzer._tracker
    assert isinstance(tracker, GalleryTracker)
    search = tracker._watch._search
    assert isinstance(search, BackgroundSearch)
    coming = search._coming
    return coming is not None and not coming.done()


def _about(info: SourceInfo, card: Any) -> About:
    return About(info, ModelPart(name=card.name, sha256=card.sha256, input=card.input.shape))


def _line(minute: float, tally: Tally, core: float, every: float) -> dict[str, float]:
    gc.collect()
    process = psutil.Process()
    ages = tally.ages or [0.0]
    return {
        "minute": round(minute, 2),
        "messages": len(tally.ages),
        "rss_mb": round(process.memory_info().rss / 1e6, 1),
        "threads": process.num_threads(),
        "python_threads": threading.active_count(),
        "handles": handles(process),
        "p50_ms": round(1000 * percentile(ages, 0.5), 1),
        "p95_ms": round(1000 * percentile(ages, 0.95), 1),
        "core": round(core, 3),
        "cpu_ms": round(1000 * core * every / len(ages), 1),
        "tiles": round(tally.shown / len(ages), 1),
        "found": round(tally.read / max(tally.shown, 1), 4),
        "faces": round(tally.faces / max(tally.camera_on, 1), 4),
        "ids": round(tally.accuracy(), 4),
    }


def main() -> None:
    """Print the lines."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--hz", type=float, default=5.0)
    parser.add_argument("--every", type=float, default=60.0, help="seconds from line to line")
    parser.add_argument("--faster", type=float, default=1.0, help="how many times as often things happen")
    parser.add_argument("--stepped", action="store_true", help="a frame at a time, as fast as it goes")
    given = parser.parse_args()
    for line in lines(given.minutes, given.hz, given.every, given.faster, given.stepped):
        print(json.dumps(line), flush=True)
    sys.stdout.flush()


if __name__ == "__main__":
    main()
