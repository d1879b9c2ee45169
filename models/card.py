"""The model card: everything that is known of a classifier, as data beside its weights.

Nothing about a model is read from its file name or assumed in code: input, labels, framing, temperature and
thresholds come from here, and each measured figure carries the command that repeats it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta

from agent.errors import ModelError
from agent.values import LABELS
from models.weights import checked, read

CARD_NAME = "model.json"
CROP = 48
"""Pixels of a side of the faces that the agent cuts out."""

Share = Annotated[float, Meta(ge=0, le=1)]
Point = tuple[Share, Share]


class Input(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What the network takes: grey levels (height, width, channels), seen as (value - mean) / scale."""

    shape: tuple[int, int, int]
    channels: str
    mean: float
    scale: Annotated[float, Meta(gt=0)]


class FaceFraming(msgspec.Struct, frozen=True, kw_only=True):
    """Where the keypoints of a well framed face lie, in units of the crop from its top left corner.

    Right and left are the person's own, so ``right_eye`` is on the left of the picture; ``box`` is the width
    of the detector's box. ``python -m models.framing`` measures all this on the training faces.
    """

    right_eye: Point
    left_eye: Point
    nose: Point
    mouth: Point
    right_ear: Point
    left_ear: Point
    box: Annotated[float, Meta(gt=0, lt=4)]


class Abstention(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """When to say nothing: faces narrower than ``min_face_px``, or no label at ``min_confidence`` or more."""

    min_face_px: Annotated[int, Meta(ge=1)]
    min_confidence: Share


class Figure(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One measured figure and the command that measures it again."""

    value: float
    command: str


class ModelCard(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The ``model.json`` beside a classifier's weights; see the parts for units."""

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

    Raises ModelError that names the file, the key, what was found there and what to do.
    """
    path = directory / CARD_NAME
    try:
        card = msgspec.json.decode(read(path), type=ModelCard)
    except msgspec.MsgspecError as error:
        raise ModelError(f"{path}: {error}; restore the card that came with the weights") from error
    problem = _unfit(card)
    if problem:
        raise ModelError(f"{path}: {problem}; restore the card that came with the weights")
    return card


def load_weights(directory: Path, card: ModelCard) -> bytes:
    """The checked bytes of the weights that a card names; raises ModelError when missing or altered."""
    return checked(directory / card.file, card.sha256)


def encode_card(card: ModelCard) -> bytes:
    """A card as indented JSON that ``load_card`` reads."""
    return msgspec.json.format(msgspec.json.encode(card), indent=1) + b"\n"


def _unfit(card: ModelCard) -> str | None:
    """What is wrong with a card whose types are right."""
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
