"""Reads the names on tiles' labels with Tesseract, on this machine and without a file.

Only the line of text goes to the program's standard input: no video around it, and nothing to the disk. The
Python wrappers of Tesseract are not used, because they write a file for each picture. Each line is read at
three sizes, and a reading is certain only if Tesseract is certain of every word. Measured:

- Of the 25 names on three real Zoom galleries, 16 are read exactly, none as something else and 9 not at all:
  one of 16 on labels 13 px high, four in letters 5 px high, and four in Korean letters, of which Tesseract's
  English model makes words of at most 75 points. With its Korean model, two of these four are read exactly.
- Of 360 drawn names in 15 galleries, 296 are read exactly, 15 as something similar and 49 not at all; of
  1,800 on difficult backgrounds 805, 82 and 913. None is read as something with nothing in common with it.
- None of 2,200 textures of real videos is read as a name.
- When the whole region was read once, and anything with two letters counted, 1 of the 25 was read exactly,
  9 as something similar, 12 as something else and 3 not at all.
"""

from __future__ import annotations

import io
import os
import shutil
import subprocess
from collections.abc import Sequence

import numpy as np
from PIL import Image

from agent.errors import ConfigError
from agent.participants.label_image import region
from agent.privacy.consent_list import OcrResult
from agent.privacy.text_line import enlarged, line_of
from agent.values import Pixels, Slot

HEIGHTS = (32, 44, 56)
"""Heights in pixels to which a line is enlarged for each reading; Tesseract needs capitals of 30 to 40."""
SURE = 85.0
"""Minimum points, of 100, of a certain word: of 2,100 readings of textures only one has such words alone;
with a minimum of 70 points 23 would."""
LETTERS = 2
"""Minimum letters of a doubtful word that makes a reading doubtful: one is a label's rim or a symbol."""
TIMEOUT, PER_PICTURE = 5.0, 0.5
"""Maximum seconds for the program, plus seconds for each picture; one label takes 0.12, sixteen 0.6."""
HINT = (
    "install it (Debian and Ubuntu: apt install tesseract-ocr; macOS: brew install tesseract; Windows: "
    "winget install UB-Mannheim.TesseractOCR), or set consent.list to null and exclude participants by hand"
)
Word = tuple[str, float]
"""A word and its confidence from Tesseract, in points of 100."""


class TesseractNames:
    """Reads labels with the ``tesseract`` program, in ``languages`` by Tesseract's codes, such as eng or kor.

    Raises ConfigError if Tesseract is not installed, does not start or lacks a language.
    """

    def __init__(self, languages: Sequence[str] = ("eng",)) -> None:
        program = shutil.which("tesseract")
        if program is None:
            raise ConfigError("consent.list needs Tesseract to read names, and it is not installed", HINT)
        self._program, self._languages = program, languages
        try:
            missing = [one for one in languages if one not in self._installed()]
            if missing:
                raise ConfigError(
                    f"consent.languages: Tesseract lacks {', '.join(missing)}",
                    "install what is missing "
                    f"(Debian and Ubuntu: apt install tesseract-ocr-{missing[0].replace('_', '-')}; macOS: "
                    "brew install tesseract-lang; Windows: choose it in the installer), or correct the key; "
                    "`tesseract --list-langs` shows what is there",
                )
            self._run([np.full((HEIGHTS[0], HEIGHTS[0]), 255, np.uint8)] * 2)
        except (OSError, subprocess.SubprocessError) as error:
            raise ConfigError(f"{program} does not work ({error})", HINT) from None

    def __call__(self, pixels: Pixels, slots: Sequence[Slot]) -> list[list[OcrResult]]:
        """The readings of each tile's label in a frame, RGB uint8 (H, W, 3), one for each of HEIGHTS.

        Empty if there is no writing, or if the program failed: it is tried again later.
        """
        lines = [_pictures(region(slot.box, pixels.shape[0]).of(pixels)) for slot in slots]
        pictures = [one for line in lines for one in line]
        try:
            words = iter(self._run(pictures) if pictures else [])
        except (OSError, subprocess.SubprocessError):
            return [[] for _ in slots]
        return [[ocr_result(next(words)) for _ in line] for line in lines]

    def _installed(self) -> set[str]:
        """The installed languages."""
        command = [self._program, "--list-langs"]
        answer = subprocess.run(command, capture_output=True, check=True, timeout=TIMEOUT)  # noqa: S603
        # The first line names their folder; older versions write to standard error.
        return set((answer.stdout or answer.stderr).decode("utf-8", "replace").split("\n")[1:])

    def _run(self, pictures: Sequence[Pixels]) -> list[list[Word]]:
        """The words on each picture, uint8 (H, W): one run for all, as loading the language takes longest."""
        pages = [Image.fromarray(picture) for picture in pictures]
        tiff = io.BytesIO()
        pages[0].save(tiff, "TIFF", save_all=True, append_images=pages[1:])
        # -c instead of the config file "tsv", which some packages leave out.
        command = [self._program, "stdin", "stdout", "-l", "+".join(self._languages)]
        command += ["--psm", "7", "-c", "tessedit_create_tsv=1"]
        # One thread: the default is four, which on two cores is slower and takes CPU time from the meeting.
        environment = {**os.environ, "OMP_THREAD_LIMIT": "1"}
        answer = subprocess.run(  # noqa: S603 - a fixed program, no shell
            command,
            input=tiff.getvalue(),
            capture_output=True,
            check=True,
            timeout=TIMEOUT + PER_PICTURE * len(pictures),
            env=environment,
        )
        return words_of(answer.stdout.decode("utf-8", "replace"), len(pictures))


def words_of(table: str, pages: int) -> list[list[Word]]:
    """The words of each page in Tesseract's table; its lines without words are skipped."""
    found: list[list[Word]] = [[] for _ in range(pages)]
    for line in table.splitlines():
        cells = line.split("\t")
        # level (5: a word), page, block, paragraph, line, word, left, top, width, height, confidence, text
        if len(cells) != 12 or cells[0] != "5":
            continue
        try:
            page, points = int(cells[1]), float(cells[10])
        except ValueError:
            continue
        if 1 <= page <= pages:
            found[page - 1].append((cells[11], points))
    return found


def ocr_result(words: Sequence[Word]) -> OcrResult:
    """One reading of a label: if all words are certain those, otherwise all words, marked as uncertain."""
    certain = [text for text, points in words if points >= SURE]
    doubtful = [text for text, points in words if points < SURE]
    if any(sum(sign.isalpha() for sign in text) >= LETTERS for text in doubtful):
        return OcrResult(" ".join(text for text, _ in words), sure=False)
    return OcrResult(" ".join(certain), sure=bool(certain))


def _pictures(label: Pixels) -> list[Pixels]:
    """The line of writing on a label at each of HEIGHTS; empty if there is none."""
    line = line_of(label) if min(label.shape[:2]) >= 6 else None
    return [] if line is None else [enlarged(label, line, height) for height in HEIGHTS]
