"""Where the detector is made to look, seen from a detector whose answers are known."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from agent.faces.mosaic import SIDE
from agent.faces.search import CLOSER, OPINION, Second, find_faces
from agent.values import Box, Face, Pixels


def textured(count: int, height: int = 90, width: int = 160) -> list[Pixels]:
    rng = np.random.default_rng(0)
    return [rng.integers(0, 255, (height, width, 3), np.uint8) for _ in range(count)]


def face(left: float, top: float, side: float, sure: float) -> Face:
    return Face(
        Box(round(left), round(top), round(side), round(side)), np.full((6, 2), left, np.float32), sure
    )


class Detector:
    """Finds the same faces in every input and keeps the inputs."""

    def __init__(self, *faces: Face) -> None:
        self.faces = faces
        self.inputs: list[Pixels] = []

    def __call__(self, pixels: Pixels) -> list[Face]:
        self.inputs.append(pixels)
        return list(self.faces)


BOTH_HALVES = (face(50, 20, 24, 0.9), face(60, 90, 24, 0.9))


def test_sure_faces_take_half_as_many_inputs_as_pictures() -> None:
    for count, inputs in ((0, 0), (1, 1), (24, 12), (25, 13), (49, 25)):
        for careful in (False, True):
            detector = Detector(*BOTH_HALVES, face(50, 50, 24, 0.9))
            faces = find_faces(textured(count), detector, careful)
            assert len(detector.inputs) == inputs
            assert all(found is not None for found in faces)


def test_each_doubtful_face_takes_one_closer_look() -> None:
    detector = Detector(face(50, 20, 24, 0.4), face(60, 90, 24, 0.9))
    find_faces(textured(4), detector)
    assert len(detector.inputs) == 2 + 2


def test_a_closer_look_shows_the_face_in_the_middle_and_larger() -> None:
    picture = textured(1, 180, 320)[0] // 2
    picture[60:80, 200:220] = 255
    detector = Detector(face(200 / 2.5, 28 + 60 / 2.5, 8, 0.4))
    find_faces([picture], detector)
    closer = detector.inputs[1]
    assert closer.shape == (SIDE, SIDE, 3)
    bright = np.argwhere(closer[..., 0] > 160)
    assert np.abs(bright.mean(axis=0) - SIDE / 2).max() < 4
    assert np.ptp(bright[:, 0]) > 0.8 * SIDE / CLOSER


def test_the_surer_face_of_a_picture_counts() -> None:
    found = find_faces(
        textured(1), Detector(face(20, 40, 20, 0.75), face(80, 60, 20, 0.9), face(90, 40, 20, 0.8))
    )
    assert found[0] is not None
    assert found[0].confidence == 0.9


def test_a_face_between_the_halves_or_on_the_margin_belongs_to_nobody() -> None:
    assert find_faces(textured(2), Detector(face(-5, 10, 10, 0.9), face(118, 100, 14, 0.9))) == [None, None]


def test_care_looks_at_empty_pictures_whole_and_in_parts_and_at_flat_ones_not_at_all() -> None:
    nothing = Detector()
    pictures = [*textured(2), np.full((90, 160, 3), 30, np.uint8), np.zeros((5, 5, 3), np.uint8)]
    assert find_faces(pictures, nothing, careful=True) == [None] * 4
    assert len(nothing.inputs) == 1 + 2 + 4


def test_a_known_face_is_looked_for_where_it_was_and_everywhere_if_it_is_not_surely_there() -> None:
    known = [face(64, 36, 16, 0.9)] * 2
    sure = Detector(face(20, 20, 24, 0.9), face(84, 20, 24, 0.9))
    found = find_faces(textured(2), sure, known=known)
    assert len(sure.inputs) == 1
    # The square around the known face begins at 56, 28 and is shown twice as large.
    assert [one.box for one in found if one is not None] == [Box(66, 38, 12, 12)] * 2
    absent = Detector()
    assert find_faces(textured(2), absent, known=known) == [None, None]
    assert len(absent.inputs) == 2


def test_four_known_faces_share_an_input() -> None:
    quarters = [face(left, top, 24, 0.9) for top in (20, 84) for left in (20, 84)]
    for count, inputs in ((4, 1), (24, 6), (25, 7), (49, 13)):
        detector = Detector(*quarters, face(52, 52, 24, 0.9))
        find_faces(textured(count), detector, known=[face(64, 36, 16, 0.9)] * count)
        assert len(detector.inputs) == inputs


class Spots:
    """Sees red, green and blue squares as faces of 0.95, 0.85 and 0.5."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self, pixels: Pixels) -> list[Face]:
        self.calls += 1
        found = []
        for channel, sure in enumerate((0.95, 0.85, 0.5)):
            others = np.delete(pixels, channel, axis=2).max(axis=2)
            spots = ((pixels[..., channel] > 160) & (others < 120)).astype(np.uint8)
            for left, top, width, height, area in cv2.connectedComponentsWithStats(spots)[2][1:].tolist():
                if area > 20:
                    found.append(face(left, top, max(width, height), sure))
        return found


def spotted(**places: tuple[int, int]) -> Pixels:
    """A picture of grey patches with squares of 30 pixels, by colour."""
    grey = np.random.default_rng(0).integers(20, 110, (18, 32, 1), np.uint8)
    picture = grey.repeat(10, axis=0).repeat(10, axis=1).repeat(3, axis=2)
    for colour, (left, top) in places.items():
        picture[top : top + 30, left : left + 30] = 0
        picture[top : top + 30, left : left + 30, ("red", "green", "blue").index(colour)] = 255
    return picture


def where(found: Face | None) -> tuple[int, int]:
    assert found is not None
    return found.box.left // 10 * 10, found.box.top // 10 * 10


def test_a_doubtful_face_takes_a_closer_look_once_and_none_while_it_is_known() -> None:
    picture, detector = spotted(blue=(201, 71)), Spots()
    faces = find_faces([picture], detector)
    assert detector.calls == 2
    find_faces([picture], detector, known=faces)
    # Where it was, and everywhere because that was not sure.
    assert detector.calls == 4


def test_of_two_faces_the_known_one_is_kept() -> None:
    picture = spotted(red=(31, 71), green=(201, 71))
    green = find_faces([spotted(green=(201, 71))], Spots())
    assert where(find_faces([picture], Spots())[0]) == (30, 70)
    assert where(find_faces([picture], Spots(), known=green)[0]) == (200, 70)


def test_a_sure_face_beats_a_known_one_that_is_hardly_a_face_any_more() -> None:
    known = find_faces([spotted(green=(201, 71))], Spots())
    picture = spotted(red=(31, 71), blue=(201, 71))
    assert where(find_faces([picture], Spots(), known=known)[0]) == (30, 70)


def test_of_two_sure_faces_the_one_in_front_counts() -> None:
    behind, front = face(10, 40, 12, 0.95), face(60, 30, 50, 0.9)
    found = find_faces(textured(1), Detector(behind, front))[0]
    assert found is not None
    assert found.box.width > 40
    blurred = find_faces(textured(1), Detector(face(10, 40, 12, 0.95), face(60, 30, 50, 0.6)))[0]
    assert blurred is not None
    assert blurred.box.width < 20, "a large surface that is hardly a face does not hide a sure one"


@pytest.mark.parametrize("says", [0.0, 0.9])
def test_a_second_detector_judges_a_new_face_in_doubt(says: float) -> None:
    second = Detector(face(78, 78, 36, says), face(5, 5, 10, 0.99))
    picture, doubtful = textured(1, 160, 160), Detector(face(50, 50, 28, 0.6))
    found = find_faces(picture, doubtful, second=Second(second, 192))[0]
    assert found is not None
    assert found.confidence == pytest.approx((1 - OPINION) * 0.6 + OPINION * says)
    assert [one.shape for one in second.inputs] == [(192, 192, 3)]


def test_a_second_detector_is_not_asked_about_sure_or_known_faces() -> None:
    second = Detector()
    find_faces(textured(4), Detector(*BOTH_HALVES), second=Second(second, 192))
    known = find_faces(textured(1), Detector(face(50, 50, 28, 0.6)))
    find_faces(textured(1), Detector(face(50, 50, 28, 0.6)), known=known, second=Second(second, 192))
    find_faces(textured(2), Detector(), second=Second(second, 192))
    assert second.inputs == []


def test_a_known_face_that_left_is_found_elsewhere() -> None:
    known = find_faces([spotted(green=(201, 71))], Spots())
    assert where(find_faces([spotted(green=(31, 21))], Spots(), known=known)[0]) == (30, 20)
