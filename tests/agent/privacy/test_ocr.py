"""Reading labels: what real and drawn ones give, what is certain, and what is said without Tesseract."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import pytest

from agent.errors import ConfigError
from agent.privacy.consent_list import ConsentList, Listed, OcrResult
from agent.privacy.name_matching import normalise_name
from agent.privacy.ocr import HEIGHTS, TesseractNames, ocr_result, words_of
from agent.values import Box, Pixels
from tests.galleries import real_gallery, real_videos
from tests.labels import CYRILLIC, GRID, WRITTEN, drawn, need_tesseract, slot_of

SOMEBODY = ConsentList(opted_out=frozenset({normalise_name("Zzyzx Qwk")}))
"""A list whose only name resembles none here."""


def verdict(name: str, readings: Sequence[OcrResult]) -> str:
    """Whether a label was read exactly, as something like it, wrongly or not at all."""
    if SOMEBODY.decide(readings) is None:
        return "unread"
    said = ConsentList(opted_out=frozenset({normalise_name(name)})).decide(readings)
    return {Listed.OUT: "exact", Listed.UNKNOWN: "wrong"}.get(said or Listed.PERHAPS_OUT, "alike")


def verdicts(
    pixels: Pixels, boxes: Sequence[Box], names: Sequence[str], languages: Sequence[str] = ("eng",)
) -> Counter[str]:
    need_tesseract(*languages)
    read = TesseractNames(languages)(pixels, [slot_of(box) for box in boxes])
    return Counter(verdict(*one) for one in zip(names, read, strict=True))


def test_most_real_labels_are_read_and_none_wrongly() -> None:
    found = {}
    for picture, names in WRITTEN.items():
        gallery = real_gallery(picture)
        found[picture] = verdicts(gallery.pixels, gallery.tiles, names)
    assert found["grid-4x4.jpg"]["exact"] >= 13
    assert not any(one["wrong"] for one in found.values())
    # Four are in Korean letters, of which Tesseract's English makes Latin ones.
    assert found["ragged-3+2.png"]["unread"] >= 4


@pytest.mark.parametrize(("factor", "quality"), [(0.7, 95), (0.85, 95), (1.0, 60), (1.25, 75), (1.6, 95)])
def test_larger_smaller_and_compressed_labels_are_never_read_wrongly(factor: float, quality: int) -> None:
    gallery = real_gallery("grid-4x4.jpg")
    way = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    scaled = cv2.resize(gallery.pixels, None, fx=factor, fy=factor, interpolation=way)
    _, data = cv2.imencode(".jpg", scaled, [cv2.IMWRITE_JPEG_QUALITY, quality])
    pixels = np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)
    sides = [(box.left, box.top, box.width, box.height) for box in gallery.tiles]
    boxes = [Box(*(round(factor * side) for side in one)) for one in sides]
    found = verdicts(pixels, boxes, GRID)
    assert found["wrong"] == 0
    assert found["exact"] >= (12 if factor > 1.5 else 0)


@pytest.mark.parametrize(("style", "count", "least"), [("zoom", 9, 7), ("teams", 25, 18), ("meet", 16, 5)])
def test_drawn_labels_are_read_and_none_wrongly(style: str, count: int, least: int) -> None:
    gallery = drawn(count, style)
    found = verdicts(gallery.pixels, [one.box for one in gallery.truth], [one.name for one in gallery.truth])
    assert found["wrong"] == 0
    assert found["exact"] >= least


@pytest.mark.parametrize("languages", [("eng", "kor"), ("kor", "eng")])
def test_korean_labels_are_read_where_their_language_is_given(languages: Sequence[str]) -> None:
    picture = "ragged-3+2.png"
    gallery = real_gallery(picture)
    found = verdicts(gallery.pixels, gallery.tiles, WRITTEN[picture], languages)
    assert found["wrong"] == found["alike"] == 0
    # One is in Latin letters; the two that are not read have syllables that run into a rim.
    assert found["exact"] >= 3


@pytest.mark.parametrize(("languages", "least"), [(("rus", "eng"), 14), (("eng", "rus"), 12), (("eng",), 0)])
def test_cyrillic_labels_are_never_read_as_latin_names(languages: Sequence[str], least: int) -> None:
    gallery = drawn(16, names=CYRILLIC)
    truth = gallery.truth
    found = verdicts(gallery.pixels, [one.box for one in truth], [one.name for one in truth], languages)
    assert found["wrong"] == 0
    assert found["exact"] >= least


def test_a_language_that_is_not_installed_is_named_with_its_package() -> None:
    need_tesseract("eng")
    with pytest.raises(ConfigError, match=r"lacks xyz_qq: install .*apt install tesseract-ocr-xyz-qq"):
        TesseractNames(["eng", "xyz_qq"])


def test_nothing_certain_is_read_where_there_is_no_label() -> None:
    need_tesseract("eng")
    read = TesseractNames()
    videos = real_videos() or [np.full((90, 160, 3), 60, np.uint8)]
    for video in videos:
        above = np.ascontiguousarray(video[: round(video.shape[0] * 0.84)])
        slots = [
            slot_of(Box(0, 0, above.shape[1], round(above.shape[0] * part))) for part in (1.0, 0.75, 0.5)
        ]
        assert [SOMEBODY.decide(one) for one in read(above, slots)] == [None] * 3
    assert read(videos[0], [slot_of(Box(0, 0, 3, 3))]) == [[]]
    assert read(videos[0], []) == []


def test_a_word_in_doubt_makes_a_reading_doubtful_and_a_symbol_does_not() -> None:
    assert ocr_result([("Ann", 96.0), ("Lee", 91.0)]) == OcrResult("Ann Lee")
    assert ocr_result([("|", 40.0), ("Ann", 96.0), ("»", 85.4), ("J", 79.6)]) == OcrResult("Ann »")
    assert ocr_result([("Ann", 96.0), ("Loe", 84.0)]) == OcrResult("Ann Loe", sure=False)
    assert ocr_result([("J", 30.0)]) == OcrResult("", sure=False)
    assert ocr_result([]) == OcrResult("", sure=False)


def test_the_table_of_words_is_read_by_page_and_other_lines_of_it_are_passed_over() -> None:
    word = "5\t{page}\t1\t1\t1\t1\t18\t20\t113\t26\t{points}\t{text}"
    lines = [
        "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext",
        "4\t1\t1\t1\t1\t0\t18\t20\t250\t59\t-1\t",
        word.format(page=1, points="96.45", text="Ann"),
        word.format(page=3, points="91", text="Ben"),
        word.format(page=4, points="91", text="page that was not asked for"),
        word.format(page="x", points="91", text="Cy"),
        word.format(page=1, points="?", text="Di"),
        "5\t1\tcut off",
    ]
    assert words_of("\n".join(lines), 3) == [[("Ann", 96.45)], [], [("Ben", 91.0)]]


def test_each_label_is_read_at_every_size_and_a_failure_leaves_it_unread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    need_tesseract("eng")
    gallery, read = drawn(4), TesseractNames()
    slots = [slot_of(one.box) for one in gallery.truth]
    assert [len(one) for one in read(gallery.pixels, slots)] == [len(HEIGHTS)] * 4
    program = tmp_path / "tesseract"
    program.write_text("#!/bin/sh\nexit 1\n")
    program.chmod(0o755)
    monkeypatch.setattr(read, "_program", str(program))
    assert read(gallery.pixels, slots) == [[]] * 4


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
