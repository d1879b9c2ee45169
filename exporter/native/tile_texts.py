"""Words for labels and states, equal to those of the pages (``exporter/pages/words.js``)."""

from __future__ import annotations

import math
from dataclasses import dataclass

from exporter.protocol.messages import RoomMessage, RoomPart, ScoresPart, TilePart
from exporter.words import ORDER, REASONS, STATES, counted

VALENCE = (
    (0.5, "pleasant"),
    (0.15, "slightly pleasant"),
    (-0.15, "in between"),
    (-0.5, "slightly unpleasant"),
    (-math.inf, "unpleasant"),
)

ATTENTION = (
    (0.85, "nearly all faces"),
    (0.6, "most faces"),
    (0.35, "half of the faces"),
    (-math.inf, "few faces"),
)

FACING = (
    (0.85, "to the camera"),
    (0.6, "slightly aside"),
    (0.35, "half aside"),
    (-math.inf, "turned away"),
)
"""Words for a single face, where "most faces" would be wrong."""

NOT_INFERRED = "Expressions are not inferred here"
"""The text if a policy forbids inferring expressions; nothing based on expressions is then shown."""

OF_FACES = ("Most faces:", "Mixed faces, often")
OF_ONE = ("One face:", "One face:")
OF_MEAN = ("Mean: mostly", "Mean: mixed, often")
"""Words before the largest label: if it has more than half of the bar, and if it has less."""

LEVEL_STEP = 0.05
"""Step of the bars' levels; finer steps are invisible and would redraw the chip ten times a second."""


@dataclass(frozen=True, slots=True)
class TileLook:
    """A chip's content: symbol name, word, label (None: no reading) and the label's confidence 0..1."""

    symbol: str
    word: str
    label: str | None
    level: float


def look_of(tile: TilePart) -> TileLook:
    """The symbol and word for a tile."""
    if tile.state != "face":
        return TileLook(tile.state, STATES[tile.state], None, 0.0)
    if tile.emotion is None:
        symbol = "present" if tile.reason == "private" else "abstained"
        return TileLook(symbol, REASONS.get(tile.reason or "", "not read"), None, 0.0)
    level = round(tile.emotion.confidence / LEVEL_STEP) * LEVEL_STEP
    return TileLook(tile.emotion.label, tile.emotion.label, tile.emotion.label, round(level, 2))


def shares(scores: ScoresPart) -> list[tuple[str, float]]:
    """The seven shares in the order of ORDER."""
    return [(label, float(getattr(scores, label))) for label in ORDER]


def read_text(room: RoomPart, *, inferred: bool = True) -> str:
    """How many faces were read; if inferring is forbidden, how many are in sight."""
    if room.faces == 0:
        return "no face in sight" if room.tiles else "no tiles in sight"
    faces = counted(room.faces, "face")
    return f"{room.read} of {faces} read" if inferred else f"{faces} in sight"


def valence_text(valence: float | None) -> str:
    """How pleasant the room looks, in words; empty while nothing was read."""
    if valence is None:
        return ""
    return next(word for least, word in VALENCE if valence >= least)


def attention_text(attention: float | None, faces: int) -> str:
    """In words, how many faces look at the camera, or how far a single one; empty while no camera is on."""
    if attention is None:
        return ""
    words = FACING if faces == 1 else ATTENTION
    return f"attention: {next(word for least, word in words if attention >= least)}"


def parts_of(message: RoomMessage) -> tuple[dict[str, float], bool]:
    """The share of the faces with each label, and True; without tiles the room's mean scores, and False.

    The shares are empty while nothing was read.
    """
    said: list[str] = [tile.emotion.label for tile in message.tiles if tile.emotion is not None]
    if said:
        return {label: said.count(label) / len(said) for label in ORDER}, True
    return {} if message.room.scores is None else dict(shares(message.room.scores)), False


def is_everybody_excluded(message: RoomMessage) -> bool:
    """Whether all participants whose camera is on are excluded."""
    states = {tile.state for tile in message.tiles}
    return "excluded" in states and states <= {"excluded", "camera_off"}


def mood_text(message: RoomMessage) -> str:
    """The largest label of the bar, with words for faces or mean; empty while nothing was read.

    The mean of the faces' probabilities may have another largest label than most faces.
    """
    parts, is_counted = parts_of(message)
    if not parts:
        return ""
    label = max(ORDER, key=lambda one: (parts[one], one == message.room.label))
    of_faces = OF_ONE if message.room.read == 1 else OF_FACES
    most, mixed = of_faces if is_counted else OF_MEAN
    return f"{most if parts[label] > 0.5 else mixed} {label}"
