"""The shipped weights; each folder has a card with its contents and their checksums."""

from __future__ import annotations

import hashlib
from pathlib import Path

import msgspec

from agent.errors import ModelError
from agent.json_text import decoded

FOLDER = Path(__file__).parent
EXPRESSION = FOLDER / "expression"
FACE_DETECTION = FOLDER / "face_detection"


class Detector(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One face detector of MediaPipe; ``input`` is (height, width, channels)."""

    file: str
    sha256: str
    input: tuple[int, int, int]
    made_for: str


class DetectorCard(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The ``model.json`` beside the face detectors."""

    origin: str
    licence: str
    models: dict[str, Detector]


def detector_path(name: str = "short_range", folder: Path = FACE_DETECTION) -> Path:
    """The verified file of a face detector, ``short_range`` or ``full_range``.

    Raises ModelError for an unknown name, or if the file is missing or altered.
    """
    card = folder / "model.json"
    try:
        detectors = decoded(read(card), DetectorCard).models
    except msgspec.MsgspecError as error:
        raise ModelError(f"{card} is no detector card: {error}", "install again to restore it") from error
    if name not in detectors:
        raise ModelError(f"no face detector {name!r}; choose one of {', '.join(detectors)}")
    path = folder / detectors[name].file
    checked(path, detectors[name].sha256)
    return path


def read(path: Path) -> bytes:
    """The bytes of a shipped file; raises ModelError if it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise ModelError(
            f"{path} cannot be read ({error.strerror})", "check the path, or install again to restore it"
        ) from error


def checked(path: Path, sha256: str) -> bytes:
    """The bytes of a file whose SHA-256 is ``sha256``; raises ModelError if missing, truncated or altered."""
    content = read(path)
    found = hashlib.sha256(content).hexdigest()
    if found != sha256:
        raise ModelError(
            f"{path} was altered or only partly written: its sha256 is {found}, its card says {sha256}",
            "install again to restore it",
        )
    return content
