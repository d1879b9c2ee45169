"""How old a shared picture is once it is read, with a sender faster than the worker: a benchmark, no test.

Run as ``python -m tests.load.measure_lag --size 4k --tiles 25 --seconds 20``. A process of its own sends a
drawn class, encoded before, by real WebRTC on this machine; this one receives, decodes and reads it as
``run`` does. Prints one JSON line: milliseconds from the sender's camera to the reading, frames sent, read
and dropped, the CPU time of each thread, and the least memory held in each quarter of the time.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import sys
import threading
import time
from fractions import Fraction
from itertools import cycle, islice
from multiprocessing.connection import Connection
from typing import Any

import aiortc
import av
import psutil

from agent.analysis.runner import Runner
from agent.benchmark.galleries import SIZES, DrawnGallery, loop
from agent.composition.analyzer import open_analyzer
from agent.configuration.config import AnalysisConfig, Config
from agent.sources.decoding import VP8Encoder
from agent.sources.supervised import SupervisedSource
from agent.sources.webrtc.sessions import SenderLimits, Senders
from agent.sources.webrtc.source import WebRTCSource
from agent.values import Snapshot
from tests.load.clients import percentile
from tests.peers import CLOCK, NO_SERVERS

KEY_EVERY = 2.0
"""Seconds from one key frame to the next, as OBS has it: the encoded pictures go round and round."""


MOST = 20_000
"""Frames whose times are kept."""


WINDOWS = 4
"""Parts of the time, of each of which the least memory is told."""


class EncodedTrack(aiortc.VideoStreamTrack):
    """Sends encoded frames ``fps`` times a second and notes in ``times`` when each left the camera."""

    def __init__(self, frames: list[bytes], fps: int, times: Any) -> None:
        super().__init__()
        self.frames, self.fps, self.times = frames, fps, times
        self.start = 0.0
        self.sent = 0

    async def recv(self) -> Any:
        now = time.monotonic()
        self.start = self.start or now
        await asyncio.sleep(max(self.start + self.sent / self.fps - now, 0))
        packet = av.Packet(self.frames[self.sent % len(self.frames)])
        packet.pts, packet.time_base = self.sent * CLOCK // self.fps, Fraction(1, CLOCK)
        self.times[self.sent] = time.monotonic()
        self.sent += 1
        return packet


def encoded(tiles: int, size: str, fps: int, bits: int) -> list[bytes]:
    """A drawn class that moves, in VP8; the first frame is a key frame."""
    pictures = loop(DrawnGallery(tiles, size, seed=1), fps)
    encoder = VP8Encoder(*SIZES[size], fps, bits)
    return [encoder.encode(picture) for picture in islice(cycle(pictures), round(fps * KEY_EVERY))]


def send(line: Connection, given: argparse.Namespace, times: Any) -> None:
    """The sender's process: tells its offer, is told the answer, and sends until it is told to stop."""
    fps = given.fps
    frames = encoded(given.tiles, given.size, fps, round(given.mbits * 1e6))

    async def work() -> None:
        peer = aiortc.RTCPeerConnection(NO_SERVERS)
        track = EncodedTrack(frames, fps, times)
        transceiver = peer.addTransceiver(track, "sendonly")
        able = aiortc.RTCRtpSender.getCapabilities("video").codecs
        transceiver.setCodecPreferences([one for one in able if one.mimeType == "video/VP8"])
        await peer.setLocalDescription(await peer.createOffer())
        line.send(peer.localDescription.sdp)
        answer = await asyncio.to_thread(line.recv)
        await peer.setRemoteDescription(aiortc.RTCSessionDescription(answer, "answer"))
        line.send(max(map(len, frames)))
        await asyncio.to_thread(line.recv)
        await peer.close()

    asyncio.run(work())


class Watched(WebRTCSource):
    """Notes of each frame that is read which one of the sender's it is."""

    def __init__(self, senders: Senders, fps: int) -> None:
        super().__init__(senders)
        self.index = 0
        take = senders.latest.take

        def noting(timeout: float) -> Any:
            item = take(timeout)
            if item is not None:
                self.index = round((item[0].pts or 0) * fps / CLOCK)
            return item

        senders.latest.take = noting  # type: ignore[method-assign]


def spent() -> dict[str, float]:
    """Seconds of CPU time of each of this process's threads, by its name; what has none is 'others'."""
    names = {thread.native_id: thread.name for thread in threading.enumerate()}
    total: dict[str, float] = {}
    for thread in psutil.Process().threads():
        name = names.get(thread.id, "others")
        total[name] = total.get(name, 0.0) + thread.user_time + thread.system_time
    return total


def least_memory(seconds: float) -> int:
    """The least that this process holds in so many seconds, in bytes: frames of 25 MB come and go."""
    process, end, least = psutil.Process(), time.monotonic() + seconds, sys.maxsize
    while time.monotonic() < end:
        least = min(least, process.memory_info().rss)
        time.sleep(0.05)
    return least


def measure(given: argparse.Namespace) -> dict[str, Any]:
    """Have a class sent and read for so many seconds once it is read."""
    fps, seconds = given.fps, given.seconds
    context = multiprocessing.get_context("spawn")
    line, theirs = context.Pipe()
    times = context.Array("d", MOST, lock=False)
    process = context.Process(target=send, args=(theirs, given, times))
    process.start()
    offer = line.recv()
    with (
        Senders(SenderLimits(connect_timeout=60.0)) as senders,
        open_analyzer(Config(analysis=AnalysisConfig(hz=given.hz)), "live", compressed=True) as analyzer,
    ):
        source = Watched(senders, fps)
        line.send(asyncio.run(senders.open(offer)).sdp)
        largest = line.recv()
        ages: list[float] = []

        def publish(snapshot: Snapshot) -> None:
            if snapshot.room.read:
                ages.append(time.monotonic() - times[source.index])

        with SupervisedSource(lambda: source) as supervised:
            runner = Runner(supervised, analyzer, publish, given.hz)
            reading = threading.Thread(target=runner.run, name="worker")
            reading.start()
            while not ages:
                time.sleep(0.1)
            time.sleep(2.0)
            before, count, dropped, first = spent(), len(ages), source.dropped, source.index
            memory = [least_memory(seconds / WINDOWS) for _ in range(WINDOWS)]
            after, last, lost = spent(), source.index, source.dropped - dropped
            runner.stop()
            reading.join()
        line.send("stop")
    process.join()
    lags = [1000 * age for age in ages[count:]]
    used = {name: after[name] - before.get(name, 0.0) for name in after}
    return {
        **vars(given),
        "largest_kB": largest // 1000,
        "lag_ms": {name: round(percentile(lags, share)) for name, share in (("p50", 0.5), ("p95", 0.95))},
        "frames": {"sent": last - first, "read": len(lags), "dropped": lost},
        "cores": {name: round(value / seconds, 3) for name, value in used.items() if value / seconds > 0.002},
        "memory_MB": [least // 1_000_000 for least in memory],
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--size", choices=SIZES, default="4k")
    parser.add_argument("--tiles", type=int, default=25)
    parser.add_argument("--fps", type=int, default=30)
    parser.add_argument("--mbits", type=float, default=8.0)
    parser.add_argument("--hz", type=float, default=5.0)
    parser.add_argument("--seconds", type=float, default=20.0)
    print(json.dumps(measure(parser.parse_args())))


if __name__ == "__main__":
    main()
