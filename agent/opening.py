"""Opens what the configuration names: the source, the models and the analyzer that joins them."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from agent.background_search import BackgroundSearch
from agent.budget import Budget
from agent.configuration.config import Config
from agent.errors import ConfigError, ModelError
from agent.faces import quality
from agent.faces.crops import Framing
from agent.faces.detector import FaceFinder, MediaPipeFaceFinder
from agent.faces.face_track import DetectionThresholds
from agent.faces.tile_worker import ReadingRules
from agent.faces.worker_pool import free_cores, workers_for
from agent.layout import find_layout
from agent.lesson.baseline import Baseline, Learning
from agent.lesson.lesson import Lesson
from agent.lesson.mood import MoodPace, MoodTracker
from agent.lesson.rules import ExpressionRule, Rule, TurnedRule
from agent.lesson.trend import Span
from agent.pipeline import Analyzer, SessionState
from agent.privacy.consent import Consent
from agent.privacy.consent_list import load_consent_list
from agent.privacy.ocr import TesseractNames
from agent.privacy.policy import ForbiddenClassifier, explanation
from agent.privacy.scripts import read_by
from agent.sources.base import Source
from agent.sources.camera import CameraSource
from agent.sources.demo import DemoSource
from agent.sources.media import MediaSource
from agent.sources.pictures import is_picture
from agent.sources.screen import ScreenSource
from agent.system.logs import logger
from agent.tracking import GalleryTracker
from agent.tracking.layout_search import BlockingSearch
from agent.tracking.single_participant import SingleParticipantTracker
from agent.tracking.tracker import Tracker
from agent.values import Box, Pixels, infers_expressions
from agent.words import listing
from models.card import ModelCard, load_card
from models.runtime import Classifier, LiteRTClassifier, load_classifier
from models.weights import EXPRESSION, detector_path

if TYPE_CHECKING:
    from agent.sources.webrtc.sessions import Senders

WORD = re.compile(r"[A-Za-z]+")
"""Matches what looks like a source's name, perhaps misspelt, and not like a path or address."""
KINDS = ("screen", "camera", "webrtc", "demo")
EXACT = frozenset({"screen", "demo", "camera"})
"""Sources whose frames were not encoded as video; a camera's are photos, for which the search has rules."""

KNOWN_SHARE = 0.6
"""Minimum confidence of a face that was seen just before, as a share of the minimum for a new face (see
``DetectionThresholds``)."""


def open_source(config: Config, senders: Senders | None = None) -> Source:
    """Open the source that ``source.origin`` names; ``senders`` are those of ``webrtc``.

    Raises SourceError, PictureError or ConfigError when it cannot be opened.
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
        from agent.sources.webrtc.source import WebRTCSource

        return WebRTCSource(senders)
    if WORD.fullmatch(origin) and not Path(origin).exists():
        close = difflib.get_close_matches(origin.lower(), KINDS, n=1)
        meant = f"; did you mean '{close[0]}'?" if close else ""
        raise ConfigError(
            f"the source (--source, source.origin) is {origin!r}: it is neither a file nor one of "
            f"{listing(KINDS)}{meant}"
        )
    return MediaSource(origin, realtime=True, hz=config.analysis.hz)


def open_screen(config: Config) -> ScreenSource:
    """Open the screen, or the region of it that the configuration names."""
    region = None if config.source.region is None else Box(*config.source.region)
    return ScreenSource(config.source.monitor, region=region, choose=choose_monitor, hz=config.analysis.hz)


def open_demo(config: Config) -> DemoSource:
    """Open the drawn class."""
    return DemoSource(
        participants=config.demo.participants,
        seed=config.demo.seed,
        style=config.demo.style,
        fps=config.analysis.hz,
        page_size=config.demo.page_size,
    )


def open_senders(config: Config, *, local_only: bool) -> Senders | None:
    """The WebRTC senders if they are the source, else None; ``local_only`` admits this machine's alone.

    Raises ConfigError for malformed ICE servers, and SourceError when nothing can be received.
    """
    if config.source.origin != "webrtc":
        return None
    # aiortc takes half a second to load, and most runs read the screen.
    from agent.sources.webrtc.sessions import SenderLimits, Senders

    given = config.webrtc
    limits = SenderLimits(given.sessions, given.connect_timeout, given.idle_timeout)
    return Senders(limits, ice_servers=given.ice_servers, local_only=local_only)


def shows_video(config: Config) -> bool:
    """Whether the source's frames were decoded from video, which keeps no colour exact.

    In a gallery of 25 that a browser shared, the same tiles are found in 0.21 s of CPU when a tolerance is
    tried first, and in 0.6 to 1.4 s when exact colours are. An exact picture takes 0.24 s either way.
    """
    origin = config.source.origin
    return origin == "webrtc" or not (origin in EXACT or is_picture(Path(origin)))


def open_file(config: Config, file: str) -> MediaSource:
    """Open a picture or recording, read as fast as possible."""
    return MediaSource(file, realtime=False, hz=config.analysis.hz)


def choose_monitor(pictures: Sequence[Pixels]) -> int | None:
    """The index of the monitor that shows the largest gallery, or None when none shows one."""
    counts = [len(find_layout(picture).slots) for picture in pictures]
    return counts.index(max(counts)) if any(counts) else None


def open_finder(config: Config) -> MediaPipeFaceFinder:
    """Open the face detector, just sensitive enough for faces seen before."""
    return MediaPipeFaceFinder(detector_path(), config.analysis.detector_threshold * KNOWN_SHARE)


def open_classifier(config: Config) -> LiteRTClassifier:
    """Open the expression model: the shipped one, or the one in the folder ``analysis.model``."""
    if config.analysis.model is None:
        return load_classifier(None, config.analysis.threads)
    try:
        return load_classifier(Path(config.analysis.model), config.analysis.threads)
    except ModelError as error:
        raise ModelError(f"analysis.model: {error}") from None


def open_reader(config: Config) -> Classifier:
    """Open the expression model, or only its card where ``privacy.policy`` forbids its use; logs why."""
    why = explanation(config.privacy.policy)
    if why is None:
        return open_classifier(config)
    logger.warning("%s", why)
    model = config.analysis.model
    return ForbiddenClassifier(load_card(EXPRESSION if model is None else Path(model)))


def open_consent(config: Config, *, live: bool = True) -> Consent:
    """Open the rules on who is read; unless ``live``, all names of a frame are read at once.

    Raises ConfigError for a list that cannot be used, or when names cannot be read here.
    """
    given = config.consent
    others_read = given.default == "include"
    if given.list is None:
        if not others_read:
            logger.warning("%s", _unread_by_default(live=live and config.privacy.mode == "tiles"))
        return Consent(others_read, warn=logger.warning)
    scripts = read_by(given.languages)
    consent_list = load_consent_list(Path(given.list), others_read=others_read, scripts=scripts)
    if others_read and not consent_list.opted_out:
        raise ConfigError(
            f"consent.list {given.list!r} names only who opted in, and with consent.default include "
            "everybody is read anyway: set consent.default to exclude, or mark who opted out with '- '"
        )
    return Consent(others_read, consent_list, TesseractNames(given.languages), not live, logger.warning)


def _unread_by_default(*, live: bool) -> str:
    """Text that nobody is read; where tiles can be chosen (``live``), it says how to change that."""
    why = "consent.default is exclude and there is no consent.list: nobody is read"
    return f"{why} until you select a tile on the dashboard and press Read again" if live else why


def open_lesson(config: Config) -> Lesson:
    """Open what follows a lesson: trend, alerts and markers.

    In ``privacy.mode: room``, trend and alerts need at least ``privacy.min_group`` faces.
    """
    rules, span = config.alerts.rules if config.alerts.enabled else [], Span()
    if config.privacy.mode == "room":
        least = config.privacy.min_group
        rules = [_of_a_group(rule, least) for rule in rules]
        span = Span(faces=max(span.faces, least))
    return Lesson(rules, span, infers=infers_expressions(config.privacy.policy), hz=config.analysis.hz)


def _of_a_group(rule: Rule, least: int) -> Rule:
    if isinstance(rule, ExpressionRule | TurnedRule):
        return msgspec.structs.replace(rule, least_faces=max(rule.least_faces, least))
    return rule


def open_analyzer(  # noqa: PLR0913 - each is a choice of the caller
    config: Config,
    *,
    reuse: bool = True,
    single: bool = False,
    live: bool = False,
    compressed: bool = False,
    lesson: Lesson | None = None,
    consent: Consent | None = None,
    senders: Senders | None = None,
) -> Analyzer:
    """Open the whole pipeline.

    ``reuse`` keeps the readings of tiles that did not change. ``single`` reads single pictures, without
    waiting for a second look. ``live`` keeps to the CPU budget and searches the layout in a thread; without
    it the results depend on the frames alone. ``compressed``: the frames were decoded from video, so their
    colours are not exact. ``senders`` are those of a ``webrtc`` source: they know whether a camera is shared.
    Pass ``lesson`` (see ``open_lesson``) to set markers, and ``consent`` (see ``open_consent``) to change it.
    """
    consent = consent or open_consent(config, live=live)
    classifier = open_reader(config)
    state = SessionState(
        MoodTracker(_pace_of(config, classifier.card, single=single)),
        None if single or not config.baseline.enabled else _open_baseline(config),
        config.motivation,
        None if single else lesson or open_lesson(config),
        consent,
    )
    return Analyzer(
        _open_tracker(config, senders, beside=live, compressed=compressed),
        [(open_finder(config), classifier), *([] if single else _open_beside(config, classifier))],
        _rules_of(config, classifier.card, reuse=reuse),
        state,
        Budget(config.analysis.budget if live else None),
    )


def _pace_of(config: Config, card: ModelCard, *, single: bool) -> MoodPace:
    """How readings are smoothed; a single picture has no earlier readings."""
    reading = config.reading
    return MoodPace(
        half_life=0.0 if single else reading.half_life,
        warming_up=0.0 if single else MoodPace().warming_up,
        min_confidence=_first(reading.min_confidence, card.abstention.min_confidence),
    )


def _rules_of(config: Config, card: ModelCard, *, reuse: bool) -> ReadingRules:
    reading, threshold = config.reading, config.analysis.detector_threshold
    return ReadingRules(
        Framing.of(card.framing),
        quality.QualityLimits(
            min_face_px=_first(reading.min_face_px, card.abstention.min_face_px),
            min_facing=reading.min_facing,
        ),
        DetectionThresholds(threshold, threshold * KNOWN_SHARE),
        infers_expressions(config.privacy.policy),
        reuse,
    )


def _open_beside(config: Config, classifier: Classifier) -> list[tuple[FaceFinder, Classifier]]:
    """Open the models of the further workers: 13 and 8 ms, and 9 MB, for each pair."""
    analysis = config.analysis
    more = workers_for(analysis.cores, analysis.threads, free_cores()) - 1
    withheld = isinstance(classifier, ForbiddenClassifier)
    return [(open_finder(config), classifier if withheld else open_classifier(config)) for _ in range(more)]


def _open_baseline(config: Config) -> Baseline:
    given = config.baseline
    return Baseline(Learning(given.learn, given.memory, given.limit, given.keep), config.analysis.hz)


def _open_tracker(config: Config, senders: Senders | None, *, beside: bool, compressed: bool) -> Tracker:
    """Open the tracker of a gallery's tiles; a camera's picture without a gallery is one tile."""
    search = BackgroundSearch if beside else BlockingSearch
    find = partial(find_layout, compressed=compressed)
    gallery = GalleryTracker(find, find_expected=partial(find, expecting=True), search=search)
    if config.source.origin == "camera":
        return SingleParticipantTracker(gallery, lambda: True)
    if senders is not None:
        return SingleParticipantTracker(gallery, lambda: senders.shows_camera)
    return gallery


def _first(chosen: float | None, otherwise: float) -> float:
    return otherwise if chosen is None else chosen
