"""Cutting faces out of pictures: drawn faces, small in their pictures, tilted and off the middle."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from agent.classroom.scene import Shown, random_class
from agent.classroom.video import draw_video
from agent.values import Box, Pixels
from models.__main__ import main
from models.cutting import FaceCutter, whole
from models.data import load
from tests.models.samples import write_data


@pytest.fixture(scope="module")
def drawn() -> list[tuple[Pixels, Box]]:
    """Pictures RGB (360, 640, 3) of one drawn person each, with the face's box."""
    return [draw_video(Shown(who), (640, 360)) for who in random_class(2, 6)]


def test_a_face_small_in_its_picture_is_found_and_fills_the_crop(drawn: list[tuple[Pixels, Box]]) -> None:
    """The crop is like the square around the drawn face, which the whole picture is not."""
    with FaceCutter() as cutter:
        for picture, box in drawn:
            side = round(box.height * 1.1)
            x, y = box.centre
            square = Box(round(x - side / 2), round(y - side / 2), side, side).of(picture)
            assert (
                likeness(cutter.cut(picture), whole(square)) > 0.7 > likeness(whole(picture), whole(square))
            )
        assert str(cutter) == "face found and cut out as the agent does in 6 of 6 pictures"


def likeness(one: Pixels, other: Pixels) -> float:
    return float(np.corrcoef(one.ravel(), other.ravel())[0, 1])


def test_whole_pictures_are_taken_where_asked_small_or_without_a_face(
    drawn: list[tuple[Pixels, Box]],
) -> None:
    picture = drawn[0][0]
    small = np.asarray(cv2.resize(picture, (48, 48), interpolation=cv2.INTER_AREA), np.uint8)
    wall = np.full((200, 200, 3), 90, np.uint8)
    for crop, shown in (("none", picture), ("auto", small), ("auto", wall), ("agent", wall)):
        with FaceCutter(crop) as cutter:
            assert np.array_equal(cutter.cut(shown), whole(shown))
            assert str(cutter) == "pictures taken whole"


def test_the_command_says_how_faces_were_cut(
    drawn: list[tuple[Pixels, Box]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "happy").mkdir()
    for index, (picture, _) in enumerate(drawn[:3]):
        assert cv2.imwrite(str(tmp_path / "happy" / f"{index}.png"), picture[..., ::-1])
    assert main(["evaluate", "--data", str(tmp_path)]) == 0
    assert "cut out as the agent does in 3 of 3 pictures" in " ".join(capsys.readouterr().out.split())
    assert main(["evaluate", "--data", str(tmp_path), "--crop", "none"]) == 0
    assert "pictures taken whole" in " ".join(capsys.readouterr().out.split())


def test_rows_of_an_archive_are_cut_again_only_when_all_are(tmp_path: Path) -> None:
    data = write_data(tmp_path / "faces.npz", 56)
    as_they_are = load(data, "public")
    with FaceCutter() as cutter:
        assert np.array_equal(load(data, "public", cutter).pixels, as_they_are.pixels)
        assert cutter.pictures == 0
    with FaceCutter("agent") as cutter:
        again = load(data, "public", cutter)
        assert cutter.pictures == len(again) == len(as_they_are)
        assert again.origin.startswith("faces.npz, split public, ")
