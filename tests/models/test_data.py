"""Data in every form that people have it, whole and broken."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from agent.errors import DataError
from models.data import load
from models.labelled import Faces
from tests.models.samples import pictures
from tests.paths import FER2013, need


def archive(path: Path, **changes: object) -> Path:
    arrays: dict[str, object] = {
        "pixels": pictures(4),
        "label": np.array([0, 1, 2, 6], np.uint8),
        "split": np.array(["train", "train", "public", "public"]),
        "ferplus_votes": np.ones((4, 10), np.uint8),
    }
    arrays |= changes
    np.savez(path, **{key: value for key, value in arrays.items() if value is not None})  # type: ignore[arg-type]
    return path


def test_an_archive_gives_its_split(tmp_path: Path) -> None:
    faces = load(archive(tmp_path / "a.npz"), "public")
    assert faces.labels.tolist() == [2, 6]
    assert faces.votes is not None
    np.testing.assert_array_equal(faces.pixels, pictures(4)[2:])


def test_an_archive_without_votes_is_fine(tmp_path: Path) -> None:
    assert load(archive(tmp_path / "a.npz", ferplus_votes=None), "train").votes is None


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"label": None}, "lacks an array.*label"),
        ({"label": np.array([0, 1, 2, 7], np.uint8)}, r"labels must be 0\.\.6, not \[7\]"),
        (
            {"pixels": np.zeros((4, 32, 32), np.uint8)},
            r"faces must be uint8 \(2, 48, 48\), not uint8 \(2, 32, 32\)",
        ),
        ({"pixels": np.zeros((4, 48, 48), np.float32)}, "not float32"),
        ({"split": np.array(["train"] * 4)}, r"no split 'public'; choose one of train"),
        ({"ferplus_votes": np.ones((4, 3))}, "votes must be"),
    ],
)
def test_an_unfit_archive_is_named(tmp_path: Path, changes: dict[str, object], message: str) -> None:
    with pytest.raises(DataError, match=message):
        load(archive(tmp_path / "a.npz", **changes), "public")


@pytest.mark.parametrize("content", [b"", b"no archive", b"<html>Sign in to download</html>"])
def test_a_file_that_is_no_archive_is_named_and_nobody_is_told_to_unpickle_it(
    tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "faces.npz"
    path.write_bytes(content)
    with pytest.raises(DataError, match="faces.npz is no readable .npz archive") as raised:
        load(path, "test")
    assert "pickle" not in str(raised.value)


@pytest.mark.parametrize("keep", [0, 10, 0.5, 0.98])
def test_a_truncated_archive_is_named(tmp_path: Path, keep: float) -> None:
    path = archive(tmp_path / "a.npz")
    content = path.read_bytes()
    path.write_bytes(content[: int(keep * len(content)) if 0 < keep < 1 else int(keep)])
    with pytest.raises(DataError, match=r"a\.npz"):
        load(path, "public")


@pytest.mark.parametrize("name", ["gone.npz", "gone.csv", "gone"])
def test_a_missing_path_is_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(DataError, match=rf"{name} does not exist"):
        load(tmp_path / name, "public")


def test_a_file_of_no_known_form_is_named(tmp_path: Path) -> None:
    (tmp_path / "faces.txt").write_text("x")
    with pytest.raises(DataError, match=r"no \.npz, no \.csv and no folder"):
        load(tmp_path / "faces.txt", "public")


def test_the_loader_reads_the_real_archive() -> None:
    faces = load(need(FER2013), "public")
    assert len(faces) == 3589
    assert faces.votes is not None
    assert isinstance(faces, Faces)
