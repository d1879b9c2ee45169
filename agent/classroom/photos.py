"""Photos for slides, also of faces."""

from __future__ import annotations

from numpy.random import Generator

from agent.classroom.face import HeadLook
from agent.classroom.rooms import KINDS, draw_room
from agent.classroom.scene import Shown, random_class
from agent.classroom.video import draw_video
from agent.values import LABELS, Box, Pixels

Size = tuple[int, int]


def photo(rng: Generator, size: Size, onto: Pixels | None = None) -> Pixels:
    """A photo of ``size`` (width, height), a portrait or an empty room; also pasted on ``onto`` if given."""
    seed = int(rng.integers(1 << 30))
    if rng.random() < 0.55:
        who = random_class(seed % 5000, 1)[0]
        look = HeadLook(((LABELS[int(rng.integers(7))], float(rng.uniform(0.3, 1.0))),))
        picture, _ = draw_video(Shown(who, look=look), size)
    else:
        picture = draw_room(list(KINDS)[seed % len(KINDS)], seed, size)
    if onto is not None:
        Box(0, 0, *size).of(onto)[:] = Box(0, 0, onto.shape[1], onto.shape[0]).of(picture)
    return picture
