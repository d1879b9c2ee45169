from __future__ import annotations

from dataclasses import replace

from agent.tracking.alternatives import Alternatives, as_held
from agent.values import Layout
from tests.agent.tracking.drawing import enlarged, slots_for

SMALL = Layout(640, 380, slots_for(4))
LARGE = Layout(640, 380, enlarged(slots_for(4), 1.5))
WIDE = Layout(640, 380, enlarged(slots_for(4), 2.5))


def test_each_alternative_is_tried_once_and_then_it_is_the_first_again() -> None:
    alternatives = Alternatives()
    alternatives.found(replace(SMALL, others=(LARGE, WIDE)))
    assert alternatives.following(SMALL) == (LARGE, True)
    assert alternatives.following(LARGE) == (WIDE, True)
    assert alternatives.following(WIDE) == (SMALL, False)
    assert alternatives.following(SMALL) == (None, False)


def test_another_finding_may_be_tried_anew() -> None:
    alternatives = Alternatives()
    alternatives.found(replace(SMALL, others=(LARGE,)))
    alternatives.following(SMALL)
    alternatives.found(replace(LARGE, others=(SMALL,)))
    assert alternatives.following(LARGE) == (SMALL, True)


def test_what_is_held_leads_a_finding_that_has_it_second() -> None:
    found = replace(SMALL, others=(WIDE, LARGE))
    again = as_held(LARGE, found)
    assert again == replace(LARGE, others=(SMALL, WIDE))
    assert as_held(SMALL, found) == found
    assert as_held(Layout(640, 380), found) == found


def test_a_few_of_the_tiles_held_are_not_the_gallery_held() -> None:
    found = replace(LARGE, others=(replace(SMALL, slots=SMALL.slots[:1]),))
    assert as_held(SMALL, found) == found
    assert as_held(SMALL, replace(LARGE, others=(replace(SMALL, slots=SMALL.slots[:2]),))) != found
