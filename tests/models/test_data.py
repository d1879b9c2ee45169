"""Data in every form that people have it, whole and broken."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from agent.errors import DataError
from agent.values import LABELS
from models.data import VOTES, Faces, load
from models.duplicates import without_copies_of

SHARED = Path(__file__).parents[2] / "../shared/data/fer2013/fer2013.npz"


def pictures(count: int, seed: int = 0) -> NDArray[np.uint8]:
    """Smooth random pictures, each unlike the others."""
    small = np.random.default_rng(seed).integers(0, 256, (count, 6, 6), dtype=np.uint8)
    return np.stack(
        [np.asarray(cv2.resize(p, (48, 48), interpolation=cv2.INTER_CUBIC), np.uint8) for p in small]
    )


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


def table(path: Path, rows: list[str], header: str = "emotion,pixels,Usage") -> Path:
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return path


def row(label: int, face: NDArray[np.uint8], usage: str) -> str:
    return f"{label},{' '.join(map(str, face.ravel()))},{usage}"


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
        ({"split": np.array(["train"] * 4)}, r"no split 'public', only \['train'\]"),
        ({"ferplus_votes": np.ones((4, 3))}, "votes must be"),
    ],
)
def test_an_unfit_archive_is_named(tmp_path: Path, changes: dict[str, object], message: str) -> None:
    with pytest.raises(DataError, match=message):
        load(archive(tmp_path / "a.npz", **changes), "public")


@pytest.mark.parametrize("keep", [0, 10, 0.5, 0.98])
def test_a_truncated_archive_is_named(tmp_path: Path, keep: float) -> None:
    path = archive(tmp_path / "a.npz")
    content = path.read_bytes()
    path.write_bytes(content[: int(keep * len(content)) if 0 < keep < 1 else int(keep)])
    with pytest.raises(DataError, match=r"a\.npz"):
        load(path, "public")


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


def test_a_folder_of_pictures_of_any_size_and_colour(tmp_path: Path) -> None:
    for index, (name, shape) in enumerate(
        (("happy", (90, 70, 3)), ("Sadness", (20, 30)), ("fear", (48, 48, 4)))
    ):
        (tmp_path / name).mkdir()
        assert cv2.imwrite(str(tmp_path / name / "face.png"), np.full(shape, 40 * index + 40, np.uint8))
    (tmp_path / "fear" / "broken.jpg").write_bytes(b"no picture")
    (tmp_path / "fear" / "empty.png").write_bytes(b"")
    (tmp_path / "fear" / "notes.txt").write_text("not a picture")
    faces = load(tmp_path, "public")
    assert sorted(LABELS[label] for label in faces.labels) == ["fear", "happy", "sad"]
    assert faces.skipped == ("fear/broken.jpg", "fear/empty.png")


def test_a_folder_may_have_splits(tmp_path: Path) -> None:
    for split, level in (("train", 10), ("public", 200)):
        (tmp_path / split / "happy").mkdir(parents=True)
        assert cv2.imwrite(str(tmp_path / split / "happy" / "face.png"), np.full((48, 48), level, np.uint8))
    assert load(tmp_path, "public").pixels.max() == 200


def test_unfit_folders_are_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no label/picture"):
        load(tmp_path, "public")
    (tmp_path / "bored").mkdir()
    with pytest.raises(DataError, match="bored is not named after a label"):
        load(tmp_path, "public")


@pytest.mark.parametrize(("name", "message"), [("gone.npz", "gone.npz"), ("gone", "does not exist")])
def test_a_missing_path_is_named(tmp_path: Path, name: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        load(tmp_path / name, "public")


def test_a_file_of_no_known_form_is_named(tmp_path: Path) -> None:
    (tmp_path / "faces.txt").write_text("x")
    with pytest.raises(DataError, match=r"no \.npz, no \.csv and no folder"):
        load(tmp_path / "faces.txt", "public")


def test_near_copies_are_found_and_other_faces_kept() -> None:
    faces = pictures(30)
    noisy = np.clip(faces[:3] + np.random.default_rng(1).normal(0, 6, (3, 48, 48)), 0, 255).astype(np.uint8)
    others = np.concatenate((noisy, pictures(20, seed=9)))
    assert np.flatnonzero(~without_copies_of(faces, others)).tolist() == [0, 1, 2]


def test_the_loader_reads_the_real_archive() -> None:
    if not SHARED.is_file():
        pytest.skip("the FER-2013 archive is not beside the repository")
    faces = load(SHARED, "public")
    assert len(faces) == 3589
    assert faces.votes is not None
    assert isinstance(faces, Faces)
