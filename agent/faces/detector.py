"""Finds the face in each tile. The only module that touches MediaPipe.

Detection runs tile by tile: one pass over a whole gallery finds next to nothing, because the model is made
for faces that fill a good part of the picture.
"""

from __future__ import annotations

import atexit
import importlib
import sys
import types
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol, Self

import numpy as np

from agent.errors import ModelError
from agent.faces.mosaic import SIDE
from agent.faces.search import Second, find_faces
from agent.system.graphics import no_graphics
from agent.system.libraries import missing_library
from agent.system.logs import logger
from agent.values import Box, Face, Pixels, check_pixels
from models.native import native_output
from models.weights import detector_path

THRESHOLD = 0.3
"""Minimum confidence of a face in one picture; the lowest true score of 153 real tiles is 0.31."""

SECOND_SIDE = 192
"""Width and height in pixels of the full-range model's input."""

SECOND_THRESHOLD = 0.1
"""Minimum confidence of a full-range detection that contributes to a doubtful face's confidence."""


class FaceFinder(Protocol):
    """Finds the one face in each picture."""

    def find(
        self,
        pictures: Sequence[Pixels],
        careful: bool = False,
        known: Sequence[Face | None] | None = None,
    ) -> list[Face | None]:
        """Return, for each picture RGB uint8 (H, W, 3), its face in pixels of that picture, or None."""

    def close(self) -> None:
        """Free the detector; may be called twice."""


class MediaPipeFaceFinder:
    """MediaPipe's short-range face detector, fed two tiles at a time, and its full-range one for doubtful
    cases.

    ``weights`` is the ``.tflite`` file of the short-range model (input 128x128 RGB), by default the shipped
    one. ``threshold`` is the minimum confidence of a face, 0..1. Not thread-safe: one worker owns it. Raises
    ModelError when the file is missing or is no such model, and when MediaPipe or a library that it needs is
    missing.
    """

    def __init__(self, weights: Path | None = None, threshold: float = THRESHOLD) -> None:
        self._mediapipe = _load_mediapipe()
        self._second: _Detector | None = None
        self._first: _Detector | None = None
        with no_graphics():
            self._first = _Detector(self._mediapipe, weights or detector_path(), threshold, SIDE)
        atexit.register(self._abandon)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def find(
        self,
        pictures: Sequence[Pixels],
        careful: bool = False,
        known: Sequence[Face | None] | None = None,
    ) -> list[Face | None]:
        """Return, for each picture RGB uint8 (H, W, 3), its face in pixels of that picture, or None.

        The most confident face of a picture counts; flat pictures (no video) have none. ``careful`` searches
        longer where no sure face was found (``agent.faces.search``): for new pictures, and now and then for
        empty ones. ``known`` has the face that each picture showed a moment ago, or None: it keeps faces far
        from the camera that are found only with it.

        Raises PictureError for anything that is not a picture, ModelError after ``close``.
        """
        checked = [check_pixels(picture, "tile") for picture in pictures]
        return find_faces(checked, self._open().detect, careful, known, Second(self.ask, SECOND_SIDE))

    def detect(self, pixels: Pixels) -> list[Face]:
        """Run the short-range model alone: all faces in one input RGB uint8 (128, 128, 3), in its pixels.

        Raises ModelError when MediaPipe fails on it, which costs the frame and not the session.
        """
        return self._open().detect(pixels)

    def close(self) -> None:
        """Free the detectors; may be called twice."""
        if self._first is not None:
            for detector in (self._first, self._second):
                if detector is not None:
                    detector.close()
            self._first = self._second = None
            atexit.unregister(self._abandon)

    def _open(self) -> _Detector:
        if self._first is None:
            raise ModelError("the face finder is closed: make a new one")
        return self._first

    def ask(self, pixels: Pixels) -> list[Face]:
        """Run the full-range model alone on one input, RGB uint8 (192, 192, 3); loads it on the first call.

        Raises ModelError as ``detect`` does.
        """
        self._open()
        if self._second is None:
            path = detector_path("full_range")
            self._second = _Detector(self._mediapipe, path, SECOND_THRESHOLD, SECOND_SIDE)
        return self._second.detect(pixels)

    def _abandon(self) -> None:
        for detector in (self._first, self._second):
            if detector is not None:
                detector.abandon()


class _Detector:
    """One of MediaPipe's models, for inputs of ``side`` by ``side`` pixels."""

    def __init__(self, mediapipe: types.SimpleNamespace, weights: Path, threshold: float, side: int) -> None:
        self._mediapipe, self._side = mediapipe, side
        try:
            content = weights.read_bytes()
        except OSError as error:
            raise ModelError(f"no face detector at {weights} ({error.strerror})", "install again") from error
        with native_output() as said:
            try:
                self._detector = self._create(content, threshold)
                # The first call builds the graph's buffers and writes the last of its start-up messages.
                self.detect(np.zeros((side, side, 3), np.uint8))
            except OSError as error:
                # MediaPipe opens its native library with its first detector, not when it is imported.
                raise _unloadable(error) from error
            except (RuntimeError, ValueError) as error:
                raise ModelError(f"{weights} is no face detector that MediaPipe can run: {error}") from error
        for line in said:
            logger.debug("mediapipe: %s", line)

    def detect(self, pixels: Pixels) -> list[Face]:
        """All faces in one input; raises ModelError when MediaPipe fails on it."""
        image = self._mediapipe.image.Image(image_format=self._mediapipe.image.ImageFormat.SRGB, data=pixels)
        try:
            return [_face(detection, self._side) for detection in self._detector.detect(image).detections]
        except (RuntimeError, ValueError) as error:
            raise ModelError(f"the face detector failed on a picture: {error}") from error

    def close(self) -> None:
        self._detector.close()

    def abandon(self) -> None:
        """Leave the detector to the end of the process.

        When the interpreter ends, MediaPipe's thread pool is gone, so it can no longer free the detector and
        prints a traceback for trying. Without a handle it does not try; the end of the process frees
        everything.
        """
        self._detector._handle = None

    def _create(self, content: bytes, threshold: float) -> Any:
        detector = self._mediapipe.face_detector
        options = detector.FaceDetectorOptions(
            # Bytes, not a path: the bytes that were read are used, whatever characters the path has.
            base_options=self._mediapipe.base_options.BaseOptions(model_asset_buffer=content),
            min_detection_confidence=threshold,
        )
        return detector.FaceDetector.create_from_options(options)


def _unloadable(error: Exception) -> ModelError:
    advice = missing_library(error) or 'install "mediapipe>=0.10.33,<0.10.35"'
    return ModelError(f"MediaPipe cannot be loaded ({error})", advice)


def _face(detection: Any, side: int) -> Face:
    """Convert MediaPipe's detection (box in whole pixels, keypoints 0..1) to a face in input pixels."""
    box = detection.bounding_box
    return Face(
        box=Box(box.origin_x, box.origin_y, box.width, box.height),
        keypoints=np.array([(point.x * side, point.y * side) for point in detection.keypoints], np.float32),
        confidence=float(detection.categories[0].score),
    )


def _load_mediapipe() -> types.SimpleNamespace:
    """Import only MediaPipe's detector.

    MediaPipe's package imports all its tasks. These import matplotlib (0.35 s and 38 MB, and a font cache
    that takes seconds on a machine's first run) only for a drawing helper. They also import sounddevice,
    which opens the audio system: a tool that promises to look at nothing but the gallery must not do that.
    MediaPipe works without sounddevice; a stand-in replaces matplotlib during the import.
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
            raise _unloadable(error) from error


@contextmanager
def _modules(entries: dict[str, types.ModuleType | None]) -> Iterator[None]:
    """Put entries into ``sys.modules`` and restore it afterwards; an entry of None makes its import fail."""
    table: dict[str, Any] = sys.modules
    before = {name: table[name] for name in entries if name in table}
    table.update(entries)
    try:
        yield
    finally:
        for name in entries:
            table.pop(name, None)
        table.update(before)
