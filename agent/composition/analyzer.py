"""Joins the models, the tracker and the rules to the analyzer of frames."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Literal

from agent.analysis.background_search import BackgroundSearch
from agent.analysis.pipeline import Analyzer, SessionState
from agent.composition.models import KNOWN_SHARE, open_classifier, open_finder, open_reader
from agent.composition.session import open_consent, open_lesson
from agent.configuration.config import Config
from agent.faces import quality
from agent.faces.crops import Framing
from agent.faces.detector import FaceFinder
from agent.faces.face_track import DetectionThresholds
from agent.faces.tile_worker import ReadingRules
from agent.faces.worker_pool import free_cores, workers_for
from agent.layout import find_layout
from agent.lesson.baseline import Baseline, Learning
from agent.lesson.lesson import Lesson
from agent.lesson.mood import MoodPace, MoodTracker
from agent.privacy.consent import Consent
from agent.privacy.policy import ForbiddenClassifier
from agent.scheduling.budget import Budget
from agent.tracking import GalleryTracker
from agent.tracking.layout_search import BlockingSearch
from agent.tracking.single_participant import SingleParticipantTracker
from agent.tracking.tracker import Tracker
from agent.values import infers_expressions
from models.card import ModelCard
from models.runtime import Classifier

if TYPE_CHECKING:
    from agent.sources.webrtc.sessions import Senders

Mode = Literal["picture", "recording", "live"]
"""How frames come.

- ``picture``: single pictures, each read without waiting for a second look.
- ``recording``: one after the other; the results depend on the frames alone.
- ``live``: beside a meeting: the CPU budget is kept, and the layout is searched for in a thread.
"""


@dataclass(frozen=True, slots=True)
class Shared:
    """Parts that the caller uses together with the analyzer; None: the analyzer opens its own.

    ``lesson`` takes markers, ``consent`` takes who is excluded, ``senders`` (those of a ``webrtc`` source)
    know whether a camera is shared.
    """

    lesson: Lesson | None = None
    consent: Consent | None = None
    senders: Senders | None = None


def open_analyzer(
    config: Config,
    mode: Mode = "recording",
    *,
    reuse: bool = True,
    compressed: bool = False,
    shared: Shared = Shared(),
) -> Analyzer:
    """Open the whole pipeline for frames that come as ``mode`` says.

    ``reuse`` keeps the readings of tiles that did not change. ``compressed``: the frames were decoded from
    video, so their colours are not exact.
    """
    live, single = mode == "live", mode == "picture"
    classifier = open_reader(config)
    state = SessionState(
        MoodTracker(_pace_of(config, classifier.card, single=single)),
        None if single or not config.baseline.enabled else _open_baseline(config),
        config.motivation,
        None if single else shared.lesson or open_lesson(config),
        shared.consent or open_consent(config, live=live),
    )
    return Analyzer(
        _open_tracker(config, shared.senders, beside=live, compressed=compressed),
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
        return SingleParticipantTracker(gallery, lambda: 0)
    if senders is not None:
        return SingleParticipantTracker(gallery, lambda: senders.camera)
    return gallery


def _first(chosen: float | None, otherwise: float) -> float:
    return otherwise if chosen is None else chosen
