"""The faces of the real galleries, and what a camera, a room or a hand can do to them, with known truth.

Nothing of them is stored: tiles are cut, changed and searched in memory.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from agent.faces.detector import MediaPipeFaceFinder
from agent.layout import find_layout
from agent.values import Box, Face, Pixels
from tests.galleries import NAMES, real_gallery


@dataclass(frozen=True)
class Portrait:
    """A tile's picture RGB uint8 (H, W, 3) and the face in it, as found in the unspoilt picture.

    ``masked`` when the person really wears a mask; ``crowded`` when others are seen in the background.
    """

    name: str
    pixels: Pixels
    face: Face
    masked: bool = False
    crowded: bool = False


Change = Callable[[Portrait, Generator], Portrait]

CROWDED = {"grid-4x4.jpg": (4, 9, 13, 15)}
MASKED = "ragged-3+2.png"


def portraits(finder: MediaPipeFaceFinder) -> list[Portrait]:
    """The 24 people of the real galleries; skips the test where the pictures are not there."""
    people = []
    for name in NAMES:
        gallery = real_gallery(name)
        videos = [slot.video for slot in find_layout(gallery.pixels).slots if slot.camera_on]
        pictures = [np.ascontiguousarray(video.of(gallery.pixels)) for video in videos]
        for index, (picture, face) in enumerate(
            zip(pictures, finder.find(pictures, careful=True), strict=True)
        ):
            assert face is not None, f"{name} {index}"
            crowded = index in CROWDED.get(name, ())
            people.append(Portrait(f"{name} {index}", picture, face, name == MASKED, crowded))
    return people


def moved(person: Portrait, matrix: NDArray[np.float64], size: tuple[int, int]) -> Portrait:
    """The picture under an affine map 2x3, cut to ``size`` (width, height); its edge goes on beyond it."""
    scale = math.sqrt(abs(np.linalg.det(matrix[:, :2])))
    pixels = person.pixels
    if scale < 1:
        # What a small picture cannot show must not alias into it.
        pixels = np.asarray(cv2.GaussianBlur(pixels, (0, 0), 0.45 / scale), np.uint8)
    flags = cv2.INTER_CUBIC if scale > 1 else cv2.INTER_LINEAR
    warped = cv2.warpAffine(pixels, matrix, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)
    points = person.face.keypoints @ matrix[:, :2].T + matrix[:, 2]
    x, y = np.array(person.face.box.centre) @ matrix[:, :2].T + matrix[:, 2]
    side = person.face.box.width * scale
    box = Box(round(x - side / 2), round(y - side / 2), max(round(side), 1), max(round(side), 1))
    face = Face(box, points.astype(np.float32), person.face.confidence)
    return replace(person, pixels=np.asarray(warped, np.uint8), face=face)


def about(person: Portrait, scale: float, degrees: float, to: tuple[float, float]) -> NDArray[np.float64]:
    """The map that turns and scales a picture about its face and brings that to a point of it (parts)."""
    height, width = person.pixels.shape[:2]
    centre = person.face.box.centre
    matrix = np.asarray(cv2.getRotationMatrix2D(centre, degrees, scale), np.float64)
    matrix[:, 2] += (to[0] * width - centre[0], to[1] * height - centre[1])
    return matrix


def place(person: Portrait) -> tuple[float, float]:
    """Where the face is, in parts of the picture."""
    height, width = person.pixels.shape[:2]
    return person.face.box.centre[0] / width, person.face.box.centre[1] / height


def resized(person: Portrait, width: int, height: int) -> Portrait:
    """The picture filling a tile of another size, cut where the shapes differ."""
    rows, columns = person.pixels.shape[:2]
    scale = max(width / columns, height / rows)
    x, y = (width - scale * columns) / 2, (height - scale * rows) / 2
    return moved(person, np.array(((scale, 0, x), (0, scale, y)), np.float64), (width, height))


def levels(person: Portrait, change: Callable[[NDArray[np.float64]], NDArray[np.float64]]) -> Portrait:
    """The picture with its levels, 0..1, changed."""
    table = change(person.pixels / 255.0)
    return replace(person, pixels=(table.clip(0, 1) * 255).round().astype(np.uint8))


def tiny(person: Portrait, _: Generator) -> Portrait:
    """A tile of a 7x7 in 640x400."""
    return resized(person, 88, 50)


def compressed(person: Portrait, rng: Generator) -> Portrait:
    """Strong JPEG, quality 30 to 50."""
    quality = int(rng.integers(30, 51))
    _, data = cv2.imencode(".jpg", person.pixels, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return replace(person, pixels=np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8))


def mirrored(person: Portrait, _: Generator) -> Portrait:
    width = person.pixels.shape[1]
    face = person.face
    points = face.keypoints[[1, 0, 2, 3, 5, 4]].copy()
    points[:, 0] = width - points[:, 0]
    box = replace(face.box, left=width - face.box.right)
    return replace(
        person, pixels=np.ascontiguousarray(person.pixels[:, ::-1]), face=Face(box, points, face.confidence)
    )


def tilted(degrees: float) -> Change:
    def change(person: Portrait, _: Generator) -> Portrait:
        height, width = person.pixels.shape[:2]
        return moved(person, about(person, 1, degrees, place(person)), (width, height))

    return change


def scaled(face: float, to: tuple[float, float]) -> Change:
    """The face ``face`` times the picture's height wide, its centre ``to`` (parts of the picture)."""

    def change(person: Portrait, _: Generator) -> Portrait:
        height, width = person.pixels.shape[:2]
        return moved(person, about(person, face * height / person.face.box.width, 0, to), (width, height))

    return change


def cut(person: Portrait, rng: Generator) -> Portrait:
    """The face three tenths out of the picture, at the left, the right or the top."""
    height, width = person.pixels.shape[:2]
    side = person.face.box.width
    x, y = place(person)
    to = [(0.2 * side / width, y), (1 - 0.2 * side / width, y), (x, 0.2 * side / height)]
    return moved(person, about(person, 1, 0, to[rng.integers(3)]), (width, height))


def blurred(share: float) -> Change:
    """Out of focus: a Gaussian of a share of the face's width."""

    def change(person: Portrait, _: Generator) -> Portrait:
        sigma = share * person.face.box.width
        return replace(person, pixels=np.asarray(cv2.GaussianBlur(person.pixels, (0, 0), sigma), np.uint8))

    return change


def shaken(person: Portrait, _: Generator) -> Portrait:
    """Blurred sideways by an eighth of the face."""
    length = max(round(person.face.box.width / 8), 1)
    kernel = np.full((1, length), 1 / length)
    return replace(person, pixels=np.asarray(cv2.filter2D(person.pixels, -1, kernel), np.uint8))


def lit(gain: float, gamma: float = 1.0, lift: float = 0.0, noise: float = 0.0) -> Change:
    """Another exposure: ``gain * level**gamma + lift``, with noise of a share of the full scale."""

    def change(person: Portrait, rng: Generator) -> Portrait:
        grain = rng.normal(0, noise, person.pixels.shape) if noise else np.zeros(1)
        return levels(person, lambda level: gain * level**gamma + lift + grain)

    return change


def tinted(red: float, green: float, blue: float) -> Change:
    return lambda person, _: levels(person, lambda level: level * (red, green, blue))


def backlit(person: Portrait, _: Generator) -> Portrait:
    """A window behind: the person at a fifth of the light, all else blown out."""
    here = figure(person)[..., None]
    return levels(person, lambda level: here * level * 0.2 + (1 - here) * (level * 1.2 + 0.4))


def half_lit(person: Portrait, _: Generator) -> Portrait:
    """A lamp at the side: one half of the face at a sixth of the other's light."""
    columns = np.arange(person.pixels.shape[1])
    side = person.face.box.width
    share = 1 / (1 + np.exp((person.face.box.centre[0] - columns) / (0.08 * side)))
    return levels(person, lambda level: level * (0.15 + 0.85 * share)[None, :, None])


def figure(person: Portrait) -> NDArray[np.float64]:
    """About where the person is, 0..1 (H, W): an ellipse for the head over one for the shoulders."""
    height, width = person.pixels.shape[:2]
    x, y = person.face.box.centre
    side = person.face.box.width
    mask = np.zeros((height, width), np.uint8)
    cv2.ellipse(
        mask, (round(x), round(y - 0.15 * side)), (round(0.72 * side), round(0.95 * side)), 0, 0, 360, 255, -1
    )
    cv2.ellipse(
        mask, (round(x), round(y + 2.4 * side)), (round(1.5 * side), round(1.8 * side)), 0, 0, 360, 255, -1
    )
    return np.asarray(cv2.GaussianBlur(mask, (0, 0), 0.03 * side) / 255.0, np.float64)
