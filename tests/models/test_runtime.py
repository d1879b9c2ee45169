"""The shipped classifier in real LiteRT."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from numpy.typing import NDArray

from agent.errors import ModelError, PictureError
from models.card import CARD_NAME, encode_card, load_card
from models.runtime import LARGEST, LiteRTClassifier, load_classifier, softmax
from models.weights import EXPRESSION, FACE_DETECTION


@pytest.fixture(scope="module")
def classifier() -> LiteRTClassifier:
    return load_classifier()


def crops(count: int, seed: int = 0) -> NDArray[np.uint8]:
    return np.random.default_rng(seed).integers(0, 256, (count, 48, 48, 1), dtype=np.uint8)


@settings(max_examples=15, deadline=None)
@given(count=st.integers(0, 2 * LARGEST + 3), seed=st.integers(0, 100))
def test_scores_are_probabilities_for_any_batch(count: int, seed: int) -> None:
    with load_classifier() as classifier:
        scores = classifier.classify(crops(count, seed))
    assert scores.shape == (count, 7)
    assert scores.dtype == np.float32
    assert (scores >= 0).all()
    np.testing.assert_allclose(scores.sum(1), 1, atol=1e-5)


def test_a_face_reads_the_same_alone_and_in_any_batch(classifier: LiteRTClassifier) -> None:
    faces = crops(LARGEST + 5)
    together = classifier.classify(faces)
    for index in (0, 7, LARGEST, LARGEST + 4):
        np.testing.assert_array_equal(together[index], classifier.classify(faces[index : index + 1])[0])


def test_two_threads_read_as_one(classifier: LiteRTClassifier) -> None:
    with load_classifier(threads=64) as many:
        np.testing.assert_array_equal(many.classify(crops(9)), classifier.classify(crops(9)))


def test_the_crops_are_left_as_they_were(classifier: LiteRTClassifier) -> None:
    faces = crops(3)
    before = faces.copy()
    classifier.classify(faces)
    np.testing.assert_array_equal(faces, before)


def test_a_higher_temperature_is_less_sure_of_the_same_labels() -> None:
    card = load_card(EXPRESSION)
    weights = (EXPRESSION / card.file).read_bytes()
    with LiteRTClassifier(replace(card, temperature=1.0), weights) as sure:
        first = sure.classify(crops(20))
    with LiteRTClassifier(replace(card, temperature=3.0), weights) as unsure:
        second = unsure.classify(crops(20))
    assert (second.max(1) <= first.max(1)).all()
    np.testing.assert_array_equal(first.argmax(1), second.argmax(1))


@pytest.mark.parametrize(
    "wrong",
    [
        np.zeros((2, 48, 48), np.uint8),
        np.zeros((2, 48, 48, 3), np.uint8),
        np.zeros((2, 64, 48, 1), np.uint8),
        np.zeros((2, 48, 48, 1), np.float32),
        [[0]],
    ],
)
def test_other_shapes_and_dtypes_are_refused(classifier: LiteRTClassifier, wrong: object) -> None:
    with pytest.raises(PictureError, match=r"face crops must be uint8 \(N, 48, 48, 1\), got"):
        classifier.classify(wrong)  # type: ignore[arg-type]


def test_a_closed_classifier_says_so_and_closes_twice() -> None:
    classifier = load_classifier()
    classifier.close()
    classifier.close()
    with pytest.raises(ModelError, match="is closed"):
        classifier.classify(crops(1))


def copied(folder: Path, weights: bytes, *, honest: bool) -> Path:
    """A model folder with other weights, whose card (when honest) has their checksum."""
    card = load_card(EXPRESSION)
    if honest:
        card = replace(card, sha256=hashlib.sha256(weights).hexdigest())
    (folder / CARD_NAME).write_bytes(encode_card(card))
    (folder / card.file).write_bytes(weights)
    return folder


@pytest.mark.parametrize("cut", [0, 1000, -1])
def test_truncated_weights_are_refused(tmp_path: Path, cut: int) -> None:
    weights = (EXPRESSION / "expression.tflite").read_bytes()[:cut]
    with pytest.raises(ModelError, match=r"expression.tflite was altered or only partly written"):
        load_classifier(copied(tmp_path, weights, honest=False))


def test_weights_that_are_no_model_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no TFLite model that runs here"):
        load_classifier(copied(tmp_path, b"not a model at all" * 100, honest=True))


def test_weights_of_another_shape_are_refused(tmp_path: Path) -> None:
    detector = (FACE_DETECTION / "face_detection_short_range.tflite").read_bytes()
    with pytest.raises(ModelError, match=r"input is \(1, 128, 128, 3\), but its card says \(N, 48, 48, 1\)"):
        load_classifier(copied(tmp_path, detector, honest=True))


def test_missing_weights_are_named(tmp_path: Path) -> None:
    shutil.copy(EXPRESSION / CARD_NAME, tmp_path)
    with pytest.raises(ModelError, match=r"expression.tflite cannot be read"):
        load_classifier(tmp_path)


def test_the_runtime_imports_nothing_of_training() -> None:
    code = (
        "import sys, models.runtime; models.runtime.load_classifier(); "
        "heavy = {'torch', 'litert_torch', 'ai_edge_quantizer', 'matplotlib', 'jax'} & set(sys.modules); "
        "sys.exit(f'imported {heavy}' if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@settings(deadline=None)
@given(st.lists(st.lists(st.floats(-1e4, 1e4, width=32), min_size=7, max_size=7), min_size=1, max_size=5))
def test_softmax_is_a_distribution_in_the_order_of_its_logits(rows: list[list[float]]) -> None:
    logits = np.array(rows, np.float32)
    shares = softmax(logits)
    np.testing.assert_allclose(shares.sum(1), 1, rtol=1e-5)
    np.testing.assert_array_equal(shares.max(1), shares[np.arange(len(rows)), logits.argmax(1)])
