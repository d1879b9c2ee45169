from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.classroom.scene import Scene
from agent.classroom.script import Script, ScriptPace
from agent.values import LABELS

FAST = ScriptPace().faster(8.0)


def run(script: Script, seconds: float, step: float = 0.5) -> list[Scene]:
    return [script.scene_at(index * step) for index in range(int(seconds / step))]


def test_equal_seeds_play_equal_scenes_in_any_order() -> None:
    times = [0.0, 33.3, 7.1, 61.9]
    forward = Script(5, 12, pace=FAST)
    backward = Script(5, 12, pace=FAST)
    first = {time: forward.scene_at(time) for time in times}
    second = {time: backward.scene_at(time) for time in reversed(times)}
    assert first == second
    assert first[33.3] != Script(6, 12, pace=FAST).scene_at(33.3)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 99), st.integers(1, 49), st.integers(1, 49), st.floats(0, 300))
def test_any_moment_of_any_class_is_a_page_of_it(seed: int, count: int, page_size: int, time: float) -> None:
    scene = Script(seed, count, page_size, FAST).scene_at(time)
    ids = [one.participant.id for one in scene.shown]
    assert 1 <= len(ids) <= min(page_size, count)
    assert len(set(ids)) == len(ids)
    assert 0 <= scene.page < scene.pages
    assert {one.participant.name for one in scene.shown} <= set(scene.present)
    for one in scene.shown:
        assert one.label in LABELS
        assert 0 <= one.intensity <= 1
    assert sum(one.speaking for one in scene.shown) <= 1


def test_everything_that_happens_in_a_class_happens() -> None:
    scenes = run(Script(2, 16, 9, FAST), 240)
    shown = [one for scene in scenes for one in scene.shown]
    assert {one.label for one in shown} == set(LABELS)
    assert {one.camera_on for one in shown} == {one.speaking for one in shown} == {True, False}
    assert any(one.look.gaze.closed for one in shown)
    assert any(one.look.talk for one in shown)
    assert any(one.hand for one in shown)
    assert {scene.page for scene in scenes} >= {0, 1}
    assert len({scene.present for scene in scenes}) > 5
    assert len({frozenset(scene.present) for scene in scenes}) > 3


def test_the_default_pace_is_calm() -> None:
    scenes = run(Script(2, 25), 120)
    orders = [tuple(one.participant.id for one in scene.shown) for scene in scenes]
    moves = sum(a != b for a, b in itertools.pairwise(orders))
    assert 0 < moves < 40


def test_the_stated_expression_is_the_one_drawn() -> None:
    stated = 0
    for scene in run(Script(4, 9, pace=FAST), 60):
        for one in scene.shown:
            weights = dict(one.look.weights)
            if one.camera_on and one.label != "neutral":
                stated += 1
                assert one.intensity == max(weights.values()) == weights[one.label]
    assert stated > 60


def test_an_expression_grows_instead_of_jumping() -> None:
    script, grown = Script(4, 6), 0
    for before, after in itertools.pairwise(run(script, 60, 0.05)):
        old = {one.participant.id: one for one in before.shown}
        for one in after.shown:
            if one.participant.id in old and one.camera_on and old[one.participant.id].camera_on:
                was = dict(old[one.participant.id].look.weights)
                for label, weight in one.look.weights:
                    grown += weight > was.get(label, 0.0)
                    assert weight - was.get(label, 0.0) < 0.35
    assert grown > 60


@pytest.mark.parametrize("count", [0, 50])
def test_a_class_of_another_size_is_refused(count: int) -> None:
    with pytest.raises(ValueError, match=str(count)):
        Script(1, count)
