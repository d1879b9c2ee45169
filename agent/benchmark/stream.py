"""Cost of a shared WebRTC picture: the shares of decoding, conversion and analysis."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from itertools import cycle
from typing import TypeVar

import msgspec

from agent.benchmark.galleries import GallerySource, loop
from agent.benchmark.measures import Spread, milliseconds
from agent.benchmark.warm_up import warm_up
from agent.composition.analyzer import open_analyzer
from agent.configuration.config import Config
from agent.sources.decoding import VP8Decoder, VP8Encoder, to_rgb
from agent.values import Frame, Pixels

FPS = 30

MOST_BITS = 8_000_000
"""Maximum bits per second, as on the share page."""

A = TypeVar("A")
T = TypeVar("T")


class Stream(msgspec.Struct, frozen=True):
    """A VP8 stream at FPS of which ``hz`` frames a second are read; all times are CPU time in ms.

    ``shares`` are the shares of the stages, ``core`` the share of one core that all of them use.
    """

    gallery: str
    hz: float
    decode: Spread
    convert: Spread
    analyse: Spread
    shares: dict[str, float]
    core: float


def measure_stream(config: Config, gallery: GallerySource, hz: float, seconds: float = 3.0) -> Stream:
    """Decode every frame of a stream, convert and read ``hz`` of them a second."""
    pictures = loop(gallery, FPS)
    spent: dict[str, list[float]] = {"decode": [], "convert": [], "analyse": []}
    decoder = VP8Decoder()
    with open_analyzer(config) as analyzer:
        start = warm_up(lambda now: analyzer.analyze(Frame(pictures[0], now, now)))
        for index, packet in enumerate(_packets(pictures, round(seconds * FPS))):
            decoded = _timed(spent["decode"], decoder.decode, packet)
            if index % round(FPS / hz) == 0:
                now = start + index / FPS
                frame = Frame(_timed(spent["convert"], to_rgb, decoded), now, now)
                _timed(spent["analyse"], analyzer.analyze, frame)
    whole = sum(map(sum, spent.values()))
    decode, convert, analyse = (milliseconds(values) for values in spent.values())
    shares = {name: round(sum(values) / whole, 3) for name, values in spent.items()}
    return Stream(gallery.name, hz, decode, convert, analyse, shares, round(whole / seconds, 4))


def _packets(pictures: list[Pixels], count: int) -> Iterator[bytes]:
    height, width = pictures[0].shape[:2]
    encoder = VP8Encoder(width, height, FPS, MOST_BITS)
    for _, picture in zip(range(count), cycle(pictures), strict=False):
        yield encoder.encode(picture)


def _timed(spent: list[float], work: Callable[[A], T], subject: A) -> T:
    begun = time.process_time()
    done = work(subject)
    spent.append(time.process_time() - begun)
    return done
