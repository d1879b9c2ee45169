"""What can stand in a comparison: a folder with a model and its card, or the checkpoint of a training run."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from agent.errors import ConfigError, ModelError
from models.card import load_card
from models.data import load
from models.labelled import Faces
from models.metrics import accuracy
from models.runtime import LiteRTClassifier, load_classifier, softmax
from models.weights import EXPRESSION


@dataclass(frozen=True)
class Entrant:
    """An INT8 classifier and what is known of it besides; None for what is not known.

    ``size`` is in bytes, ``real_accuracy`` that of the same network in float32 on the faces in question.
    """

    classifier: LiteRTClassifier
    name: str
    size: int
    epochs: float | None
    real_accuracy: float | None
    int8_minus_float: float | None
    """From the card, where the float network is not at hand."""


def enter(path: Path, data: Path, faces: Faces) -> Entrant:
    """The entrant at ``path``, a folder with ``model.json`` or a ``last.pt``, for judging by ``faces``.

    A checkpoint is converted here and now, from its averaged weights as they were trained, with the ranges of
    training faces of ``data``. Raises ModelError or DataError that names what does not fit.
    """
    if path.is_dir() or path.name == "model.json":
        return _shipped(path if path.is_dir() else path.parent)
    return _trained(path, data, faces)


def arithmetic(architecture: str) -> int | None:
    """Multiplications with addition for one face; None for a network that is not built here.

    None as well without PyTorch: the networks are built with it.
    """
    try:
        from models.architectures import build, multiply_adds
    except ModuleNotFoundError as error:
        if error.name != "torch":
            raise
        return None
    try:
        return sum(multiply_adds(build(name)) for name in architecture.split(" + "))
    except ConfigError:
        return None


def _shipped(folder: Path) -> Entrant:
    classifier = load_classifier(folder, threads=1)
    card = classifier.card
    lost = card.figures.get("int8_minus_float")
    size = (folder / card.file).stat().st_size
    name = f"{card.name}, as shipped" if folder.resolve() == EXPRESSION.resolve() else card.name
    return Entrant(classifier, name, size, None, None, None if lost is None else lost.value)


def _trained(path: Path, data: Path, faces: Faces) -> Entrant:
    # Only here, because models that are ready need no training package to be compared.
    from models.checkpoint import load_averaged
    from models.predict import predict
    from models.quantize import calibration_faces, convert, draft_card

    model, state = load_averaged(path)
    training = load(data, "train")
    epochs = _epochs(path, state.get("step"), len(training))
    weights = convert(model, calibration_faces(training)).int8
    card = draft_card(str(state["arch"]), str(state["arch"]), model, weights, load_card(EXPRESSION).framing)
    right = accuracy(softmax(predict(model, faces)), faces.labels)
    return Entrant(LiteRTClassifier(card, weights), card.name, len(weights), epochs, right, None)


def _epochs(path: Path, step: object, rows: int) -> float | None:
    """How often a run saw each of ``rows`` faces, by the settings that lie beside its checkpoint.

    None where the checkpoint does not tell its ``step`` or there are no settings.
    """
    if not isinstance(step, int):
        return None
    try:
        settings = json.loads((path.parent / "settings.json").read_text(encoding="utf-8"))
        return step / max(rows // int(settings["workers"]) // int(settings["batch"]), 1)
    except OSError:
        return None
    except (ValueError, KeyError, TypeError) as error:
        raise ModelError(f"{path.parent / 'settings.json'} is no settings of a run: {error!r}") from error
