"""Where the detector is made to look, seen from a detector whose answers are known."""

from __future__ import annotations

import numpy as np

from agent.search import CLOSER, find_faces
from agent.stacking import SIDE
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


def test_a_small_known_face_is_looked_for_where_it_was_and_then_everywhere() -> None:
    known = [face(40, 30, 12, 0.9), None]
    seen = Detector(*BOTH_HALVES, face(50, 50, 24, 0.9))
    find_faces(textured(2), seen, known=known)
    assert len(seen.inputs) == 2
    unseen = Detector()
    find_faces(textured(2), unseen, known=known)
    assert len(unseen.inputs) == 2
    large = [face(40, 30, 40, 0.9), None]
    detector = Detector(*BOTH_HALVES)
    find_faces(textured(2), detector, known=large)
    assert len(detector.inputs) == 1


def test_of_two_faces_the_known_one_is_kept() -> None:
    first, second = face(10, 40, 36, 0.95), face(70, 40, 36, 0.85)
    picture = textured(1, 128, 128)

    def kept(*faces: Face, known: Face | None = None) -> Box | None:
        found = find_faces(picture, Detector(*faces), known=[known])[0]
        return found.box if found is not None else None

    assert kept(first, second) == first.box
    assert kept(first, second, known=second) == second.box
    # It is kept for being a face, not for its place: what is hardly one there loses.
    doubtful = face(70, 40, 36, 0.5)
    assert kept(first, doubtful, known=second) == first.box
