"""Laws of layout on mosaics, of crops and of readings over time."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.faces.crops import WIDER, Framing, crop_face, placement
from agent.faces.mosaic import HALF, SIDE, PictureView, fit, is_flat, tile_two
from agent.faces.quality import facing
from agent.faces.search import find_faces
from agent.lesson.mood import MoodPace, MoodTracker
from agent.values import LABELS, Box, Face, Pixels, Reason
from models.card import load_card
from models.weights import EXPRESSION

FRAMING = Framing.of(load_card(EXPRESSION).framing)
SIZES = st.tuples(st.integers(1, 400), st.integers(1, 400))
COORDINATES = st.floats(-500, 500, allow_nan=False, width=32)


@given(st.lists(SIZES, max_size=7), st.integers(0, 99))
@settings(max_examples=40, deadline=None)
def test_a_picture_has_one_place_inside_its_sheet_unless_it_is_flat(
    sizes: list[tuple[int, int]], seed: int
) -> None:
    rng = np.random.default_rng(seed)
    pictures = [rng.integers(0, 255, (*size, 3), np.uint8) for size in sizes]
    views = [PictureView(index, Box(0, 0, width, height)) for index, (height, width) in enumerate(sizes)]
    mosaics = tile_two(pictures, views)
    rooms = [(HALF, SIDE) if height > width else (SIDE, HALF) for height, width in sizes]
    laid = [index for index, one in enumerate(pictures) if not is_flat(fit(one, *rooms[index]))]
    assert sorted(place.view.index for mosaic in mosaics for place in mosaic.places) == laid
    for mosaic in mosaics:
        covered = np.zeros((SIDE, SIDE), int)
        for place in mosaic.places:
            box = place.box
            assert box == box.clipped(SIDE, SIDE)
            box.of(covered)[...] += 1
            ends = np.array(((box.left, box.top), (box.right, box.bottom)), np.float32)
            height, width = sizes[place.view.index]
            assert place.to_picture(ends) == pytest.approx(np.array(((0, 0), (width, height))), abs=1e-3)
        assert covered.max() == 1


@given(SIZES, SIZES)
@settings(max_examples=60, deadline=None)
def test_fit_fits(size: tuple[int, int], room: tuple[int, int]) -> None:
    small = fit(np.zeros((*size, 3), np.uint8), *room)
    assert 1 <= small.shape[1] <= room[0]
    assert 1 <= small.shape[0] <= room[1]
    assert small.shape[1] == room[0] or small.shape[0] == room[1]


@given(st.floats(10, 900), st.floats(-179, 179), COORDINATES, COORDINATES)
@settings(deadline=None)
def test_a_placement_undoes_any_similarity(side: float, turn: float, left: float, top: float) -> None:
    a, b = side * np.exp(1j * np.radians(turn)), complex(left, top)
    points = ((FRAMING.keypoints - 0.5) / WIDER + 0.5) @ (1, 1j) * a + b
    keypoints = np.stack((points.real, points.imag), axis=1).astype(np.float32)
    face = Face(Box(0, 0, round(side * FRAMING.box / WIDER), 1), keypoints, 0.9)
    found_a, found_b = placement(face, FRAMING)
    assert abs(found_a - a) < 0.01 * side
    assert abs(found_b - b) < 0.01 * side + 0.01


@given(st.lists(COORDINATES, min_size=12, max_size=12), SIZES, SIZES, st.integers(1, 96))
@settings(max_examples=60, deadline=None)
def test_any_face_gives_a_crop_and_a_direction(
    flat: list[float], size: tuple[int, int], box: tuple[int, int], side: int
) -> None:
    face = Face(Box(3, 5, *box), np.array(flat, np.float32).reshape(6, 2), 0.5)
    picture = np.full((*size, 3), 77, np.uint8)
    assert np.unique(crop_face(picture, face, FRAMING, side)).tolist() == [77]
    assert 0 <= facing(face) <= 1


NOISE_FACES = st.lists(
    st.tuples(st.integers(-40, 128), st.integers(-40, 128), st.integers(0, 90), st.floats(0.2, 1)), max_size=3
)


@given(st.lists(SIZES, max_size=5), st.lists(NOISE_FACES, min_size=1, max_size=9), st.booleans())
@settings(max_examples=60, deadline=None)
def test_whatever_a_detector_says_each_picture_gets_one_face_near_it(
    sizes: list[tuple[int, int]], answers: list[list[tuple[int, int, int, float]]], careful: bool
) -> None:
    turn = 0

    def detect(pixels: Pixels) -> list[Face]:
        nonlocal turn
        assert pixels.shape == (SIDE, SIDE, 3)
        turn += 1
        return [
            Face(Box(left, top, side, side), np.full((6, 2), side, np.float32), sure)
            for left, top, side, sure in answers[turn % len(answers)]
        ]

    rng = np.random.default_rng(0)
    pictures = [rng.integers(0, 255, (*size, 3), np.uint8) for size in sizes]
    before = find_faces(pictures, detect, careful)
    for faces in (before, find_faces(pictures, detect, careful, before)):
        assert len(faces) == len(pictures)
        for face, (height, width) in zip(faces, sizes, strict=True):
            if face is not None:
                assert -1 <= face.box.centre[0] <= width + 1
                assert -1 <= face.box.centre[1] <= height + 1


PROBABILITIES = st.lists(st.floats(0.01, 1), min_size=7, max_size=7).map(
    lambda values: np.array(values) / sum(values)
)
FRAMES = st.tuples(st.floats(0, 5), st.one_of(PROBABILITIES, st.none()), st.sampled_from([None, *Reason]))


@given(st.lists(FRAMES, max_size=30), st.floats(0, 3), st.floats(0, 1))
@settings(max_examples=60, deadline=None)
def test_whatever_comes_a_mood_is_whole(
    frames: list[tuple[float, np.ndarray | None, Reason | None]], half_life: float, warming_up: float
) -> None:
    tracker = MoodTracker(MoodPace(half_life=half_life, warming_up=warming_up))
    now, since = 0.0, 0.0
    for step, scores, reason in frames:
        now += step
        mood = tracker.update("t1", scores, reason, time=now, wall=now)
        assert mood.emotion is None or mood.reason is None
        assert since <= mood.since <= now or mood.since == 0
        since = mood.since
        if mood.emotion is not None:
            assert sum(mood.emotion.scores) == pytest.approx(1)
            assert mood.emotion.confidence == mood.emotion.scores[LABELS.index(mood.emotion.label)]
            assert -1 <= mood.emotion.valence <= 1
            assert -1 <= mood.emotion.arousal <= 1


@given(st.lists(PROBABILITIES, min_size=2, max_size=6), st.sampled_from([5, 10, 20, 40]))
@settings(max_examples=40, deadline=None)
def test_faces_that_hold_each_look_a_second_read_alike_at_any_rate(looks: list[np.ndarray], hz: int) -> None:
    def last(rate: int) -> np.ndarray:
        tracker = MoodTracker(MoodPace(warming_up=0, min_confidence=0, slack=0))
        for index in range(len(looks) * rate):
            mood = tracker.update("t1", looks[index // rate], None, time=(index + 1) / rate, wall=0)
        assert mood.emotion is not None
        return np.array(mood.emotion.scores)

    assert last(hz) == pytest.approx(last(100), abs=0.08)
