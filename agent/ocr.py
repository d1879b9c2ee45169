"""Reading the name on a tile's label with Tesseract, on this machine and without a file.

The picture of the label alone goes to the program's standard input: no part of the video above it, nothing
to the disk, which is why its Python wrappers, which write a file for each picture, are not used.
"""

from __future__ import annotations

import os
import shutil
import subprocess

import cv2
import numpy as np

from agent.errors import ConfigError
from agent.tracking.strokes import region
from agent.values import Pixels, Slot

HEIGHT = 96
"""Pixels to which a label is enlarged: its letters are then about 35 high, as Tesseract wants them."""
TIMEOUT = 5.0
HINT = (
    "install it (Debian and Ubuntu: apt install tesseract-ocr; macOS: brew install tesseract; Windows: "
    "winget install UB-Mannheim.TesseractOCR), or set consent.list to null and exclude participants by hand"
)


class TesseractNames:
    """Reads labels with the ``tesseract`` program.

    Raises ConfigError where that is not installed or does not start.
    """

    def __init__(self) -> None:
        program = shutil.which("tesseract")
        if program is None:
            raise ConfigError(f"consent.list needs Tesseract to read names, and it is not installed: {HINT}")
        self._program = program
        try:
            self._run(np.full((HEIGHT, HEIGHT), 255, np.uint8))
        except (OSError, subprocess.SubprocessError) as error:
            raise ConfigError(f"{program} does not work ({error}): {HINT}") from None

    def __call__(self, pixels: Pixels, slot: Slot) -> str | None:
        """The text of a tile's label in a frame, RGB uint8 (H, W, 3); None where there is none."""
        part = region(slot.box, pixels.shape[0]).of(pixels)
        if min(part.shape[:2]) < 6:
            return None
        try:
            return self._run(prepared(part)) or None
        except (OSError, subprocess.SubprocessError):
            # Unread means excluded; the next attempt follows.
            return None

    def _run(self, picture: Pixels) -> str:
        done, encoded = cv2.imencode(".png", picture)
        if not done:
            raise OSError("the label cannot be encoded")
        command = [self._program, "stdin", "stdout", "--psm", "7"]
        # One thread: its own choice is four, which on two cores is slower and takes the meeting's.
        environment = {**os.environ, "OMP_THREAD_LIMIT": "1"}
        answer = subprocess.run(  # noqa: S603 - a fixed program, no shell
            command,
            input=encoded.tobytes(),
            capture_output=True,
            check=True,
            timeout=TIMEOUT,
            env=environment,
        )
        return " ".join(answer.stdout.decode("utf-8", "replace").split())


def prepared(label: Pixels) -> Pixels:
    """A label, RGB uint8 (H, W, 3), as dark text on a light ground, uint8 (HEIGHT, W)."""
    factor = HEIGHT / label.shape[0]
    size = max(round(label.shape[1] * factor), 1), HEIGHT
    large = cv2.resize(label, size, interpolation=cv2.INTER_CUBIC)
    # White ink is bright in every channel, whatever shines through the label's ground.
    ink = large.min(axis=2)
    stroke = np.ones((25, 25), np.uint8)
    lifted = np.asarray(cv2.morphologyEx(ink, cv2.MORPH_TOPHAT, stroke), np.uint8)
    return np.asarray(255 - cv2.normalize(lifted, np.empty_like(lifted), 0, 255, cv2.NORM_MINMAX), np.uint8)
