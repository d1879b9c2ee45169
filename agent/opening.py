"""Opening what the configuration names: the source, the models, the analyzer that joins them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from agent import quality
from agent.baseline import Baseline, Learning
from agent.budget import Budget
from agent.config import Config
from agent.crops import Framing
from agent.errors import ConfigError
from agent.faces import MediaPipeFaceFinder
from agent.layout import find_layout
from agent.lesson import Lesson
from agent.mood import MoodTracker, Pace
from agent.motivation import Weights
from agent.pipeline import Analyzer, Evidence
from agent.rules import ExpressionRule, Rule, TurnedRule
from agent.sources.base import Source
from agent.sources.camera import CameraSource
from agent.sources.demo import DemoSource
from agent.sources.media import MediaSource
from agent.sources.screen import ScreenSource
from agent.tracking import GalleryTracker
from agent.trend import Span
from agent.values import Box, Pixels
from models.runtime import LiteRTClassifier, load_classifier
from models.weights import EXPRESSION, detector_path

if TYPE_CHECKING:
    from agent.sources.senders import Senders

KNOWN_SHARE = 0.6
"""A face seen just before needs this share of the certainty that a new one needs (see ``Evidence``)."""


def open_source(config: Config, senders: Senders | None = None) -> Source:
    """The source that ``source.origin`` names, opened; ``senders`` are those of ``webrtc``.

    Raises SourceError, PictureError or ConfigError when it cannot be had.
    """
    origin = config.source.origin
    if origin == "screen":
        return open_screen(config)
    if origin == "demo":
        return open_demo(config)
    if origin == "camera":
        return CameraSource(config.source.camera)
    if origin == "webrtc":
        if senders is None:
            raise ConfigError(
                "source.origin 'webrtc' is a live source: use `readtheroom run --source webrtc`"
            )
        from agent.sources.senders import WebRTCSource

        return WebRTCSource(senders)
    return MediaSource(origin, realtime=True, hz=config.analysis.hz)


def open_screen(config: Config) -> ScreenSource:
    """The screen, or the part of it that the configuration names."""
    region = None if config.source.region is None else Box(*config.source.region)
    return ScreenSource(config.source.monitor, region=region, choose=choose_monitor, hz=config.analysis.hz)


def open_demo(config: Config) -> DemoSource:
    """The drawn class."""
    return DemoSource(
        participants=config.demo.participants,
        seed=config.demo.seed,
        style=config.demo.style,
        fps=config.analysis.hz,
    )


def open_senders(config: Config, *, local_only: bool) -> Senders | None:
    """Those who share a picture by WebRTC, if that is the source; with ``local_only`` from this machine only.

    Raises ConfigError for malformed ICE servers.
    """
    if config.source.origin != "webrtc":
        return None
    # aiortc takes half a second to load, and most runs read the screen.
    from agent.sources.senders import SenderLimits, Senders

    given = config.webrtc
    limits = SenderLimits(given.sessions, given.connect_timeout, given.idle_timeout)
    return Senders(limits, ice_servers=given.ice_servers, local_only=local_only)


def open_file(config: Config, file: str) -> MediaSource:
    """A picture or recording, read as fast as possible."""
    return MediaSource(file, realtime=False, hz=config.analysis.hz)


def choose_monitor(pictures: Sequence[Pixels]) -> int | None:
    """Which of some monitors shows the largest gallery, or None when none shows one."""
    counts = [len(find_layout(picture).slots) for picture in pictures]
    return counts.index(max(counts)) if any(counts) else None


def open_finder(config: Config) -> MediaPipeFaceFinder:
    """The face detector, just sensitive enough for faces seen before."""
    return MediaPipeFaceFinder(detector_path(), config.analysis.detector_threshold * KNOWN_SHARE)


def open_classifier(config: Config) -> LiteRTClassifier:
    """The expression model: the shipped one, or the folder that ``analysis.model`` names."""
    directory = None if config.analysis.model is None else Path(config.analysis.model)
    return load_classifier(directory, config.analysis.threads)


def open_lesson(config: Config) -> Lesson:
    """What follows a lesson: trend, alerts and markers.

    Where only the room is shown, nothing is said of it that rests on fewer faces than may be shown.
    """
    rules, span = config.alerts.rules if config.alerts.enabled else [], Span()
    if config.privacy.mode == "room":
        least = config.privacy.min_group
        rules = [_of_a_group(rule, least) for rule in rules]
        span = Span(faces=max(span.faces, least))
    return Lesson(rules, span)


def _of_a_group(rule: Rule, least: int) -> Rule:
    if isinstance(rule, ExpressionRule | TurnedRule):
        return msgspec.structs.replace(rule, least_faces=max(rule.least_faces, least))
    return rule


def open_analyzer(
    config: Config,
    *,
    reuse: bool = True,
    single: bool = False,
    live: bool = False,
    lesson: Lesson | None = None,
) -> Analyzer:
    """The whole pipeline; ``single`` reads single pictures, without waiting for a second look.

    ``reuse`` keeps the readings of tiles that did not change; ``live`` keeps to the CPU budget; ``lesson`` is
    what follows the lesson (see ``open_lesson``), where the caller wants to mark it.
    """
    classifier = open_classifier(config)
    card, reading = classifier.card, config.reading
    pace = Pace(
        half_life=0.0 if single else reading.half_life,
        warming_up=0.0 if single else Pace().warming_up,
        min_confidence=_first(reading.min_confidence, card.abstention.min_confidence),
    )
    limits = quality.Limits(
        min_face_px=_first(reading.min_face_px, card.abstention.min_face_px), min_facing=reading.min_facing
    )
    threshold = config.analysis.detector_threshold
    return Analyzer(
        GalleryTracker(find_layout),
        open_finder(config),
        classifier,
        Framing.load(EXPRESSION / "framing.json"),
        MoodTracker(pace),
        limits=limits,
        evidence=Evidence(threshold, threshold * KNOWN_SHARE),
        budget=Budget(config.analysis.budget if live else None),
        baseline=None if single or not config.baseline.enabled else _open_baseline(config),
        weights=Weights(**msgspec.structs.asdict(config.motivation)),
        lesson=None if single else lesson or open_lesson(config),
        reuse=reuse,
    )


def _open_baseline(config: Config) -> Baseline:
    given = config.baseline
    return Baseline(Learning(given.learn, given.memory, given.limit, given.keep))


def _first(chosen: float | None, otherwise: float) -> float:
    return otherwise if chosen is None else chosen
