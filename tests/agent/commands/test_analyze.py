"""What ``readtheroom analyze`` prints of a file."""

from __future__ import annotations

import dataclasses
from pathlib import Path

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


def test_a_photo_of_one_large_face_is_no_gallery_and_it_is_said_what_reads_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Image.fromarray(one_face()).save(tmp_path / "me.png")
    assert main(["analyze", str(tmp_path / "me.png")]) == 0
    photo, hint = capsys.readouterr().out.splitlines()
    assert photo.endswith("me.png: no gallery in sight, 0 faces, 0 read")
    assert hint.strip() == UNREADABLE
