"""Converts a trained checkpoint to the full-INT8 ``.tflite`` that the agent ships, with its card.

Weights, activations, input and output are integers; activation ranges come from training faces. Nothing is
written if INT8 loses more than half a point against float on ``public``, or after any error.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import shlex
import tempfile
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np
import torch
from msgspec.structs import replace
from numpy.typing import NDArray
from torch import nn

from agent.errors import ModelError
from agent.json_text import decoded
from agent.values import LABELS
from models.augment import augment
from models.card import (
    CARD_NAME,
    CROP,
    Abstention,
    FaceFraming,
    Figure,
    Input,
    ModelCard,
    encode_card,
    load_card,
)
from models.data import load_both
from models.ensemble import assemble, shift
from models.evaluate import EvaluationReport, evaluate, read_faces
from models.files import write_all
from models.labelled import Faces
from models.metrics import (
    Labels,
    Scores,
    accuracy,
    calibration_error,
    confusion,
    cross_calibrated,
    cross_matched,
    fit_temperature,
    label_scores,
    macro_f1,
    matching_offsets,
    unsure_below,
    worst_recall,
)
from models.predict import normalise, predict
from models.runtime import LiteRTClassifier, softmax
from models.weights import EXPRESSION

Ranges = dict[str, NDArray[np.float32]]
"""``min`` and ``max`` of a tensor, each with one row per face."""

MOST_LOST = 0.005
CALIBRATION_FACES = 512
FITTING = 98
"""Percentile of the faces' activation ranges that sets a tensor's range; activations beyond it are clipped.

A range that a few outlier faces widen makes the quantisation steps coarser for all faces. The value was
chosen for the student with 4,000 training faces. The Kullback-Leibler divergence of INT8 from float, in
thousandths of a nat, is 0.44 with the whole range, 0.40 at 99.9 percent, 0.37 at 99 and 97, 0.45 at 95, 0.94
at 90. On public it is 0.52, 0.48, 0.43, 0.41, 0.52 and 0.94, and INT8 gives the same label as float on 98.4,
98.5, 98.8, 98.9, 98.6 and 98.7 percent of the faces (on 94.7 with Quantizer.calibrate, a moving average).
Rounding weights by MSE or OCTAV did not help (0.76, 0.44). Bias correction would not either: from 95 percent
up, no logit has a mean error over 0.010. At 98 INT8 is 0.06 points above float on public, with the whole
range 0.36 below; chance changes that by 0.2.
"""
ACCEPTED_RISK = 0.25
"""Maximum error rate among the faces at or above ``min_confidence``; below it the agent says "unsure"."""
LEAST_OF_FULL_SIZE = 0.85
"""Minimum share of the full-size accuracy; ``min_face_px`` is the smallest measured size that reaches it."""

INTENDED_USE = (
    "Reading which of seven expressions a face shows, tile by tile, in a meeting's gallery view, for the "
    "room as a whole. Not for judging, grading or identifying anybody."
)
LIMITS = (
    "Expressions are not feelings. Trained on web photos of mostly posed faces; a single person gives "
    "FER-2013's label 56 times of 100. Fear, disgust and sadness are often taken for other labels; masks, "
    "profiles and faces under the stated size are not read reliably."
)


@dataclass(frozen=True)
class Converted:
    """A network as TFLite, in float32 and in INT8."""

    real: bytes
    int8: bytes


def quantize(checkpoints: Sequence[Path], data: Path, out: Path, name: str = "student") -> ModelCard:
    """Quantise a checkpoint's averaged weights, measure the result, and write ``expression.tflite`` and card.

    Several checkpoints become one model that averages their logits (``models.ensemble``).

    Raises ModelError if INT8 is more than 0.5 points worse than float on ``public``, and DataError or
    ModelError for unfit input; ``out`` is then unchanged.
    """
    model, arch = assemble(checkpoints)
    training, public = load_both(data)
    offsets = balance(model, public)
    weights = convert(model, calibration_faces(training)).int8
    card = draft_card(name, arch, model, weights, _framing(out))
    lost = accuracy(softmax(predict(model, public)), public.labels) - _int8_accuracy(card, weights, public)
    if lost > MOST_LOST:
        raise ModelError(
            f"INT8 loses {lost * 100:.2f} points against float on public, {MOST_LOST * 100} are allowed; "
            "nothing was written: train longer, or calibrate on more faces"
        )
    card = measure(card, weights, public, offsets, data)
    figures = card.figures | _figures({"int8_minus_float": -lost}, _quantizing(card, data))
    card = replace(card, figures=figures)
    write_all(out, {card.file: weights, CARD_NAME: encode_card(card)})
    return card


def calibration_faces(faces: Faces) -> NDArray[np.float32]:
    """Normalised training faces float32 (N, 48, 48, 1) for activation ranges, half of them augmented."""
    rows = np.random.default_rng(0).permutation(len(faces))[:CALIBRATION_FACES]
    pixels = torch.from_numpy(faces.pixels[rows]).unsqueeze(1).float()
    half = len(rows) // 2
    pixels[half:] = augment(pixels[half:], torch.Generator().manual_seed(0))
    array: NDArray[np.float32] = normalise(pixels).permute(0, 2, 3, 1).contiguous().numpy()
    return array


def balance(model: nn.Module, faces: Faces) -> Scores:
    """Shift the last bias until each label is predicted as often as it occurs; returns the offsets (7,).

    ``faces`` must not be training faces: the network has memorised their rare labels, and offsets fitted on
    them made disgust even rarer. Fitted on half of public and measured on the other half, thirty times:
    accuracy 0.697 without and 0.699 with offsets, macro-F1 0.671 and 0.677, recall of fear 0.42 and 0.53, of
    disgust 0.54 and 0.64 (with offsets of training faces 0.45), of neutral 0.74 and 0.64.
    """
    offsets = matching_offsets(predict(model, faces), faces.labels)
    shift(model, torch.from_numpy(offsets))
    return offsets


def convert(model: nn.Module, calibration: NDArray[np.float32]) -> Converted:
    """Convert a network to TFLite with input (N, 48, 48, 1), and quantise it with these faces' ranges."""
    # Both converters print their progress, and warnings about their own dependencies.
    with tempfile.TemporaryDirectory() as folder, _quiet():
        import litert_torch
        from ai_edge_quantizer import calibrator, quantizer, recipe, recipe_manager

        real = Path(folder) / "real.tflite"
        channels_last = litert_torch.to_channel_last_io(model.eval(), args=[0])
        litert_torch.convert(channels_last, (torch.zeros(1, CROP, CROP, 1),)).export(str(real))
        manager = recipe_manager.RecipeManager()
        manager.load_quantization_recipe(recipe.static_wi8_ai8())
        ranges = calibrator.Calibrator(str(real), 1, qsv_update_func=_gathered)
        ranges.calibrate({"serving_default": [{"args_0": face[None]} for face in calibration]}, manager)
        work = quantizer.Quantizer(str(real))
        work.load_quantization_recipe(recipe.static_wi8_ai8())
        int8 = bytes(work.quantize(_fitted(ranges.get_model_qsvs())).quantized_model)
        return Converted(real.read_bytes(), int8)


def _gathered(known: Ranges, new: Ranges) -> Ranges:
    """The ranges of the faces so far and of one more face, concatenated along the first axis."""
    return {key: np.concatenate((known[key], new[key])) for key in ("min", "max")}


def _fitted(found: Mapping[str, Ranges]) -> dict[str, Ranges]:
    """The range of each tensor, from the ``FITTING`` percentile of the faces' ranges."""
    return {
        name: {
            "min": np.percentile(seen["min"], 100 - FITTING, axis=0, keepdims=True).astype(np.float32),
            "max": np.percentile(seen["max"], FITTING, axis=0, keepdims=True).astype(np.float32),
        }
        for name, seen in found.items()
    }


def draft_card(name: str, arch: str, model: nn.Module, weights: bytes, framing: FaceFraming) -> ModelCard:
    """The card of a model before any measurement: without temperature, abstention and figures."""
    return ModelCard(
        name=name,
        file="expression.tflite",
        sha256=hashlib.sha256(weights).hexdigest(),
        architecture=arch,
        parameters=sum(parameter.numel() for parameter in model.parameters()),
        input=Input(shape=(CROP, CROP, 1), channels="grey", mean=128.0, scale=128.0),
        labels=LABELS,
        framing=framing,
        temperature=1.0,
        abstention=Abstention(min_face_px=16, min_confidence=0.0),
        figures={},
        trained_on="FER-2013 (training split, without rows near-identical to a test row) with FER+ votes",
        licence="Apache-2.0 (weights); the training photos come from the web and are not distributed",
        intended_use=INTENDED_USE,
        limits=LIMITS,
    )


def measure(card: ModelCard, weights: bytes, public: Faces, offsets: Scores, data: Path) -> ModelCard:
    """A card with temperature, abstention and figures, all measured with these INT8 weights on ``public``.

    ``data`` is the file or folder of ``public``. ``offsets`` (7,) were added to the logits to match these
    faces. For the cross-validated figures, offsets and temperature are fitted on the other folds.
    """
    with LiteRTClassifier(card, weights) as raw:
        scores = read_faces(raw, public)
    honest = cross_calibrated(cross_matched(scores, offsets, public.labels), public.labels)
    confident = unsure_below(honest, public.labels, ACCEPTED_RISK)
    card = replace(card, temperature=round(fit_temperature(scores, public.labels), 4))
    with LiteRTClassifier(card, weights) as classifier:
        report = evaluate(classifier, public)
    sizes = [side for side, right in report.by_size.items() if right >= LEAST_OF_FULL_SIZE * report.accuracy]
    evaluating = f"python -m models evaluate --data {_name(data)} --split public --json"
    validated = _validated(honest, public.labels, confident)
    return replace(
        card,
        abstention=Abstention(min_face_px=min(sizes), min_confidence=round(confident, 3)),
        figures=_figures(_reported(report), evaluating) | _figures(validated, _quantizing(card, data)),
    )


def _quantizing(card: ModelCard, data: Path) -> str:
    """The command that makes the card's model."""
    checkpoints = " ".join("CHECKPOINT" for _ in card.architecture.split(" + "))
    return f"python -m models quantize {checkpoints} --data {_name(data)} --out FOLDER"


def _name(data: Path) -> str:
    """The data in a command, without this machine's path of it."""
    return shlex.quote(data.resolve().name)


def _reported(report: EvaluationReport) -> dict[str, float]:
    """The figures of a card that ``evaluate`` gives too."""
    return {
        "accuracy": report.accuracy,
        "macro_f1": report.macro_f1,
        "worst_recall": worst_recall(report.labels),
        **{f"recall_{name}": one.recall for name, one in report.labels.items() if one.recall is not None},
        **{f"accuracy_at_{side}_px": right for side, right in report.by_size.items()},
    }


def _validated(honest: Scores, labels: Labels, confident: float) -> dict[str, float]:
    """The figures of cross-validated probabilities, of which those from ``confident`` on are read."""
    matrix = confusion(honest, labels)
    return {
        "calibration_error": calibration_error(honest, labels),
        "read_at_min_confidence": float((honest.max(1) >= confident).mean()),
        "cross_validated_accuracy": accuracy(honest, labels),
        "cross_validated_macro_f1": macro_f1(matrix),
        "cross_validated_worst_recall": worst_recall(label_scores(matrix)),
    }


def _figures(values: Mapping[str, float], command: str) -> dict[str, Figure]:
    return {key: Figure(value=round(value, 4), command=command) for key, value in values.items()}


def _int8_accuracy(card: ModelCard, weights: bytes, faces: Faces) -> float:
    with LiteRTClassifier(card, weights) as classifier:
        return accuracy(read_faces(classifier, faces), faces.labels)


def _framing(folder: Path) -> FaceFraming:
    """The framing in the folder's ``framing.json``, or the shipped model's framing."""
    path = folder / "framing.json"
    if not path.is_file():
        return load_card(EXPRESSION).framing
    try:
        return decoded(path.read_bytes(), FaceFraming)
    except msgspec.MsgspecError as error:
        remedy = "measure it with python -m models.framing"
        raise ModelError(f"{path} has no valid framing: {error}; {remedy}") from error


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    with (
        warnings.catch_warnings(),
        contextlib.redirect_stdout(io.StringIO()),
        contextlib.redirect_stderr(io.StringIO()),
    ):
        warnings.simplefilter("ignore")
        yield
