"""Tiles without a face: empty chairs, backs of heads, bodies, shelves, walls, drawn and from real tiles."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np

from agent.classroom.rooms import KINDS, draw_room
from agent.values import Box, Pixels

from .people import Portrait, figure


def backgrounds(people: list[Portrait], least: float = 0.3) -> Iterator[Pixels]:
    """Parts of real tiles beside and below the face, enlarged to the tile's size."""
    for person in people:
        if person.crowded:
            continue
        height, width = person.pixels.shape[:2]
        face = person.face.box
        head = Box(face.left - face.width // 2, face.top - face.height, 2 * face.width, 2 * face.height + 4)
        for part in (
            Box(0, 0, head.left, height),
            Box(head.right, 0, width - head.right, height),
            Box(0, head.bottom, width, height - head.bottom),
        ):
            inside = part.clipped(width, height)
            if inside.width >= least * width and inside.height >= least * height:
                yield np.ascontiguousarray(cv2.resize(inside.of(person.pixels), (width, height)))


def left_chairs(people: list[Portrait]) -> Iterator[Pixels]:
    """Tiles whose person has gone: filled in from what is around them."""
    for person in people:
        if person.crowded:
            continue
        shrunk = cv2.resize(person.pixels, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
        gone = cv2.resize((figure(person) > 0.02).astype(np.uint8), shrunk.shape[1::-1])
        filled = cv2.inpaint(shrunk, gone, 3, cv2.INPAINT_TELEA)
        room = cv2.resize(filled, person.pixels.shape[1::-1], interpolation=cv2.INTER_CUBIC)
        here = figure(person)[..., None] > 0.02
        yield np.where(here, room, person.pixels).astype(np.uint8)


def backs_of_heads(people: list[Portrait]) -> Iterator[Pixels]:
    """The person turned away: hair, with a slight sheen, over the whole head."""
    for index, person in enumerate(people):
        if person.crowded:
            continue
        pixels = person.pixels.copy()
        x, y = person.face.box.centre
        side = person.face.box.width
        colour = ((40, 30, 25), (90, 60, 35), (160, 120, 70), (110, 110, 112))[index % 4]
        centre, radii = (round(x), round(y - 0.15 * side)), (round(0.75 * side), round(0.98 * side))
        cv2.ellipse(pixels, centre, radii, 0, 0, 360, colour, -1, cv2.LINE_AA)
        rng = np.random.default_rng(index)
        for _ in range(60):
            at = x + rng.uniform(-0.6, 0.6) * side
            tone = tuple(int(level * rng.uniform(0.7, 1.35)) for level in colour)
            start, end = (
                (round(at), round(y - 0.8 * side)),
                (round(at + rng.uniform(-4, 4)), round(y + 0.5 * side)),
            )
            cv2.line(pixels, start, end, tone, 1, cv2.LINE_AA)
        yield np.asarray(cv2.GaussianBlur(pixels, (0, 0), 0.7), np.uint8)


def drawn_rooms(count: int, size: tuple[int, int] = (320, 180)) -> Iterator[Pixels]:
    """Drawn rooms of every kind."""
    kinds = list(KINDS)
    for seed in range(count):
        yield draw_room(kinds[seed % len(kinds)], seed, size)
