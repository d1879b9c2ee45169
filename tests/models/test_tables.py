"""Kaggle's table, whole and broken."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from agent.errors import DataError
from models.data import load
from models.labelled import VOTES
from tests.models.samples import pictures


def table(path: Path, rows: list[str], header: str = "emotion,pixels,Usage") -> Path:
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return path


def row(label: int, face: NDArray[np.uint8], usage: str) -> str:
    return f"{label},{' '.join(map(str, face.ravel()))},{usage}"


def test_kaggles_table_with_votes_beside_it(tmp_path: Path) -> None:
    faces = pictures(3)
    path = table(
        tmp_path / "fer2013.csv",
        [row(3, faces[0], "Training"), row(4, faces[1], "PublicTest"), row(5, faces[2], "PrivateTest")],
    )
    table(
        tmp_path / "fer2013new.csv",
        ["Training,x" + f",{k}" * 10 for k in range(3)],
        "Usage,Image name," + ",".join(VOTES),
    )
    public = load(path, "public")
    assert public.labels.tolist() == [4]
    assert public.votes is not None
    assert public.votes.tolist() == [[1.0] * 10]
    np.testing.assert_array_equal(public.pixels[0], faces[1])


def test_tables_that_excel_has_saved_are_read(tmp_path: Path) -> None:
    path = table(tmp_path / "fer2013.csv", [row(3, pictures(1)[0], "PublicTest")])
    votes = table(
        tmp_path / "fer2013new.csv", ["PublicTest,x" + ",1" * 10], "Usage,Image name," + ",".join(VOTES)
    )
    for file in (path, votes):
        text = file.read_text(encoding="utf-8").replace("\n", "\r\n")
        file.write_bytes(text.encode("utf-8-sig"))
    faces = load(path, "public")
    assert faces.labels.tolist() == [3]
    assert faces.votes is not None


def test_training_rows_of_a_test_photo_are_dropped(tmp_path: Path) -> None:
    faces = pictures(4)
    path = table(
        tmp_path / "fer2013.csv",
        [
            row(0, faces[0], "Training"),
            row(1, faces[2][:, ::-1], "Training"),
            row(2, np.full((48, 48), 9, np.uint8), "Training"),
            row(3, faces[2], "PublicTest"),
            row(3, faces[3], "PrivateTest"),
        ],
    )
    assert load(path, "train").labels.tolist() == [0]


@pytest.mark.parametrize(
    ("rows", "header", "message"),
    [
        (["0,1 2 3,Training"], "emotion,pixels,Usage", "line 2: 3 pixels, wanted 2304"),
        (["0,1 x 3,Training"], "emotion,pixels,Usage", "line 2: not numbers"),
        (["0,1 300 3,Training"], "emotion,pixels,Usage", "line 2: not numbers"),
        (["happy,1 2,Training"], "emotion,pixels,Usage", "line 2: not numbers"),
        (["0,1 2"], "emotion,pixels,Usage", "line 2: the row is short"),
        (["0,1 2,Training"], "label,pixels,Usage", r"lacks the columns \['emotion'\]"),
        ([], "emotion,pixels,Usage", "holds no row"),
    ],
)
def test_a_broken_table_is_named_by_line(tmp_path: Path, rows: list[str], header: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        load(table(tmp_path / "fer2013.csv", rows, header), "train")


def test_a_table_without_the_split_says_so(tmp_path: Path) -> None:
    path = table(tmp_path / "fer2013.csv", [row(0, pictures(1)[0], "Training")])
    with pytest.raises(DataError, match="no row whose Usage is PublicTest"):
        load(path, "public")
    with pytest.raises(DataError, match="no split 'test'"):
        load(path, "test")


def test_votes_of_another_table_are_refused(tmp_path: Path) -> None:
    path = table(tmp_path / "fer2013.csv", [row(0, pictures(1)[0], "Training")])
    table(tmp_path / "fer2013new.csv", [], ",".join(VOTES))
    with pytest.raises(DataError, match="has 0 rows, but fer2013.csv beside it has 1"):
        load(path, "train")
