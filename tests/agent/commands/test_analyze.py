"""What ``readtheroom analyze`` prints of a file."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from agent.__main__ import main
from agent.commands.analyze import UNREADABLE, _print_summary
from agent.values import Room
from tests.agent.test_camera_picture import one_face
from tests.exporter.samples import snapshot


@pytest.mark.parametrize(
    ("faces", "said"), [(0, "0 faces, 0 read"), (1, "1 face, 1 read"), (2, "2 faces, 2 read")]
)
def test_the_summary_counts_in_plain_english(
    capsys: pytest.CaptureFixture[str], faces: int, said: str
) -> None:
    one = dataclasses.replace(snapshot(1, tiles=3), room=Room(3, faces, faces))
    _print_summary("lesson.mp4", one, 3570.0)
    told = capsys.readouterr().out
    assert told.startswith(f"lesson.mp4, at its end (59 min): a gallery of 3 tiles, {said}\n")
    assert UNREADABLE not in told


def test_where_nothing_is_read_it_is_said_what_can_be(capsys: pytest.CaptureFixture[str]) -> None:
    _print_summary("page.png", snapshot(1, 0), 0.0)
    assert capsys.readouterr().out == f"page.png: no gallery in sight, 0 faces, 0 read\n  {UNREADABLE}\n"


def test_a_photo_of_one_large_face_is_read_and_an_empty_page_is_not(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    face = one_face()
    page = np.full((1080, 1920, 3), 240, np.uint8)
    for name, pixels in (("me.png", face), ("page.png", page)):
        Image.fromarray(pixels).save(tmp_path / name)
        assert main(["analyze", str(tmp_path / name)]) == 0
    photo, reading, other, _ = capsys.readouterr().out.splitlines()
    assert photo.endswith("me.png: a picture of one person, 1 face, 1 read")
    assert "row 1, place 1: happy" in reading
    assert other.endswith("page.png: no gallery in sight, 0 faces, 0 read")
