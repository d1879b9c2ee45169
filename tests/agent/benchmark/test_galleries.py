"""What is measured: drawn classes of the size asked for, and real pictures from a folder."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from agent.benchmark.galleries import MOST_BYTES, SIZES, DrawnGallery, loop, real_galleries
from agent.errors import ConfigError


@pytest.mark.parametrize("size", ["720p", "4k"])
def test_a_drawn_class_has_the_size_and_the_faces_it_says(size: str) -> None:
    picture = DrawnGallery(9, size, seed=1).at(5.0)
    assert picture.pixels.shape[1::-1] == SIZES[size]
    assert picture.faces is not None
    assert 6 <= len(picture.faces) <= 9


def test_it_moves_and_is_the_same_each_time() -> None:
    gallery = DrawnGallery(4, "720p", seed=1)
    first, later = gallery.at(5.0).pixels, gallery.at(6.0).pixels
    assert (first != later).any()
    assert (DrawnGallery(4, "720p", seed=1).at(5.0).pixels == first).all()


def test_a_loop_goes_forth_and_back_within_its_memory() -> None:
    pictures = loop(DrawnGallery(2, "720p", seed=1), hz=5.0)
    different = len({id(picture) for picture in pictures})
    assert len(pictures) == 2 * different - 2
    assert sum(picture.nbytes for picture in pictures[:different]) <= MOST_BYTES
    assert pictures[1] is pictures[-1]


@pytest.mark.parametrize(("count", "size"), [(0, "720p"), (50, "720p"), (9, "8k")])
def test_what_cannot_be_drawn_is_said(count: int, size: str) -> None:
    with pytest.raises(ConfigError, match=str(count) if size != "8k" else "8k"):
        DrawnGallery(count, size, seed=1)


def test_pictures_of_a_folder_are_read_and_other_files_are_not(tmp_path: Path) -> None:
    Image.fromarray(np.zeros((90, 160, 3), np.uint8)).save(tmp_path / "b.png")
    Image.fromarray(np.zeros((80, 60, 3), np.uint8)).save(tmp_path / "a.jpg")
    (tmp_path / "notes.txt").write_text("no picture")
    galleries = list(real_galleries(tmp_path))
    assert [gallery.name for gallery in galleries] == ["a.jpg", "b.png"]
    assert galleries[1].at(3.0).pixels.shape == (90, 160, 3)
    assert galleries[1].at(3.0).faces is None


def test_a_folder_without_pictures_is_said(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="holds no picture"):
        list(real_galleries(tmp_path))
    with pytest.raises(ConfigError, match="is no folder"):
        list(real_galleries(tmp_path / "absent"))
