"""Measures how the training faces are framed: ``python -m models.framing --data fer2013.npz``.

This is an offline tool and not used during a session. It runs the agent's face detector on training rows and
writes the keypoints' positions, so that ``agent.faces.crops`` can crop faces in the same way.

The rows are 48x48 pixels filled by the face. Each row is enlarged to 80 pixels in the middle of the
detector's 128, with its border extended outwards: at 64 to 96 pixels the detector finds 99 % of the faces,
and the medians change by less than 0.01 of the crop.
"""

from __future__ import annotations

import argparse
import json
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from agent.commands.strict_argparse import StrictArgumentParser
from agent.errors import ConfigError, DataError
from agent.faces.crops import KEYPOINTS
from agent.faces.detector import MediaPipeFaceFinder
from agent.faces.mosaic import SIDE
from models.data import load_archive
from models.files import write_all
from models.outcome import run_command
from models.progress import shown
from models.weights import EXPRESSION

ENLARGED = 80
CONFIDENT = 0.7
FRONTAL = 0.15
MIRRORED = (1, 0, 2, 3, 5, 4)
"""Index of each keypoint in a mirrored face."""


def measure(
    rows: NDArray[np.uint8], weights: Path | None = None
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Find the faces of grey pictures uint8 (N, S, S).

    Returns keypoints (M, 6, 2) and box widths (M,), in units of the picture, of the M faces with a confidence
    over 0.7 that are nearly frontal: the nose is less than 0.15 of the distance between the ears from the
    middle of the eyes. Raises DataError if there are none.
    """
    offset = (SIDE - ENLARGED) // 2
    keypoints, widths = [], []
    with MediaPipeFaceFinder(weights) as finder:
        for row in shown(rows, "measuring"):
            face = finder.find([_framed(row, offset)])[0]
            if face is not None and face.confidence > CONFIDENT:
                points = (face.keypoints.astype(np.float64) - offset) / ENLARGED
                if _turn(points) < FRONTAL:
                    keypoints.append(points)
                    widths.append(face.box.width / ENLARGED)
    if not keypoints:
        raise DataError(f"no near-frontal face found in {len(rows)} rows: are these faces, grey, (N, S, S)?")
    return np.array(keypoints), np.array(widths)


def summarize(keypoints: NDArray[np.float64], widths: NDArray[np.float64]) -> dict[str, object]:
    """The median framing of faces (M, 6, 2) and their mirror images, with its spread (1.4826 MAD).

    Mirror images are included because the classifier is trained on them too.
    """
    mirrored = (keypoints * (-1, 1) + (1, 0))[:, MIRRORED]
    both = np.concatenate((keypoints, mirrored))
    middle = np.median(both, axis=0)
    spread = 1.4826 * np.median(np.abs(both - middle), axis=0)
    eyes = np.linalg.norm(keypoints[:, 0] - keypoints[:, 1], axis=1)
    card: dict[str, object] = {name: _rounded(point) for name, point in zip(KEYPOINTS, middle, strict=True)}
    card["box"] = _rounded(np.median(widths))
    card["spread"] = {name: _rounded(point) for name, point in zip(KEYPOINTS, spread, strict=True)}
    card["eye_distance"] = {
        "median": _rounded(np.median(eyes)),
        "p5_p95": _rounded(np.percentile(eyes, (5, 95))),
    }
    card["faces"] = len(keypoints)
    return card


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the measurement from the command line; the exit code is 0 after success, 2 after an error."""
    parser = StrictArgumentParser(prog="python -m models.framing", description="Measure the training faces.")
    parser.add_argument("--data", type=Path, required=True, help="fer2013.npz")
    parser.add_argument("--rows", type=int, default=4000, help="how many training rows (default 4000)")
    parser.add_argument("--detector", type=Path, help="another short-range face detector, .tflite")
    parser.add_argument("--out", type=Path, default=EXPRESSION / "framing.json")
    options = parser.parse_args(arguments)
    return run_command(lambda: _write(options))


def _write(options: argparse.Namespace) -> None:
    if options.rows < 1:
        raise ConfigError(f"--rows must be 1 or more, not {options.rows}")
    rows = load_archive(options.data, "train").pixels[: options.rows]
    card = summarize(*measure(rows, options.detector))
    card["rows"] = len(rows)
    detector = ["--detector", options.detector.name] if options.detector else []
    flags = ["--data", options.data.name, "--rows", str(options.rows), *detector]
    card["command"] = f"python -m models.framing {shlex.join(flags)}"
    lines = ",\n".join(f" {json.dumps(key)}: {json.dumps(value)}" for key, value in card.items())
    write_all(options.out.parent, {options.out.name: f"{{\n{lines}\n}}\n".encode()})


def _framed(row: NDArray[np.uint8], offset: int) -> NDArray[np.uint8]:
    enlarged = cv2.resize(row, (ENLARGED, ENLARGED), interpolation=cv2.INTER_CUBIC)
    padded = cv2.copyMakeBorder(enlarged, offset, offset, offset, offset, cv2.BORDER_REPLICATE)
    return np.repeat(np.asarray(padded, np.uint8)[..., None], 3, axis=2)


def _turn(points: NDArray[np.float64]) -> float:
    """Distance of the nose from the middle of the eyes, in units of the distance between the ears."""
    ears = abs(points[4, 0] - points[5, 0])
    return float(abs(points[2, 0] - points[:2, 0].mean()) / max(ears, 1e-6))


def _rounded(values: object) -> object:
    return np.round(np.asarray(values, np.float64), 4).tolist()


if __name__ == "__main__":
    sys.exit(main())
