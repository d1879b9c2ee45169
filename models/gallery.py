"""End-to-end evaluation: faces in gallery tiles, read through the agent's layout, detection and crop."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from agent.errors import DataError
from agent.faces.crops import Framing, crop_face
from agent.faces.detector import FaceFinder
from agent.faces.face_track import DetectionThresholds, shifted
from agent.layout import find_layout
from agent.values import Box, Face, Pixels
from models.labelled import Faces
from models.metrics import accuracy
from models.progress import shown
from models.runtime import Classifier

ROWS = COLUMNS = 5
TILE = (256, 144)
GAP = 8
BACKGROUND = 26
FACE_SIDES = (56, 112)
JPEG_QUALITY = 80


@dataclass(frozen=True)
class GalleryReport:
    """The result: ``found`` is the share of the ``faces`` that the agent found in a tile of its layout.

    ``accuracy`` is that of the found faces read through the agent; ``direct`` is that of the same faces read
    without the gallery.
    """

    faces: int
    found: float
    accuracy: float
    direct: float


def evaluate_in_gallery(
    classifier: Classifier,
    finder: FaceFinder,
    faces: Faces,
    *,
    count: int = 1000,
) -> GalleryReport:
    """Paste ``count`` faces of 56 to 112 pixels into galleries of 25 tiles, and read them as the agent does.

    Faces fill the last gallery again, uncounted: three tiles alone are none. Raises DataError if no face is
    found.
    """
    framing = Framing.of(classifier.card.framing)
    random = np.random.default_rng(0)
    rows = random.permutation(len(faces))[:count]
    crops, read = [], []
    pages = [rows[start : start + ROWS * COLUMNS] for start in range(0, len(rows), ROWS * COLUMNS)]
    for page in shown(pages, "reading galleries"):
        frame, boxes = draw_gallery(faces.pixels[np.resize(page, ROWS * COLUMNS)], random)
        for index, face in _found(frame, boxes, finder):
            if index >= len(page):
                continue
            crops.append(crop_face(frame, face, framing))
            read.append(page[index])
    if not read:
        raise DataError(f"{faces.origin}: the detector found no face in {len(rows)} tiles: are these faces?")
    chosen = np.array(read, np.int64)
    labels = faces.labels[chosen]
    through = classifier.classify(np.array(crops, np.uint8).reshape(-1, *classifier.card.input.shape))
    direct = classifier.classify(faces.pixels[chosen][..., None])
    return GalleryReport(
        len(rows), len(read) / len(rows), accuracy(through, labels), accuracy(direct, labels)
    )


def draw_gallery(faces: NDArray[np.uint8], random: np.random.Generator) -> tuple[Pixels, list[Box]]:
    """A compressed gallery RGB uint8 (776, 1336, 3) with grey faces in its first tiles, and their boxes."""
    width, height = TILE
    frame = np.full(
        (ROWS * (height + GAP) + 2 * GAP, COLUMNS * (width + GAP) + 2 * GAP, 3), BACKGROUND, np.uint8
    )
    boxes = []
    for index, face in enumerate(faces):
        row, column = divmod(index, COLUMNS)
        box = Box(GAP + column * (width + GAP), GAP + row * (height + GAP), width, height)
        box.of(frame)[:] = _tile(face, random)[..., None]
        boxes.append(box)
    _, content = cv2.imencode(".jpg", frame, (cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY))
    return np.asarray(cv2.imdecode(content, cv2.IMREAD_COLOR), np.uint8), boxes


def _tile(face: NDArray[np.uint8], random: np.random.Generator) -> NDArray[np.uint8]:
    """A tile (H, W) with a face at a random place; the background is the face's extended border, blurred."""
    width, height = TILE
    side = int(random.integers(*FACE_SIDES))
    left = int(random.integers(width // 4, width * 3 // 4 - side))
    top = int(random.integers(0, height - side))
    enlarged = cv2.resize(face, (side, side), interpolation=cv2.INTER_CUBIC)
    around = (top, height - side - top, left, width - side - left)
    padded = cv2.copyMakeBorder(enlarged, *around, cv2.BORDER_REPLICATE)
    tile = np.asarray(cv2.GaussianBlur(padded, (0, 0), 5), np.uint8)
    tile[top : top + side, left : left + side] = enlarged
    return tile


def _found(frame: Pixels, boxes: list[Box], finder: FaceFinder) -> Iterator[tuple[int, Face]]:
    """The index of each pasted face that the agent finds in its tile, with the face in frame pixels."""
    slots = find_layout(frame).slots
    pictures = [slot.video.of(frame) for slot in slots]
    for slot, face in zip(slots, finder.find(pictures, True), strict=True):
        overlaps = [box.iou(slot.box) for box in boxes]
        best = int(np.argmax(overlaps))
        if face is not None and face.confidence >= DetectionThresholds().new and overlaps[best] > 0.5:
            yield best, shifted(face, slot.video.left, slot.video.top)
