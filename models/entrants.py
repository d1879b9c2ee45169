"""The entrants of a comparison: a folder with a model and its card, or the checkpoint of a training run."""

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
    """An INT8 classifier with further facts; None for unknown facts.

    ``size`` is in bytes; ``real_accuracy`` is the accuracy of the same network in float32 on the same faces.
    It is unknown for a shipped model: its card holds the difference on other faces.
    """

    classifier: LiteRTClassifier
    name: str
    size: int
    epochs: float | None
    real_accuracy: float | None


def enter(path: Path, data: Path, faces: Faces) -> Entrant:
    """The entrant at ``path``, a folder with ``model.json`` or a ``last.pt``, to be evaluated on ``faces``.

    A checkpoint's averaged weights are converted here as trained, with activation ranges from training faces
    of ``data``. Raises ModelError or DataError for unfit input.
    """
    if path.is_dir() or path.name == "model.json":
        return _shipped(path if path.is_dir() else path.parent)
    return _trained(path, data, faces)


def arithmetic(architecture: str) -> int | None:
    """Multiply-adds for one face; None for an unknown architecture, or without PyTorch."""
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
    size = (folder / card.file).stat().st_size
    name = f"{card.name}, as shipped" if folder.resolve() == EXPRESSION.resolve() else card.name
    return Entrant(classifier, name, size, None, None)


def _trained(path: Path, data: Path, faces: Faces) -> Entrant:
    # Imported here, because comparing finished models must not need the training packages.
    from models.checkpoint import load_averaged
    from models.predict import predict
    from models.quantize import calibration_faces, convert, draft_card

    model, state = load_averaged(path)
    training = load(data, "train")
    epochs = _epochs(path, state.get("step"), len(training))
    weights = convert(model, calibration_faces(training)).int8
    card = draft_card(str(state["arch"]), str(state["arch"]), model, weights, load_card(EXPRESSION).framing)
    right = accuracy(softmax(predict(model, faces)), faces.labels)
    return Entrant(LiteRTClassifier(card, weights), card.name, len(weights), epochs, right)


def _epochs(path: Path, step: object, rows: int) -> float | None:
    """The epochs of a run over ``rows`` faces, from the settings beside its checkpoint.

    None if the checkpoint has no ``step`` or there are no settings.
    """
    if not isinstance(step, int):
        return None
    try:
        settings = json.loads((path.parent / "settings.json").read_text(encoding="utf-8"))
        return step / max(rows // int(settings["workers"]) // int(settings["batch"]), 1)
    except OSError:
        return None
    except (ValueError, KeyError, TypeError, ArithmeticError) as error:
        raise ModelError(f"{path.parent / 'settings.json'} has no valid settings: {error!r}") from error
