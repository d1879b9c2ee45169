"""What one tile needs next, given what was seen in it."""

from __future__ import annotations

import numpy as np
import pytest

from agent.budget import Work
from agent.faces.sight import KEEP_FACE, LOOK_AGAIN, OLDEST, Evidence, Sight
from agent.values import Box, Face, Pixels

VIDEO = Box(100, 50, 320, 180)
EVIDENCE = Evidence()


def face(confidence: float = 0.9) -> Face:
    points = np.array(((230, 110), (260, 110), (245, 125), (245, 140), (215, 115), (275, 115)), np.float32)
    return Face(Box(220, 95, 50, 50), points, confidence)


def crop(seed: int = 0) -> Pixels:
    return np.random.default_rng(seed).integers(60, 200, (48, 48, 1), np.uint8)


def sight_of_a_face(now: float = 0.0) -> Sight:
    sight = Sight()
    sight.follow(VIDEO, changed=True)
    assert sight.take(face(), EVIDENCE, now)
    sight.found = crop()
    sight.judge(sight.found, 0.9, None, now)
    return sight


def test_a_new_tile_is_searched_carefully_and_an_empty_one_again_after_a_while() -> None:
    sight = Sight()
    assert sight.due(0.0) is Work.SEARCH
    sight.searched = 0.0
    assert not sight.take(None, EVIDENCE, 0.0)
    assert sight.due(0.2) is None
    sight.follow(VIDEO, changed=True)
    assert sight.due(0.2) is Work.FIND
    assert sight.due(LOOK_AGAIN) is Work.SEARCH


def test_a_face_that_shows_the_same_crop_needs_nothing() -> None:
    sight = sight_of_a_face()
    assert not sight.wants_glance(0.2)
    sight.follow(VIDEO, changed=True)
    assert sight.wants_glance(0.2)
    assert sight.glance(crop(), 0.2) is None
    assert not sight.wants_glance(0.3)


def test_no_face_goes_without_a_glance_for_longer_than_a_second() -> None:
    sight = sight_of_a_face()
    assert not sight.wants_glance(OLDEST - 0.01)
    assert sight.wants_glance(OLDEST)
    assert sight.wants_glance(-5.0), "a clock that stepped back"


def test_a_changed_crop_is_read_where_it_was_but_detected_anew_after_a_second() -> None:
    sight = sight_of_a_face()
    blinking = crop()
    blinking[10:12, 10:16] //= 2
    assert sight.glance(blinking, 0.3) is Work.READ
    assert sight.glance(blinking, OLDEST) is Work.FIND


def test_a_picture_that_changed_and_then_stands_still_is_detected_once_more() -> None:
    sight = sight_of_a_face()
    settled = crop()
    settled[10:12, 10:16] //= 2
    assert sight.glance(settled, 0.3) is Work.READ
    sight.judge(settled, 0.9, None, 0.3)
    assert sight.glance(settled, 0.6) is None
    assert sight.glance(settled, OLDEST) is Work.FIND
    assert sight.take(face(), EVIDENCE, OLDEST)
    sight.found = settled
    sight.judge(settled, 0.9, None, OLDEST)
    assert sight.glance(settled, 3 * OLDEST) is None, "once is enough"


def test_another_picture_is_detected_anew() -> None:
    assert sight_of_a_face().glance(crop(1), 0.2) is Work.FIND


def test_a_face_missed_once_is_kept_and_then_believed_gone() -> None:
    sight = sight_of_a_face()
    sight.follow(VIDEO, changed=True)
    assert not sight.take(None, EVIDENCE, KEEP_FACE - 0.1)
    assert sight.face is not None
    assert sight.wants_glance(KEEP_FACE - 0.1), "it is looked at again at once"
    assert not sight.take(None, EVIDENCE, KEEP_FACE + 0.1)
    assert sight.face is None


@pytest.mark.parametrize(("confidence", "known", "counts"), [(0.4, False, False), (0.4, True, True)])
def test_a_known_face_needs_less_certainty(confidence: float, known: bool, counts: bool) -> None:
    sight = sight_of_a_face() if known else Sight()
    assert sight.take(face(confidence), EVIDENCE, 0.1) is counts


def test_a_face_goes_where_its_tile_goes() -> None:
    sight = sight_of_a_face()
    sight.follow(Box(500, 250, 320, 180), changed=True)
    assert sight.face is not None
    assert sight.face.box == Box(620, 295, 50, 50)
    assert sight.face.keypoints[0].tolist() == [630, 310]
    assert sight.glance(crop(), 0.1) is None


def test_a_face_in_a_tile_that_grew_is_expected_there_and_detected_anew() -> None:
    sight = sight_of_a_face()
    sight.follow(Box(0, 0, 640, 360), changed=True)
    assert sight.face is not None
    assert sight.face.box == Box(240, 90, 100, 100)
    assert sight.glance(crop(), 0.1) is Work.FIND
