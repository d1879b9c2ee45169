"""The project's small frozen value types, checked when they are made.

Pictures are RGB, uint8, shape (height, width, 3). Positions are pixels of the source frame, x to the right
and y down, from the top left corner. ``time`` is in seconds of a monotonic clock, ``wall`` in Unix seconds.
Import the types of ``agent.box``, ``agent.lesson_values`` and ``agent.source_values`` from here, as
``exporter`` does.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from agent.box import Box as Box
from agent.box import Pixels as Pixels
from agent.errors import PictureError
from agent.lesson_values import NOT_RECORDED as NOT_RECORDED
from agent.lesson_values import Advice as Advice
from agent.lesson_values import Alert as Alert
from agent.lesson_values import Change as Change
from agent.lesson_values import Direction as Direction
from agent.lesson_values import Marker as Marker
from agent.lesson_values import RecordState as RecordState
from agent.lesson_values import RecordStatus as RecordStatus
from agent.lesson_values import Scope as Scope
from agent.lesson_values import Tempo as Tempo
from agent.lesson_values import Trend as Trend
from agent.source_values import SenderAnswer as SenderAnswer
from agent.source_values import SourceInfo as SourceInfo
from agent.source_values import SourceState as SourceState
from agent.source_values import SourceStatus as SourceStatus

LabelName = Literal["angry", "disgust", "fear", "happy", "sad", "surprise", "neutral"]
LABELS: tuple[LabelName, ...] = get_args(LabelName)
"""The seven labels in FER-2013's order: the order of every vector of scores in this project."""

PrivacyMode = Literal["tiles", "room", "off"]
"""What leaves the agent: everything, only the room's summary, or nothing."""

PolicyName = Literal["none", "eu_education", "eu_work"]
"""The law that applies where the agent is used."""

POLICY_PLACES = {"eu_education": "in education institutions", "eu_work": "at the workplace"}
"""Where each policy applies that forbids inferring expressions."""


def infers_expressions(policy: str) -> bool:
    """Whether expressions may be read from faces under this policy."""
    return policy == "none"


class TileState(StrEnum):
    """What a tile shows."""

    FACE = "face"
    NO_FACE = "no_face"
    CAMERA_OFF = "camera_off"
    EXCLUDED = "excluded"


class Reason(StrEnum):
    """Why a reading carries no emotion."""

    SMALL = "small"
    BLURRED = "blurred"
    TURNED = "turned"
    DARK = "dark"
    UNSURE = "unsure"
    WARMING_UP = "warming_up"
    PRIVATE = "private"
    COVERED = "covered"


def check_pixels(pixels: object, name: str = "picture") -> Pixels:
    """Return ``pixels`` if it is a non-empty RGB uint8 array (H, W, 3).

    Raises PictureError with the given and the expected shape and dtype.
    """
    if not isinstance(pixels, np.ndarray):
        raise PictureError(f"a {name} must be an RGB uint8 array (H, W, 3), not {type(pixels).__name__}")
    if pixels.dtype != np.uint8 or pixels.ndim != 3 or pixels.shape[2] != 3 or pixels.size == 0:
        raise PictureError(
            f"a {name} must be RGB uint8 of shape (H, W, 3), got {pixels.dtype} of shape {pixels.shape}"
        )
    return pixels


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One picture of the gallery: ``pixels`` RGB uint8 (H, W, 3), and when it was captured."""

    pixels: Pixels
    time: float
    wall: float

    def __post_init__(self) -> None:
        check_pixels(self.pixels, "frame")

    @property
    def width(self) -> int:
        """Width in pixels."""
        return int(self.pixels.shape[1])

    @property
    def height(self) -> int:
        """Height in pixels."""
        return int(self.pixels.shape[0])


@dataclass(frozen=True, slots=True)
class Slot:
    """One position in a gallery: the tile's whole rectangle and the part that holds the video.

    ``video`` equals ``box`` unless the video is pillarboxed or letterboxed inside the tile. ``row`` and
    ``col`` count from 0 in reading order. ``named`` is true if a name label was seen in the tile, ``in_call``
    if the controls of a call were seen beside its gallery.
    """

    box: Box
    row: int
    col: int
    video: Box
    camera_on: bool
    named: bool = False
    in_call: bool = False


@dataclass(frozen=True, slots=True)
class Layout:
    """The tiles of one frame in reading order; empty when the frame shows no gallery.

    ``others`` are alternative layouts of the same frame, which share no tile with this one, the likeliest
    first. They are tried if no people show in these tiles.
    """

    width: int
    height: int
    slots: tuple[Slot, ...] = ()
    others: tuple[Layout, ...] = ()


@dataclass(frozen=True, slots=True)
class Tile:
    """One participant's rectangle at one time. ``id`` stays the same while that participant is shown.

    ``changed``: look at it again. ``unproven``: time of its last new picture that no label confirmed.
    ``held``: do not look: until the layout is found anew, the box may lie over somebody else.
    """

    id: str
    slot: Slot
    speaking: bool
    changed: bool
    unproven: float | None = None
    held: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Face:
    """A detected face in frame pixels.

    ``keypoints`` float32 (6, 2): right eye, left eye, nose tip, mouth centre, right and left ear tragion
    (right and left as the person's own); ``confidence`` 0..1.
    """

    box: Box
    keypoints: NDArray[np.float32]
    confidence: float

    def __post_init__(self) -> None:
        if self.keypoints.shape != (6, 2):
            raise ValueError(f"a face has six keypoints (6, 2), got {self.keypoints.shape}")


@dataclass(frozen=True, slots=True)
class Emotion:
    """The classifier's result for one face, after smoothing.

    ``scores`` holds the probability of each of LABELS and sums to 1; ``confidence`` is the probability of
    ``label``; ``valence`` and ``arousal`` are -1..1.
    """

    label: LabelName
    confidence: float
    scores: tuple[float, ...]
    valence: float
    arousal: float


@dataclass(frozen=True, slots=True)
class Reading:
    """The reading of one tile; without a face, or when ``reason`` says why, ``emotion`` is None.

    ``facing`` is 0 (profile) to 1 (towards the camera). ``since`` is the Unix time when the present label
    began, or the present state if there is no label. ``motivation`` is 0..1, a proxy (see
    ``agent.lesson.motivation``), and None without an emotion.
    """

    id: str
    row: int
    col: int
    box: Box
    state: TileState
    speaking: bool
    face: Face | None
    facing: float
    emotion: Emotion | None
    reason: Reason | None
    since: float
    motivation: float | None = None


@dataclass(frozen=True, slots=True)
class Room:
    """The summary over all tiles; figures of expressions are None while no face was read.

    ``attention`` is None while no camera is on (see ``agent.lesson.room``). ``intervals`` holds, in the order
    of LABELS, the 95 % confidence interval of each score as (low, high). ``trend`` and ``advice`` are None
    until enough was seen, and if expressions are not inferred.
    """

    tiles: int
    faces: int
    read: int
    scores: tuple[float, ...] | None = None
    label: LabelName | None = None
    valence: float | None = None
    arousal: float | None = None
    attention: float | None = None
    motivation: float | None = None
    intervals: tuple[tuple[float, float], ...] | None = None
    trend: Trend | None = None
    advice: Advice | None = None


@dataclass(frozen=True, slots=True)
class Load:
    """CPU use of the analysis: ``used`` of ``budget``, both shares of one core (None: no limit).

    ``waiting`` counts the tiles whose turn has not come yet; ``pause`` is the seconds to wait before the next
    frame so that the budget is kept.
    """

    used: float = 0.0
    budget: float | None = None
    waiting: int = 0
    pause: float = 0.0


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The result of one analysed frame: the feed sends it as one ``room`` message.

    ``age``: seconds from capture to the end of the analysis. ``unmarked``: Unix times of markers taken back.
    """

    seq: int
    wall: float
    age: float
    width: int
    height: int
    source: SourceStatus
    readings: tuple[Reading, ...]
    room: Room
    alerts: tuple[Alert, ...] = ()
    load: Load = Load()
    markers: tuple[Marker, ...] = ()
    unmarked: tuple[float, ...] = ()
    record: RecordStatus = NOT_RECORDED
