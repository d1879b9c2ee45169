"""Opens the face detector and the expression model that the configuration names."""

from __future__ import annotations

from pathlib import Path

from agent.configuration.config import Config
from agent.errors import ModelError
from agent.faces.detector import MediaPipeFaceFinder
from agent.privacy.policy import ForbiddenClassifier, explanation
from agent.system.logs import logger
from models.card import load_card
from models.runtime import Classifier, LiteRTClassifier, load_classifier
from models.weights import EXPRESSION, detector_path

KNOWN_SHARE = 0.6
"""Minimum confidence of a face that was seen just before, as a share of the minimum for a new face (see
``DetectionThresholds``)."""


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
        raise ModelError(f"analysis.model: {error.problem}", error.remedy) from None


def open_reader(config: Config) -> Classifier:
    """Open the expression model, or only its card where ``privacy.policy`` forbids its use; logs why."""
    why = explanation(config.privacy.policy)
    if why is None:
        return open_classifier(config)
    logger.warning("%s", why)
    model = config.analysis.model
    return ForbiddenClassifier(load_card(EXPRESSION if model is None else Path(model)))
