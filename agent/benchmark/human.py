"""``human`` from npm, WASM in Node, as a rival: a process that receives frames and answers with faces."""

from __future__ import annotations

import json
import shutil
import struct
import subprocess
from pathlib import Path
from typing import Any

from agent.errors import HumanError
from agent.values import Box, Pixels

PROGRAM = Path(__file__).with_name("human.mjs")

INSTALL = (
    "in an empty folder run npm install @vladmandic/human@3.3.6 @tensorflow/tfjs@4.22.0 "
    "@tensorflow/tfjs-backend-wasm@4.22.0 (350 MB), and name the folder with --human-folder"
)


class Human:
    """The package as installed in ``folder``, running until ``close``; only one thread at a time may call it.

    Only its face detection and reading are switched on. ``wall`` and ``cpu`` are the seconds that its own
    ``detect`` has taken so far, without the transfer of frames. Raises HumanError.
    """

    def __init__(self, folder: Path) -> None:
        node = shutil.which("node")
        if node is None:
            raise HumanError("node was not found: install Node.js 18 or newer")
        if not (folder / "node_modules" / "@vladmandic" / "human").is_dir():
            raise HumanError(f"{folder} has no node_modules/@vladmandic/human: {INSTALL}")
        self.wall = self.cpu = 0.0
        self._process = subprocess.Popen(  # noqa: S603 - our own program
            [node, str(PROGRAM), str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        try:
            self.version = str(self._answer()["version"])
        except BaseException:
            self.close()
            raise

    def read(self, pixels: Pixels) -> list[Box]:
        """The faces that it finds and reads in a frame RGB uint8 (H, W, 3)."""
        assert self._process.stdin is not None  # noqa: S101 - opened as a pipe
        try:
            self._process.stdin.write(struct.pack("<2I", pixels.shape[1], pixels.shape[0]))
            self._process.stdin.write(pixels.tobytes())
            self._process.stdin.flush()
        except OSError as error:
            raise HumanError("human has ended: run it again") from error
        found = self._answer()
        self.wall += float(found["wall"])
        self.cpu += float(found["cpu"])
        return [
            Box(round(left), round(top), max(round(width), 0), max(round(height), 0))
            for left, top, width, height in found["boxes"]
        ]

    def close(self) -> None:
        """End its process; idempotent."""
        self._process.kill()
        self._process.communicate()

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout is not None  # noqa: S101 - opened as a pipe
        line = self._process.stdout.readline()
        if not line:
            raise HumanError("human ended without an answer: run it again")
        try:
            answer: dict[str, Any] = json.loads(line)
        except ValueError as error:
            raise HumanError(f"human says {line[:80]!r}, which is not valid JSON: {INSTALL}") from error
        if "error" in answer:
            raise HumanError(f"human says: {answer['error']}")
        return answer
