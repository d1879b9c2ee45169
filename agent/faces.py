"""Finding the face in each tile. The only module that touches MediaPipe.

Detection runs tile by tile: one pass over a whole gallery finds next to nothing, because the model is made
for faces that fill a good part of the picture.
"""

from __future__ import annotations

import atexit
import importlib
import logging
import os
import sys
import tempfile
import types
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol, Self

import numpy as np

from agent.errors import ModelError
from agent.stacking import SIDE, Place, Sheet, stack, whole
from agent.values import Box, Face, Pixels, check_pixels

log = logging.getLogger(__name__)

THRESHOLD = 0.3
"""Lowest confidence that makes a face in one picture; the lowest true score of 153 real tiles is 0.31."""

DOUBTFUL = 0.5
"""A careful search looks again, at full size, at every picture whose best face stayed below this."""

DEBIAN_PACKAGES = {
    "libGL.so": "libgl1",
    "libEGL.so": "libegl1",
    "libGLESv2.so": "libgles2",
    "libGLdispatch.so": "libglvnd0",
    "libglib-2.0.so": "libglib2.0-0",
    "libgthread-2.0.so": "libglib2.0-0",
    "libstdc++.so": "libstdc++6",
    "libxcb.so": "libxcb1",
}


class FaceFinder(Protocol):
    """Finds the largest certain face in each of some pictures."""

    def find(self, pictures: Sequence[Pixels], careful: bool = False) -> list[Face | None]:
        """Return, for each picture RGB uint8 (H, W, 3), its face in pixels of that picture, or None."""

    def close(self) -> None:
        """Free the detector; may be called twice."""


class MediaPipeFaceFinder:
    """MediaPipe's short-range face detector, fed two tiles at a time.

    ``weights`` is the ``.tflite`` file of the short-range model (input 128x128 RGB); ``threshold`` the lowest
    confidence of a face, 0..1. Not thread-safe: one worker owns it. Raises ModelError when the file is
    missing or no such model, or when MediaPipe or a system library it needs is missing.
    """

    def __init__(self, weights: Path, threshold: float = THRESHOLD) -> None:
        if not weights.is_file():
            raise ModelError(f"no face detector at {weights}: reinstall the package, or give the right path")
        self._mediapipe = _load_mediapipe()
        self._detector: Any = None
        with _native_output() as said:
            try:
                self._detector = self._create(weights, threshold)
                # The first call builds the graph's buffers and writes the last of its start-up messages.
                self._boxes(np.zeros((SIDE, SIDE, 3), np.uint8))
            except (RuntimeError, ValueError, OSError) as error:
                raise ModelError(
                    f"{weights} is not a face detector that MediaPipe can run: {error}"
                ) from error
        for line in said:
            log.debug("mediapipe: %s", line)
        atexit.register(self._abandon)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def find(self, pictures: Sequence[Pixels], careful: bool = False) -> list[Face | None]:
        """Return, for each picture RGB uint8 (H, W, 3), its face in pixels of that picture, or None.

        The most confident face of a picture counts. Flat pictures (no video) have none. ``careful`` gives
        every picture whose face is missing or doubtful a second look at full size: one more call for each.

        Raises PictureError for anything that is not a picture, ModelError after ``close``.
        """
        if self._detector is None:
            raise ModelError("the face finder is closed: make a new one")
        faces: list[Face | None] = [None] * len(pictures)
        sheets = stack([check_pixels(picture, "tile") for picture in pictures])
        for sheet in sheets:
            self._keep_best(sheet, faces)
        if careful:
            for index in (place.index for sheet in sheets if len(sheet.places) > 1 for place in sheet.places):
                face = faces[index]
                if face is None or face.confidence < DOUBTFUL:
                    self._keep_best(whole(pictures[index], index), faces)
        return faces

    def close(self) -> None:
        """Free the detector; may be called twice."""
        if self._detector is not None:
            self._detector.close()
            self._detector = None
            atexit.unregister(self._abandon)

    def _abandon(self) -> None:
        # MediaPipe can no longer free a detector when the interpreter ends (its thread pool is gone by then),
        # and prints a traceback for trying. Without a handle it does not try; the process's end frees it all.
        self._detector._handle = None

    def _create(self, weights: Path, threshold: float) -> Any:
        detector = self._mediapipe.face_detector
        options = detector.FaceDetectorOptions(
            # Bytes, not a path: MediaPipe cannot open paths with non-ASCII characters on Windows.
            base_options=self._mediapipe.base_options.BaseOptions(model_asset_buffer=weights.read_bytes()),
            min_detection_confidence=threshold,
        )
        return detector.FaceDetector.create_from_options(options)

    def _boxes(self, pixels: Pixels) -> list[Any]:
        image = self._mediapipe.image.Image(
            image_format=self._mediapipe.image.ImageFormat.SRGB, data=np.ascontiguousarray(pixels)
        )
        found: list[Any] = self._detector.detect(image).detections
        return found

    def _keep_best(self, sheet: Sheet, faces: list[Face | None]) -> None:
        """Put each detection of a sheet to the picture that its centre lies on, if it beats what is there."""
        for detection in self._boxes(sheet.pixels):
            box = detection.bounding_box
            x, y = box.origin_x + box.width / 2, box.origin_y + box.height / 2
            place = next((place for place in sheet.places if place.holds(x, y)), None)
            if place is None:
                continue
            before = faces[place.index]
            if before is None or detection.categories[0].score > before.confidence:
                faces[place.index] = _face(detection, place)


def missing_library(error: BaseException) -> str | None:
    """What to install when an import failed for lack of a system library, or None for another failure."""
    text = str(error)
    for library, package in DEBIAN_PACKAGES.items():
        if library in text:
            return (
                f"the system library {library} is missing: install it (Debian, Ubuntu: apt install {package})"
            )
    return None


def _face(detection: Any, place: Place) -> Face:
    """Turn a detection in sheet pixels into a face in pixels of its picture."""
    box = detection.bounding_box
    corners = np.array(
        ((box.origin_x, box.origin_y), (box.origin_x + box.width, box.origin_y + box.height)), np.float32
    )
    (left, top), (right, bottom) = place.to_picture(corners).round().astype(int).tolist()
    points = np.array([(point.x * SIDE, point.y * SIDE) for point in detection.keypoints], np.float32)
    return Face(
        box=Box(left, top, max(right - left, 1), max(bottom - top, 1)),
        keypoints=place.to_picture(points),
        confidence=float(detection.categories[0].score),
    )


def _load_mediapipe() -> types.SimpleNamespace:
    """Import the detector alone.

    MediaPipe's package imports all its tasks. On the way it pulls in matplotlib (0.35 s and 38 MB, and a font
    cache that takes seconds on a machine's first run), only for a drawing helper, and sounddevice, which
    opens the audio system: a tool that promises to look at nothing but the gallery must not do that.
    MediaPipe copes without sounddevice by itself; matplotlib is stood in for while the import runs.
    """
    stand_in, pyplot = types.ModuleType("matplotlib"), types.ModuleType("matplotlib.pyplot")
    stand_in.pyplot = pyplot  # type: ignore[attr-defined]
    absent: dict[str, types.ModuleType | None] = {"sounddevice": None}
    if "matplotlib.pyplot" not in sys.modules:
        absent |= {"matplotlib": stand_in, "matplotlib.pyplot": pyplot}
    with _modules(absent):
        try:
            return types.SimpleNamespace(
                face_detector=importlib.import_module("mediapipe.tasks.python.vision.face_detector"),
                base_options=importlib.import_module("mediapipe.tasks.python.core.base_options"),
                image=importlib.import_module("mediapipe.tasks.python.vision.core.image"),
            )
        except (ImportError, OSError) as error:
            advice = missing_library(error) or 'install "mediapipe>=0.10.33,<0.10.35"'
            raise ModelError(f"MediaPipe cannot be loaded ({error}): {advice}") from error


@contextmanager
def _modules(entries: dict[str, types.ModuleType | None]) -> Iterator[None]:
    """Hold some entries in ``sys.modules`` and put back what was there; None makes an import fail."""
    table: dict[str, Any] = sys.modules
    before = {name: table[name] for name in entries if name in table}
    table.update(entries)
    try:
        yield
    finally:
        for name in entries:
            table.pop(name, None)
        table.update(before)


@contextmanager
def _native_output() -> Iterator[list[str]]:
    """Collect what native code writes to the process's stderr, as lines, instead of showing it.

    MediaPipe and TFLite write start-up chatter there, before any of their log levels can be set.
    """
    said: list[str] = []
    with tempfile.TemporaryFile() as kept:
        sys.stderr.flush()
        shown = os.dup(2)
        os.dup2(kept.fileno(), 2)
        try:
            yield said
        finally:
            os.dup2(shown, 2)
            os.close(shown)
            kept.seek(0)
            said += kept.read().decode(errors="replace").splitlines()
