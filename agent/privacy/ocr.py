"""Reading the names on tiles' labels with Tesseract, on this machine and without a file.

The line of writing alone goes to the program's standard input: no part of the video around it, nothing to the
disk, which is why its Python wrappers, which write a file for each picture, are not used. Each line is read
at three sizes, and a reading counts for sure only where Tesseract is of every word.

Of the 25 names on three real Zoom galleries 16 are read exactly, none as something else and 9 not at all: one
of 16 on labels 13 px high, four whose letters are 5 px high, four in Korean letters, of which Tesseract's
English makes words of 75 points at most; with its Korean two of the four are read exactly, too. Of 360 drawn
names in 15 galleries 296 are read exactly, 15 so that they resemble the name, 49 not; of 1800 on hard grounds
805, 82 and 913. None of all these is read as something that resembles it in nothing, and none of 2200
textures of real videos as a name. When the whole region was read once and anything with two letters counted,
these were 1 of the 25, 9 that resembled the name, 12 that did not and 3 unread.
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
from agent.privacy.consent_list import OcrResult
from agent.privacy.text_line import enlarged, line_of
from agent.tracking.label_image import region
from agent.values import Pixels, Slot

HEIGHTS = (32, 44, 56)
"""Pixels to which a line is enlarged for each reading; Tesseract wants capitals of 30 to 40."""
SURE = 85.0
"""Points of 100 from which a word is certain: of 2100 readings of textures 1 has such words only, and 23 have
words of 70."""
LETTERS = 2
"""Letters from which a doubtful word makes a reading doubtful: one is the rim of a label, or a symbol."""
TIMEOUT, PER_PICTURE = 5.0, 0.5
"""Seconds that the program may take, and more for each picture; one label takes 0.12, sixteen 0.6."""
HINT = (
    "install it (Debian and Ubuntu: apt install tesseract-ocr; macOS: brew install tesseract; Windows: "
    "winget install UB-Mannheim.TesseractOCR), or set consent.list to null and exclude participants by hand"
)
Word = tuple[str, float]
"""A word, and how certain Tesseract is of it, in points of 100."""


class TesseractNames:
    """Reads labels with the ``tesseract`` program, in ``languages`` as it calls them, such as eng or kor.

    Raises ConfigError where that is not installed, does not start or lacks a language.
    """

    def __init__(self, languages: Sequence[str] = ("eng",)) -> None:
        program = shutil.which("tesseract")
        if program is None:
            raise ConfigError(f"consent.list needs Tesseract to read names, and it is not installed: {HINT}")
        self._program, self._languages = program, languages
        try:
            missing = [one for one in languages if one not in self._installed()]
            if missing:
                raise ConfigError(
                    f"consent.languages: Tesseract lacks {', '.join(missing)}: install what is missing "
                    f"(Debian and Ubuntu: apt install tesseract-ocr-{missing[0].replace('_', '-')}; macOS: "
                    "brew install tesseract-lang; Windows: choose it in the installer), or correct the key; "
                    "`tesseract --list-langs` shows what is there"
                )
            self._run([np.full((HEIGHTS[0], HEIGHTS[0]), 255, np.uint8)] * 2)
        except (OSError, subprocess.SubprocessError) as error:
            raise ConfigError(f"{program} does not work ({error}): {HINT}") from None

    def __call__(self, pixels: Pixels, slots: Sequence[Slot]) -> list[list[OcrResult]]:
        """What was read on each tile's label in a frame, RGB uint8 (H, W, 3), once for each of HEIGHTS.

        Empty where there is no writing, or where the program failed: the next attempt follows.
        """
        lines = [_pictures(region(slot.box, pixels.shape[0]).of(pixels)) for slot in slots]
        pictures = [one for line in lines for one in line]
        try:
            words = iter(self._run(pictures) if pictures else [])
        except (OSError, subprocess.SubprocessError):
            return [[] for _ in slots]
        return [[ocr_result(next(words)) for _ in line] for line in lines]

    def _installed(self) -> set[str]:
        """The languages that the program has."""
        command = [self._program, "--list-langs"]
        answer = subprocess.run(command, capture_output=True, check=True, timeout=TIMEOUT)  # noqa: S603
        # The first line says where they lie; older versions write to standard error.
        return set((answer.stdout or answer.stderr).decode("utf-8", "replace").split("\n")[1:])

    def _run(self, pictures: Sequence[Pixels]) -> list[list[Word]]:
        """The words on each picture, uint8 (H, W): all in one run, of which most is loading the language."""
        pages = [Image.fromarray(picture) for picture in pictures]
        tiff = io.BytesIO()
        pages[0].save(tiff, "TIFF", save_all=True, append_images=pages[1:])
        # -c in place of the "tsv" that packages keep in a file of their own, and some leave out.
        command = [self._program, "stdin", "stdout", "-l", "+".join(self._languages)]
        command += ["--psm", "7", "-c", "tessedit_create_tsv=1"]
        # One thread: its own choice is four, which on two cores is slower and takes the meeting's.
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
    """The words of each page in Tesseract's table; lines of it that are no words are passed over."""
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
    """One reading of a label: the certain words where those are all, otherwise all of them, and not sure."""
    certain = [text for text, points in words if points >= SURE]
    doubtful = [text for text, points in words if points < SURE]
    if any(sum(sign.isalpha() for sign in text) >= LETTERS for text in doubtful):
        return OcrResult(" ".join(text for text, _ in words), sure=False)
    return OcrResult(" ".join(certain), sure=bool(certain))


def _pictures(label: Pixels) -> list[Pixels]:
    """The line of writing on a label at each of HEIGHTS; none where there is none."""
    line = line_of(label) if min(label.shape[:2]) >= 6 else None
    return [] if line is None else [enlarged(label, line, height) for height in HEIGHTS]
