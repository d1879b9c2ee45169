from __future__ import annotations

import re
from itertools import cycle

import numpy as np
import pytest

from agent.participants.label_image import COLS, ROWS
from agent.participants.labels import SAME, Label
from agent.participants.people import LOOKS, REMEMBERED, SHORT_STAY, LabelLook, People, alike, random_id
from tests.agent.tracking.drawing import numbered, writing


def test_ids_are_short_readable_and_say_nothing() -> None:
    ids = {random_id() for _ in range(200)}
    assert all(re.fullmatch(r"t[a-hjkmnp-z2-9]{4}", one) for one in ids)
    assert len(ids) > 195


def test_no_id_is_given_twice() -> None:
    few = cycle(["ta", "ta", "tb", "ta", "tc"])
    people = People(lambda: next(few))
    assert [people.newcomer(0.0).id for _ in range(3)] == ["ta", "tb", "tc"]


def test_a_short_stay_is_forgotten_and_a_longer_one_remembered() -> None:
    people = People(numbered())
    short, long = people.newcomer(0.0), people.newcomer(0.0)
    for one in (short, long):
        one.learn(Label(writing("Ada", 10)))
    short.seen, long.seen = SHORT_STAY / 2, SHORT_STAY * 2
    people.forget([short])
    assert people.known == [short, long]
    people.forget([])
    assert people.known == [long]


def test_the_longest_gone_of_too_many_are_forgotten() -> None:
    people = People(numbered())
    for number in range(REMEMBERED + 5):
        person = people.newcomer(float(number))
        person.seen = number + 1.0
        person.learn(Label(writing("Ada", 10)))
    people.forget([people.known[0]])
    assert [person.id for person in people.known[:2]] == ["t1", "t6"]
    assert len(people.known) == REMEMBERED + 1


def test_learning_keeps_the_text_and_fades_the_video() -> None:
    person = People().newcomer(0.0)
    rng = np.random.default_rng(4)
    text = writing("Ada Lovelace", 10)
    for _ in range(12):
        clutter = np.where(rng.random(text.shape) > 0.97, 60, 0).astype(np.float32)
        learnt = person.learn(Label(np.maximum(text, clutter)))
    assert float(np.vdot(learnt, Label(text).strokes)) > 0.97
    assert len(person.labels) == 1


def test_looks_are_learnt_apart_any_of_them_counts_and_few_are_kept() -> None:
    people = People(numbered())
    ada, ben = people.newcomer(0.0), people.newcomer(0.0)
    for left in (10, 24, 80, 100, 120):
        moved = Label(writing("Ada", left))
        assert np.array_equal(ada.learn(moved), moved.strokes)
    assert len(ada.labels) == LOOKS
    scores = alike([Label(writing("Ada", 24)), Label(writing("Ada", 54)), None], [ada, ben])
    assert scores[0, 0] >= SAME > scores[1, 0]
    assert scores[:, 1].tolist() == [-1, -1, -1]
    assert scores[2, 0] == -1


def test_a_label_that_stayed_where_it_was_is_as_alike_as_one_moved_about() -> None:
    person = People(numbered()).newcomer(0.0)
    assert person.unmoved(Label(writing("Ada Lovelace", 10))) == -1.0
    person.learn(Label(writing("Ada Lovelace", 10)))
    for left in (10, 11, 16):
        label = Label(writing("Ada Lovelace", left))
        assert person.unmoved(label) <= alike([label], [person])[0, 0] + 1e-6
    assert person.unmoved(Label(writing("Ada Lovelace", 10))) > 0.99
    assert person.unmoved(Label(writing("Ada Lovelace", 16))) < SAME


@pytest.mark.parametrize("text", ["Ada Lovelace", "Bo"])
def test_a_look_is_kept_exactly_enough_in_a_quarter_of_the_memory(text: str) -> None:
    strokes = Label(writing(text, 10)).strokes
    look = LabelLook.of(strokes)
    assert look.levels.nbytes * 4 == strokes.nbytes
    assert np.vdot(look.strokes, strokes) > 0.9998
    assert np.linalg.norm(look.strokes) == pytest.approx(1.0, abs=1e-5)


def test_a_look_of_nothing_is_nothing() -> None:
    assert not LabelLook.of(np.zeros((ROWS, COLS), np.float32)).strokes.any()
