from __future__ import annotations

from dataclasses import astuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.classroom.expression import EXPRESSIONS, Muscles, blend, talking
from agent.values import LABELS


def test_every_label_has_its_own_muscles() -> None:
    assert tuple(EXPRESSIONS) == LABELS
    assert len(set(EXPRESSIONS.values())) == len(LABELS)


def test_no_weights_is_neutral() -> None:
    assert blend({}) == EXPRESSIONS["neutral"] == Muscles()


def test_an_unknown_label_is_named() -> None:
    with pytest.raises(ValueError, match="bored"):
        blend({"bored": 1.0})


@given(st.sampled_from(LABELS), st.floats(0, 1))
def test_half_an_expression_moves_each_muscle_half_as_far(label: str, weight: float) -> None:
    full = astuple(EXPRESSIONS[label])
    assert astuple(blend({label: weight})) == pytest.approx([weight * value for value in full])


@given(st.sampled_from(LABELS), st.floats(0, 1))
def test_speech_opens_the_mouth_and_stays_in_range(label: str, openness: float) -> None:
    before = EXPRESSIONS[label]
    after = talking(before, openness)
    assert before.jaw <= after.jaw <= 1
    assert (after.brow_inner, after.cheek) == (before.brow_inner, before.cheek)
