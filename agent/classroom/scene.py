"""Who is in the class and what they do at one moment: the ground truth of gallery drawings."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from agent.classroom.face import HeadLook
from agent.classroom.people import CLASS, DrawnPerson, random_person, roll
from agent.values import Box

ASPECTS = {"wide": 16 / 9, "old": 4 / 3, "phone": 9 / 16}
"""Aspect ratio, width over height, of the video of a webcam, an old webcam and a phone held upright."""


@dataclass(frozen=True, slots=True)
class Participant:
    """One member of the class; ``at`` is where the head is (parts of the video), ``near`` its size."""

    id: str
    name: str
    person: DrawnPerson
    room: str = "wall"
    room_seed: int = 0
    at: tuple[float, float] = (0.5, 0.47)
    near: float = 0.19
    aspect: float = 16 / 9
    photo: bool = False
    """With the camera off: a profile photo (a drawn face that never moves) instead of the name."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One participant at one moment. ``sway`` moves the head: x and y in face units, tilt in degrees."""

    participant: Participant
    camera_on: bool = True
    label: str = "neutral"
    intensity: float = 0.0
    look: HeadLook = field(default_factory=HeadLook)
    sway: tuple[float, float, float] = (0.0, 0.0, 0.0)
    speaking: bool = False
    muted: bool = True
    hand: bool = False


@dataclass(frozen=True, slots=True)
class Scene:
    """The page of the gallery at ``time`` seconds, in reading order; ``page`` counts from 0 of ``pages``."""

    time: float
    shown: tuple[Shown, ...]
    page: int = 0
    pages: int = 1
    present: tuple[str, ...] = ()
    """The names of everybody in the meeting, shown on this page or not."""


@dataclass(frozen=True, slots=True)
class TileTruth:
    """The ground truth of one drawn tile; boxes in frame pixels, ``face`` None while no live face shows."""

    id: str
    name: str
    box: Box
    video: Box
    row: int
    col: int
    camera_on: bool
    speaking: bool
    label: str
    intensity: float
    face: Box | None


def random_class(seed: int, count: int) -> tuple[Participant, ...]:
    """``count`` (1 to 49) different participants named t1, t2, ...

    Raises ValueError for another count.
    """
    if not 1 <= count <= len(CLASS):
        raise ValueError(f"a class has 1 to {len(CLASS)} participants, not {count}")
    rng = np.random.default_rng((seed, 14))
    rooms = ["wall", "bookshelf", "window", "kitchen", "blurred", "virtual", "dark", "bright"]
    shares = [0.24, 0.14, 0.14, 0.1, 0.16, 0.12, 0.05, 0.05]
    return tuple(
        Participant(
            id=f"t{index + 1}",
            name=CLASS[member][0],
            person=random_person(seed, member),
            room=str(rng.choice(rooms, p=shares)),
            room_seed=int(rng.integers(1 << 30)),
            at=(float(rng.uniform(0.42, 0.58)), float(rng.uniform(0.43, 0.5))),
            near=float(rng.uniform(0.15, 0.205)),
            aspect=float(rng.choice(list(ASPECTS.values()), p=[0.86, 0.08, 0.06])),
            photo=bool(rng.random() < 0.25),
        )
        for index, member in enumerate(roll(seed, count))
    )
