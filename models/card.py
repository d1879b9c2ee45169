"""The model card: all facts about a classifier, as a data file beside its weights.

Input, labels, framing, temperature and thresholds come from the card, never from a file name or from code.
Each measured figure has the command that repeats the measurement.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta

from agent.errors import ModelError
from agent.json_text import decoded
from agent.values import LABELS
from models.weights import checked, read

CARD_NAME = "model.json"
RESTORE = "restore the card that came with the weights"
CROP = 48
"""Side of the agent's face crops, in pixels."""

Share = Annotated[float, Meta(ge=0, le=1)]
Point = tuple[Share, Share]


class Input(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The network's input: grey levels (height, width, channels), normalised as (value - mean) / scale."""

    shape: tuple[int, int, int]
    channels: str
    mean: Annotated[float, Meta(ge=0, le=255)]
    scale: Annotated[float, Meta(ge=1e-3, le=1e3)]


class FaceFraming(msgspec.Struct, frozen=True, kw_only=True):
    """The keypoints of a correctly framed face, in units of the crop from its top left corner.

    Right and left are those of the person, so ``right_eye`` is on the left of the picture; ``box`` is the
    width of the detector's box. ``python -m models.framing`` measures these values on the training faces.
    """

    right_eye: Point
    left_eye: Point
    nose: Point
    mouth: Point
    right_ear: Point
    left_ear: Point
    box: Annotated[float, Meta(gt=0, lt=4)]


class Abstention(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A face is not read if it is narrower than ``min_face_px`` or no label reaches ``min_confidence``."""

    min_face_px: Annotated[int, Meta(ge=1)]
    min_confidence: Share


class Figure(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One measured figure and the command that repeats the measurement."""

    value: float
    command: str


class ModelCard(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The ``model.json`` beside a classifier's weights; the parts explain their units."""

    name: str
    file: str
    sha256: Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
    architecture: str
    parameters: Annotated[int, Meta(ge=1)]
    input: Input
    labels: tuple[str, ...]
    framing: FaceFraming
    temperature: Annotated[float, Meta(gt=0, le=20)]
    abstention: Abstention
    figures: dict[str, Figure]
    trained_on: str
    licence: str
    intended_use: str
    limits: str


def load_card(directory: Path) -> ModelCard:
    """Read and check the card in a folder.

    Raises ModelError with the file, the key, the wrong value and what to do.
    """
    path = directory / CARD_NAME
    try:
        card = decoded(read(path), ModelCard)
    except msgspec.MsgspecError as error:
        raise ModelError(f"{path}: {error}", RESTORE) from error
    problem = _unfit(card)
    if problem:
        raise ModelError(f"{path}: {problem}", RESTORE)
    return card


def load_weights(directory: Path, card: ModelCard) -> bytes:
    """The bytes of a card's weights file; raises ModelError if it is missing or its checksum is wrong."""
    return checked(directory / card.file, card.sha256)


def encode_card(card: ModelCard) -> bytes:
    """A card as indented JSON that ``load_card`` reads."""
    return msgspec.json.format(msgspec.json.encode(card), indent=1) + b"\n"


def _unfit(card: ModelCard) -> str | None:
    """The error in a card whose types are right; None without an error."""
    if Path(card.file).name != card.file:
        return f"file: {card.file!r} must be a plain file name, in the folder of the card"
    if card.labels != LABELS:
        return f"labels: {list(card.labels)} are not this project's {list(LABELS)} in this order"
    if card.input.channels != "grey" or card.input.shape[2] != 1:
        return f"input: {card.input.channels!r} {card.input.shape} must be 'grey' with one channel"
    if card.input.shape[:2] != (CROP, CROP):
        return f"input.shape: {card.input.shape} must be ({CROP}, {CROP}, 1), the size that faces are cut to"
    (right, left), mouth = (card.framing.right_eye, card.framing.left_eye), card.framing.mouth
    if not (left[0] > right[0] and mouth[1] > max(right[1], left[1])):
        return "framing: the right eye must be left of the left one, and the mouth below them"
    return None
