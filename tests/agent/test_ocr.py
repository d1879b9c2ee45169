"""Reading labels: what is handed to Tesseract, and what is said where it is missing or does not work."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from agent.errors import ConfigError
from agent.ocr import HEIGHT, TesseractNames, prepared
from agent.values import Pixels


def label(ground: int) -> Pixels:
    """White letters on a translucent box over a ground of this level."""
    pixels = np.full((20, 120, 3), ground // 2, np.uint8)
    cv2.putText(pixels, "Ann Lee", (4, 15), cv2.FONT_HERSHEY_SIMPLEX, 0.5, (255, 255, 255), 1, cv2.LINE_AA)
    return pixels


@pytest.mark.parametrize("ground", [0, 120, 240])
def test_letters_are_dark_on_light_whatever_is_behind_them(ground: int) -> None:
    text = prepared(label(ground))
    assert text.shape == (HEIGHT, 120 * HEIGHT // 20)
    assert np.median(text) > 220
    assert text.min() < 30


def test_a_program_that_does_not_work_is_named_with_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "tesseract"
    program.write_text("#!/bin/sh\nexit 1\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ConfigError, match=r"tesseract does not work .*or set consent\.list to null"):
        TesseractNames()
    program.unlink()
    with pytest.raises(ConfigError, match="is not installed: install it"):
        TesseractNames()
