"""What one tile needs next, given what was seen in it."""

from __future__ import annotations

import numpy as np
import pytest

from agent.faces.face_track import KEEP_FACE, LOOK_AGAIN, OLDEST, DetectionThresholds, FaceTrack
from agent.scheduling.budget import Work
from agent.values import Box, Face, Pixels

VIDEO = Box(100, 50, 320, 180)
THRESHOLDS = DetectionThresholds()


def face(confidence: float = 0.9) -> Face:
    points = np.array(((230, 110), (260, 110), (245, 125), (245, 140), (215, 115), (275, 115)), np.float32)
    return Face(Box(220, 95, 50, 50), points, confidence)


def crop(seed: int = 0) -> Pixels:
    return np.random.default_rng(seed).integers(60, 200, (48, 48, 1), np.uint8)


def sight_of_a_face(now: float = 0.0) -> FaceTrack:
    track = FaceTrack()
    track.follow(VIDEO, changed=True)
    assert track.on_detection(face(), THRESHOLDS, now)
    track.found = crop()
    track.set_crop(track.found, 0.9, None, now)
    return track


def test_a_new_tile_is_searched_carefully_and_an_empty_one_again_after_a_while() -> None:
    track = FaceTrack()
    assert track.due(0.0) is Work.SEARCH
    track.searched = 0.0
    assert not track.on_detection(None, THRESHOLDS, 0.0)
    assert track.due(0.2) is None
    track.follow(VIDEO, changed=True)
    assert track.due(0.2) is Work.FIND
    assert track.due(LOOK_AGAIN) is Work.SEARCH


def test_a_face_that_shows_the_same_crop_needs_nothing() -> None:
    track = sight_of_a_face()
    assert not track.wants_glance(0.2)
    track.follow(VIDEO, changed=True)
    assert track.wants_glance(0.2)
    assert track.glance(crop(), 0.2) is None
    assert not track.wants_glance(0.3)


def test_no_face_goes_without_a_glance_for_longer_than_a_second() -> None:
    track = sight_of_a_face()
    assert not track.wants_glance(OLDEST - 0.01)
    assert track.wants_glance(OLDEST)
    assert track.wants_glance(-5.0), "a clock that stepped back"


def test_a_changed_crop_is_read_where_it_was_but_detected_anew_after_a_second() -> None:
    track = sight_of_a_face()
    blinking = crop()
    blinking[10:12, 10:16] //= 2
    assert track.glance(blinking, 0.3) is Work.READ
    assert track.glance(blinking, OLDEST) is Work.FIND


def test_a_picture_that_changed_and_then_stands_still_is_detected_once_more() -> None:
    track = sight_of_a_face()
    settled = crop()
    settled[10:12, 10:16] //= 2
    assert track.glance(settled, 0.3) is Work.READ
    track.set_crop(settled, 0.9, None, 0.3)
    assert track.glance(settled, 0.6) is None
    assert track.glance(settled, OLDEST) is Work.FIND
    assert track.on_detection(face(), THRESHOLDS, OLDEST)
    track.found = settled
    track.set_crop(settled, 0.9, None, OLDEST)
    assert track.glance(settled, 3 * OLDEST) is None, "once is enough"


def test_another_picture_is_detected_anew() -> None:
    assert sight_of_a_face().glance(crop(1), 0.2) is Work.FIND


def test_a_face_missed_once_is_kept_and_then_believed_gone() -> None:
    track = sight_of_a_face()
    track.follow(VIDEO, changed=True)
    assert not track.on_detection(None, THRESHOLDS, KEEP_FACE - 0.1)
    assert track.face is not None
    assert track.wants_glance(KEEP_FACE - 0.1), "it is looked at again at once"
    assert not track.on_detection(None, THRESHOLDS, KEEP_FACE + 0.1)
    assert track.face is None


@pytest.mark.parametrize(("confidence", "known", "counts"), [(0.4, False, False), (0.4, True, True)])
def test_a_known_face_needs_less_certainty(confidence: float, known: bool, counts: bool) -> None:
    track = sight_of_a_face() if known else FaceTrack()
    assert track.on_detection(face(confidence), THRESHOLDS, 0.1) is counts


def test_a_face_goes_where_its_tile_goes() -> None:
    track = sight_of_a_face()
    track.follow(Box(500, 250, 320, 180), changed=True)
    assert track.face is not None
    assert track.face.box == Box(620, 295, 50, 50)
    assert track.face.keypoints[0].tolist() == [630, 310]
    assert track.glance(crop(), 0.1) is None


def test_a_face_in_a_tile_that_grew_is_expected_there_and_detected_anew() -> None:
    track = sight_of_a_face()
    track.follow(Box(0, 0, 640, 360), changed=True)
    assert track.face is not None
    assert track.face.box == Box(240, 90, 100, 100)
    assert track.glance(crop(), 0.1) is Work.FIND
