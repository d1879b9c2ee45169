"""Where the law forbids to infer expressions, the real pipeline does not, and says why."""

from __future__ import annotations

import logging
import subprocess
import sys

import numpy as np
import pytest

from agent.classroom.gallery import Gallery, Plan
from agent.classroom.script import Script
from agent.classroom.styles import style_named
from agent.composition.analyzer import open_analyzer
from agent.configuration.config import Config, PrivacyConfig
from agent.privacy.policy import ForbiddenClassifier, explanation
from agent.values import Frame, PolicyName, Reason, TileState, infers_expressions
from models.card import load_card
from models.weights import EXPRESSION
from tests.paths import ROOT

NOT_LOADED = """
import sys
from tests.agent.privacy.test_policy import readings_under
readings = readings_under("eu_education")
assert readings
print(sorted(name for name in sys.modules if "litert" in name or "tflite_runtime" in name))
"""


def readings_under(policy: PolicyName) -> list[object]:
    """The readings of five frames of a drawn class of four, the last ones only."""
    pixels = Gallery(Plan(style_named("zoom"), (1280, 720))).draw(Script(5, 4).scene_at(0.0)).pixels
    config = Config(privacy=PrivacyConfig(policy=policy))
    with open_analyzer(config) as analyzer:
        for step in range(5):
            snapshot = analyzer.analyze(Frame(pixels, step * 0.3, step * 0.3))
            assert analyzer.stages.classified == 0
    for one in snapshot.readings:
        assert one.emotion is None
        assert one.motivation is None
        if one.state is TileState.FACE:
            # Presence and which way the head faces are no expression.
            assert one.reason is Reason.PRIVATE
            assert one.face is not None
            assert one.facing > 0
    assert snapshot.room.faces > 0
    assert snapshot.room.read == 0
    assert snapshot.room.scores is None
    assert snapshot.room.attention is not None
    return list(snapshot.readings)


@pytest.mark.parametrize("policy", ["eu_education", "eu_work"])
def test_faces_are_found_and_nothing_is_inferred_from_them(
    policy: PolicyName, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, logger="readtheroom"):
        assert readings_under(policy)
    said = [line for line in caplog.messages if "2024/1689" in line]
    assert len(said) == 1
    assert "Article 5(1)(f)" in said[0]
    assert policy in said[0]


def test_the_model_is_not_even_loaded() -> None:
    run = subprocess.run(
        [sys.executable, "-c", NOT_LOADED], capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert run.stdout.strip() == "[]", run.stderr


def test_without_a_policy_there_is_nothing_to_explain() -> None:
    assert infers_expressions("none")
    assert explanation("none") is None


def test_a_classifier_that_is_withheld_reads_nothing() -> None:
    withheld = ForbiddenClassifier(load_card(EXPRESSION))
    with pytest.raises(RuntimeError, match=r"privacy\.policy forbids"):
        withheld.classify(np.zeros((2, 48, 48), np.uint8))
    withheld.close()
