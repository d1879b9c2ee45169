"""What stands before, beside or behind a face: masks, hands, a second person, posters, other backgrounds."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from agent.classroom.rooms import KINDS, draw_room
from agent.values import Pixels

from .people import Change, Portrait, about, figure, moved, resized

CLOTH = ((225, 230, 235), (120, 165, 200), (35, 35, 40), (240, 200, 205))
"""Colours of masks: white, surgical blue, black, rose."""


def _axes(person: Portrait) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
    """The face's own frame: the middle of the eyes, across (half the distance of the eyes) and down."""
    right, left, _, mouth = person.face.keypoints[:4]
    eyes = (right + left) / 2
    across = (left - right) / 2
    # Turned heads have their eyes close together; no mask is that narrow.
    length = max(float(np.linalg.norm(across)), 0.22 * person.face.box.width)
    across = across / max(float(np.linalg.norm(across)), 1e-6) * length
    return eyes, across, mouth - eyes


def _shape(person: Portrait, outline: list[tuple[float, float]]) -> NDArray[np.uint8]:
    """A soft mask (H, W) of an outline given in units of the face's own frame."""
    eyes, across, down = _axes(person)
    points = np.array([eyes + x * across + y * down for x, y in outline])
    area = np.zeros(person.pixels.shape[:2], np.uint8)
    cv2.fillPoly(area, [np.round(points * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)
    return area


def _painted(person: Portrait, area: NDArray[np.uint8], colour: Pixels) -> Portrait:
    share = area[..., None] / 255.0
    mixed = person.pixels * (1 - share) + colour * share
    return replace(person, pixels=mixed.round().astype(np.uint8))


def masked(person: Portrait, rng: Generator) -> Portrait:
    """A mask from the nose's bridge to under the chin, with folds, and the straps to the ears."""
    outline = [(-1.5, 0.42), (-0.6, 0.38), (0.0, 0.28), (0.6, 0.38), (1.5, 0.42)]
    outline += [(1.45, 0.95), (0.9, 1.55), (0.0, 1.72), (-0.9, 1.55), (-1.45, 0.95)]
    area = _shape(person, outline)
    rows = np.linspace(0, 40 * np.pi, person.pixels.shape[0])[:, None, None]
    shade = 0.92 + 0.06 * np.sin(rows)
    # A mask is lit as the face under it is.
    bright = float(np.percentile(person.pixels[area > 128], 75)) / 255 if (area > 128).any() else 0.7
    colour = np.array(CLOTH[rng.integers(len(CLOTH))]) * shade * (0.35 + 0.65 * bright)
    person = _painted(person, area, np.broadcast_to(colour, person.pixels.shape))
    straps = np.zeros(person.pixels.shape[:2], np.uint8)
    eyes, across, down = _axes(person)
    for side, ear in ((-1, 4), (1, 5)):
        start = eyes + 1.45 * side * across + 0.5 * down
        cv2.line(straps, _whole(start), _whole(person.face.keypoints[ear]), 255, 1, cv2.LINE_AA)
    return _painted(person, straps, np.broadcast_to(colour, person.pixels.shape))


def handed(person: Portrait, rng: Generator) -> Portrait:
    """A hand over the mouth: a palm and four fingers in the colour of the forehead."""
    eyes, _, down = _axes(person)
    x, y = np.round(eyes - 0.35 * down).astype(int).clip(0, np.array(person.pixels.shape[1::-1]) - 1)
    skin = person.pixels[max(y - 1, 0) : y + 2, max(x - 1, 0) : x + 2].reshape(-1, 3).mean(axis=0)
    side = 1 if rng.random() < 0.5 else -1
    palm = [(side * 0.2, 0.7), (side * 1.3, 0.75), (side * 1.7, 1.4), (side * 1.3, 2.4), (side * 0.3, 2.0)]
    person = _painted(person, _shape(person, palm), np.broadcast_to(skin * 0.92, person.pixels.shape))
    for finger in range(4):
        top = 0.72 + 0.2 * finger
        outline = [(side * 0.9, top), (-side * 0.85, top + 0.04), (-side * 0.95, top + 0.1)]
        outline += [(-side * 0.85, top + 0.17), (side * 0.9, top + 0.19)]
        tone = skin * (0.97 - 0.06 * (finger % 2))
        person = _painted(person, _shape(person, outline), np.broadcast_to(tone, person.pixels.shape))
    return person


def badged(person: Portrait, _: Generator) -> Portrait:
    """A name label and a raised hand drawn by the meeting, each over a corner of the face."""
    box = person.face.box
    pixels = person.pixels.copy()
    label = (
        (box.left - box.width // 3, box.bottom - box.height // 5),
        (box.right, box.bottom + box.height // 6),
    )
    cv2.rectangle(pixels, *label, (25, 25, 25), -1)
    cv2.circle(pixels, (box.left, box.top), max(box.width // 5, 2), (250, 200, 60), -1, cv2.LINE_AA)
    return replace(person, pixels=pixels)


def beside(others: list[Portrait], share: float, apart: float) -> Change:
    """Another's head ``apart`` face widths to the side, ``share`` times as large; behind, if smaller."""

    def change(person: Portrait, rng: Generator) -> Portrait:
        other = others[rng.integers(len(others))]
        side, (x, y) = person.face.box.width, person.face.box.centre
        height, width = person.pixels.shape[:2]
        right = x < width / 2
        spot = ((x + (apart if right else -apart) * side) / width, (y - 0.1 * side) / height)
        size = share * side / other.face.box.width
        pasted = moved(other, about(other, size, 0, (0.5, 0.5)), other.pixels.shape[1::-1])
        shift = np.array(spot) * (width, height) - pasted.face.box.centre
        pasted = moved(pasted, np.array(((1, 0, shift[0]), (0, 1, shift[1])), np.float64), (width, height))
        here = figure(pasted)[..., None]
        if share < 1:
            here = here * (1 - figure(person)[..., None])
        return replace(
            person, pixels=(person.pixels * (1 - here) + pasted.pixels * here).round().astype(np.uint8)
        )

    return change


def poster(others: list[Portrait], share: float) -> Change:
    """A framed photo of another person on the wall behind, the face in it ``share`` times as large."""

    def change(person: Portrait, rng: Generator) -> Portrait:
        other = others[rng.integers(len(others))]
        side, (x, y) = person.face.box.width, person.face.box.centre
        height, width = person.pixels.shape[:2]
        edge = max(round(2.0 * share * side), 8)
        face = other.face.box
        matrix = about(other, share * side / face.width, 0, (0.0, 0.0))
        matrix[:, 2] += edge / 2
        photo = moved(other, matrix, (edge, edge)).pixels
        cv2.rectangle(photo, (0, 0), (edge - 1, edge - 1), (70, 50, 35), max(edge // 16, 1))
        left = round(min(max(x + (1.1 if x < width / 2 else -1.1) * side - edge / 2, 0), width - edge))
        top = round(min(max(y - 0.7 * side - edge / 2, 0), max(height - edge, 0)))
        wall = person.pixels.copy()
        part = wall[top : top + edge, left : left + edge]
        part[:] = photo[: part.shape[0], : part.shape[1]]
        here = figure(person)[..., None]
        return replace(person, pixels=(person.pixels * here + wall * (1 - here)).round().astype(np.uint8))

    return change


def elsewhere(person: Portrait, rng: Generator) -> Portrait:
    """A virtual background, cut out roughly: it eats into the head here and there."""
    height, width = person.pixels.shape[:2]
    kind = list(KINDS)[rng.integers(len(KINDS))]
    room = draw_room(kind, int(rng.integers(1 << 20)), (width, height))
    ragged = cv2.GaussianBlur(rng.normal(0, 1, (height, width)), (0, 0), 0.12 * person.face.box.width)
    here = (figure(person) + 0.25 * ragged / max(float(ragged.std()), 1e-6) > 0.5)[..., None]
    return replace(person, pixels=np.where(here, person.pixels, room).astype(np.uint8))


def rounded(person: Portrait, _: Generator) -> Portrait:
    """Corners rounded on a coloured page, and the tile's box a little too large."""
    height, width = person.pixels.shape[:2]
    inside = np.zeros((height, width), np.uint8)
    edge, radius = max(round(0.04 * width), 1), max(round(0.09 * width), 2)
    cv2.rectangle(inside, (edge + radius, edge), (width - edge - radius, height - edge), 255, -1)
    cv2.rectangle(inside, (edge, edge + radius), (width - edge, height - edge - radius), 255, -1)
    for x in (edge + radius, width - edge - radius):
        for y in (edge + radius, height - edge - radius):
            cv2.circle(inside, (x, y), radius, 255, -1)
    page = np.broadcast_to(np.array((92, 60, 150), np.uint8), person.pixels.shape)
    return replace(person, pixels=np.where(inside[..., None] > 0, person.pixels, page).astype(np.uint8))


def photographed(person: Portrait, _: Generator) -> Portrait:
    """Camera off: the face in a disc of 0.45 of the tile's height, on the flat colour of a tile."""
    height, width = person.pixels.shape[:2]
    edge = max(round(0.45 * height), 8)
    face = person.face.box
    scale = 0.6 * edge / face.width
    matrix = about(person, scale, 0, (0.0, 0.0))
    matrix[:, 2] += (width / 2, height / 2)
    shown = moved(person, matrix, (width, height))
    disc = np.zeros((height, width), np.uint8)
    cv2.circle(disc, (width // 2, height // 2), edge // 2, 255, -1, cv2.LINE_AA)
    grey = np.full_like(shown.pixels, 34)
    return _painted(replace(shown, pixels=grey), disc, shown.pixels)


def small(change: Change) -> Change:
    """A change as it looks in a tile of a 7x7 in 640x400."""
    return lambda person, rng: resized(change(person, rng), 88, 50)


def _whole(point: NDArray[np.float32]) -> tuple[int, int]:
    return round(float(point[0])), round(float(point[1]))
