"""Finding faces: with the real detector, on drawn faces and, where they are, on real galleries."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from agent.classroom.scene import Participant, Shown, random_class
from agent.classroom.video import draw_video
from agent.errors import ModelError, PictureError
from agent.faces.detector import MediaPipeFaceFinder
from agent.system.libraries import missing_library
from agent.values import Box, Face, Pixels
from models.weights import detector_path
from tests.paths import GALLERIES, ROOT, need

CLASS = random_class(3, 12)


@pytest.fixture(scope="module")
def finder() -> Iterator[MediaPipeFaceFinder]:
    with MediaPipeFaceFinder() as made:
        yield made


def draw(who: Participant, size: tuple[int, int] = (320, 180)) -> tuple[Pixels, Box]:
    return draw_video(Shown(who), size)


def found(face: Face | None) -> Face:
    assert face is not None
    return face


def test_every_drawn_face_is_found_where_it_is(finder: MediaPipeFaceFinder) -> None:
    drawn = [draw(who) for who in CLASS]
    for face, (_, truth) in zip(finder.find([picture for picture, _ in drawn]), drawn, strict=True):
        assert found(face).box.iou(truth) > 0.5


def test_keypoints_come_in_their_order(finder: MediaPipeFaceFinder) -> None:
    for face in finder.find([draw(who)[0] for who in CLASS]):
        right_eye, left_eye, nose, mouth, right_ear, left_ear = found(face).keypoints.tolist()
        assert right_ear[0] < right_eye[0] < nose[0] < left_eye[0] < left_ear[0]
        assert max(right_eye[1], left_eye[1]) < nose[1] < mouth[1]


def test_each_face_is_in_the_pixels_of_its_own_picture(finder: MediaPipeFaceFinder) -> None:
    sizes = [(320, 180), (160, 120), (180, 320), (640, 360), (200, 200), (90, 160), (107, 61)]
    pictures = [draw(replace(who, near=0.2), size)[0] for who, size in zip(CLASS, sizes, strict=False)]
    together = finder.find(pictures)
    for picture, face in zip(pictures, together, strict=True):
        alone = found(finder.find([picture])[0])
        away = np.abs(found(face).keypoints - alone.keypoints).max()
        assert away < 0.12 * alone.box.width


def test_a_face_is_not_seen_in_the_picture_that_shares_its_sheet(finder: MediaPipeFaceFinder) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (180, 320, 3), np.uint8)
    for who in CLASS[:4]:
        # A head cut off by the lower edge reaches as near to the other half as a face can.
        picture, _ = draw(replace(who, at=(0.5, 0.8)))
        faces = finder.find([picture, noise, noise, picture])
        assert faces[1] is None
        assert faces[2] is None


def right(faces: Sequence[Face | None], truths: Sequence[Box]) -> int:
    pairs = zip(faces, truths, strict=True)
    return sum(face is not None and face.box.iou(truth) > 0.4 for face, truth in pairs)


def test_far_away_faces_are_found_by_care_and_kept_by_knowing_them(finder: MediaPipeFaceFinder) -> None:
    # Faces of 42 pixels in tiles of 640x360: an eighth of the height.
    drawn = [draw(replace(who, near=0.06), (640, 360)) for who in CLASS]
    pictures, truths = [picture for picture, _ in drawn], [truth for _, truth in drawn]
    quick, careful = finder.find(pictures), finder.find(pictures, careful=True)
    assert right(careful, truths) >= 0.7 * len(CLASS)
    assert right(quick, truths) < 0.4 * len(CLASS)
    assert right(finder.find(pictures, known=careful), truths) >= right(careful, truths)


def test_a_known_face_that_moved_away_is_found_elsewhere(finder: MediaPipeFaceFinder) -> None:
    picture, truth = draw(CLASS[0], (640, 360))
    elsewhere = Face(Box(10, 10, 30, 30), np.full((6, 2), 20, np.float32), 0.9)
    assert found(finder.find([picture], known=[elsewhere])[0]).box.iou(truth) > 0.5


def test_flat_and_tiny_and_extreme_pictures_have_no_face(finder: MediaPipeFaceFinder) -> None:
    rng = np.random.default_rng(0)
    sizes = [(1, 1), (1, 300), (300, 1), (2, 2), (3, 5000), (5000, 3), (16, 9)]
    pictures = [rng.integers(0, 255, (*size, 3), np.uint8) for size in sizes]
    pictures += [np.full((180, 320, 3), level, np.uint8) for level in (0, 34, 255)]
    assert finder.find(pictures, careful=True) == [None] * len(pictures)


def test_no_pictures_no_faces(finder: MediaPipeFaceFinder) -> None:
    assert finder.find([]) == []


def test_views_into_a_frame_are_searched_like_copies(finder: MediaPipeFaceFinder) -> None:
    frame = np.zeros((400, 700, 3), np.uint8)
    tile = Box(100, 50, 320, 180)
    picture, _ = draw(CLASS[0])
    tile.of(frame)[:] = picture
    inside, alone = found(finder.find([tile.of(frame)])[0]), found(finder.find([picture])[0])
    assert inside.box == alone.box


def test_what_is_no_picture_is_refused(finder: MediaPipeFaceFinder) -> None:
    with pytest.raises(PictureError, match="float64"):
        finder.find([np.zeros((10, 10, 3))])  # type: ignore[list-item]
    with pytest.raises(PictureError, match=r"\(0, 10, 3\)"):
        finder.find([np.zeros((0, 10, 3), np.uint8)])


def test_a_missing_or_foreign_model_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="absent"):
        MediaPipeFaceFinder(tmp_path / "absent.tflite")
    foreign = tmp_path / "foreign.tflite"
    foreign.write_bytes(b"no model at all" * 100)
    with pytest.raises(ModelError, match="foreign"):
        MediaPipeFaceFinder(foreign)
    cut = tmp_path / "cut.tflite"
    cut.write_bytes(detector_path().read_bytes()[:5000])
    with pytest.raises(ModelError, match="cut"):
        MediaPipeFaceFinder(cut)


def test_a_closed_finder_says_so_and_closes_twice() -> None:
    finder = MediaPipeFaceFinder()
    finder.close()
    finder.close()
    with pytest.raises(ModelError, match="closed"):
        finder.find([draw(CLASS[0])[0]])


def test_a_start_shows_no_native_output_and_loads_no_plotting_or_audio() -> None:
    # Left open on purpose: MediaPipe's own clean-up at exit must not print a traceback either.
    program = """
import sys, numpy
from agent.faces.detector import MediaPipeFaceFinder
finder = MediaPipeFaceFinder()
finder.find([numpy.random.default_rng(0).integers(0, 255, (90, 160, 3), numpy.uint8)])
assert "sounddevice" not in sys.modules and "matplotlib.pyplot" not in sys.modules
import matplotlib
assert matplotlib.__version__
print("done", file=sys.stderr)
"""
    ended = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (ended.returncode, ended.stderr, ended.stdout) == (0, "done\n", "")


@pytest.mark.skipif(sys.platform != "linux", reason="libraries are looked up in another way elsewhere")
def test_a_missing_system_library_is_named_with_its_package(tmp_path: Path) -> None:
    # A library that cannot be loaded stands in for one that is not there: the loader finds it first.
    (tmp_path / "libGLESv2.so.2").write_bytes(b"no library")
    program = "from agent.faces.detector import MediaPipeFaceFinder; MediaPipeFaceFinder()"
    environment = os.environ | {"LD_LIBRARY_PATH": str(tmp_path)}
    ended = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env=environment,
    )
    assert "agent.errors.ModelError: MediaPipe cannot be loaded" in ended.stderr
    assert "apt install libgles2" in ended.stderr


def test_other_failures_name_no_package() -> None:
    assert missing_library(ImportError("No module named 'mediapipe'")) is None


def test_every_face_of_the_real_galleries_is_found(finder: MediaPipeFaceFinder) -> None:
    for name, page in json.loads((need(GALLERIES) / "truth.json").read_text()).items():
        frame = np.asarray(Image.open(GALLERIES / name).convert("RGB"))
        tiles = [Box(*box).of(frame) for box in page["tiles"]]
        shown = [index for index, face in enumerate(finder.find(tiles)) if face is not None]
        assert shown == [index for index in range(len(tiles)) if index not in page["camera_off"]], name
