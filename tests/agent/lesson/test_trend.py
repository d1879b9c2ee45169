"""The room's trend and what it suggests, on summaries whose course is known."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import pytest

from agent.lesson.trend import RoomHistory
from agent.values import LABELS, Advice, Direction, Room, Tempo, Trend

WALL = 1_700_000_000.0
CALM = {"neutral": 0.85, "happy": 0.15}


def room(
    scores: dict[str, float] | None = None, attention: float = 0.9, read: int = 20, arousal: float = 0.05
) -> Room:
    """A room of 25 tiles with these scores."""
    given = tuple((scores or CALM).get(label, 0.0) for label in LABELS)
    valence = given[LABELS.index("happy")] - given[LABELS.index("sad")]
    return Room(25, read, read, given, "neutral", valence, arousal, attention, attention)


def play(course: Callable[[float], Room], seconds: int = 300, hz: int = 2) -> tuple[Trend | None, Advice]:
    history = RoomHistory()
    for index in range(seconds * hz):
        answer = history.update(course(index / hz), index / hz, WALL + index / hz)
    return answer


def test_too_early_says_so_and_what_is_needed() -> None:
    trend, advice = play(lambda _: room(), 40)
    assert trend is None
    assert advice.tempo is Tempo.UNKNOWN
    assert advice.text == "Too early to advise on your pace."
    assert advice.evidence == "It needs at least 3 faces read for about 90 s; so far 35 s."


def test_where_enough_was_read_before_it_says_what_the_last_minute_lacks() -> None:
    trend, advice = play(lambda time: room(read=8 if time < 200 else 2), 270)
    assert (trend, advice.tempo) == (None, Tempo.UNKNOWN)
    assert advice.text == "Too little is read to advise on your pace."
    assert advice.evidence == "It needs at least 3 faces read for about 30 of the last 60 s; it had 0 s."


@pytest.mark.parametrize("since", range(0, 300, 10))
def test_what_is_missing_never_contradicts_itself(since: int) -> None:
    history = RoomHistory()
    for second in range(400):
        is_read = second < 50 or since <= second < since + 120
        _, advice = history.update(room(read=8 if is_read else 1), float(second), WALL + second)
        if advice.tempo is Tempo.UNKNOWN:
            needs, had = re.findall(r"about (\d+).*(?:so far|had) (\d+) s", advice.evidence)[0]
            assert int(had) < int(needs)


def test_few_faces_are_no_room() -> None:
    assert play(lambda _: room(read=2))[1].tempo is Tempo.UNKNOWN


def test_nothing_is_advised_of_a_room_that_is_gone() -> None:
    history = RoomHistory()
    gone = Room(0, 0, 0)
    said = [
        history.update(room() if time < 200 else gone, float(time), WALL + time)[1] for time in range(230)
    ]
    assert {said[199].tempo, said[204].tempo} == {Tempo.FASTER}, "for a moment it holds"
    assert {one.text for one in said[206:]} == {"No faces to judge by."}
    assert {one.tempo for one in said[206:]} == {Tempo.UNKNOWN}
    assert history.update(gone, 229.5, WALL + 229.5)[0] is None
    _, advice = history.update(room(), 230.0, WALL + 230)
    assert advice.tempo is Tempo.FASTER, "back at once, with who is back"


def test_where_nobody_is_read_it_is_not_too_early_for_ever() -> None:
    assert play(lambda _: Room(25, 0, 0), 30)[1].text == "No faces to judge by."
    assert play(lambda _: Room(4, 4, 0), 30)[1].text == "No face can be read now."


def test_a_calm_steady_room_may_go_faster() -> None:
    trend, advice = play(lambda _: room())
    assert trend is not None
    assert {trend.valence.direction, trend.attention.direction} == {Direction.STEADY}
    assert advice.tempo is Tempo.FASTER
    assert advice.evidence == (
        "Turned to the camera: 90 % before, now 90 %; looking angry, disgusted, fearful or sad: 0 % before, "
        "now 0 %; 20 of 20 faces read on average."
    )


def test_the_faces_read_are_those_of_the_last_minute_and_not_of_a_moment() -> None:
    _, advice = play(lambda time: replace(room(read=8 if time > 270 else 16), faces=20))
    said = re.search(r"; (\d+) of 20 faces read on average\.$", advice.evidence)
    assert said is not None
    assert 8 < int(said[1]) < 16


def test_fewer_faces_turned_to_the_camera_is_slower() -> None:
    trend, advice = play(lambda time: room(attention=0.9 if time < 230 else 0.5))
    assert trend is not None
    assert trend.attention.direction is Direction.FALLING
    assert trend.attention.change == pytest.approx(-0.4, abs=0.03)
    assert advice.tempo is Tempo.SLOWER
    assert "turned to the camera" in advice.text
    assert "now 50 %" in advice.evidence


def test_more_unpleasant_expressions_is_slower() -> None:
    _, advice = play(lambda time: room(CALM if time < 230 else {"neutral": 0.6, "sad": 0.4}))
    assert advice.tempo is Tempo.SLOWER
    assert "unpleasant" in advice.text


def test_both_suggest_a_pause() -> None:
    worse = {"neutral": 0.6, "sad": 0.4}
    assert "pause" in play(lambda time: room() if time < 230 else room(worse, 0.5))[1].text


def test_more_smiles_are_a_reason_to_keep_the_pace() -> None:
    trend, advice = play(lambda time: room(CALM if time < 230 else {"neutral": 0.4, "happy": 0.6}))
    assert trend is not None
    assert trend.valence.direction is Direction.RISING
    assert advice.tempo is Tempo.KEEP


@pytest.mark.parametrize("seed", range(5))
def test_noise_is_no_trend(seed: int) -> None:
    rng = random.Random(seed)

    def course(_: float) -> Room:
        sad = rng.uniform(0, 0.4)
        return room({"neutral": 1 - sad, "sad": sad}, rng.uniform(0.4, 1.0))

    trend, advice = play(course)
    assert trend is not None
    assert {trend.valence.direction, trend.attention.direction} == {Direction.STEADY}
    assert advice.tempo is Tempo.KEEP


def test_the_sentence_changes_seldom() -> None:
    rng = random.Random(2)
    history = RoomHistory()
    texts = [
        history.update(room(attention=rng.gauss(0.8, 0.1)), float(second), WALL + second)[1].text
        for second in range(900)
    ]
    assert sum(one != other for one, other in pairwise(texts)) <= 8


@pytest.mark.parametrize(
    ("jump", "slept"), [(7200.0, 0.0), (-7200.0, 0.0), (0.0, 7200.0)], ids=["on", "back", "sleep"]
)
def test_a_clock_that_jumps_begins_anew(jump: float, slept: float) -> None:
    """During a sleep of the machine only the time of day goes on."""
    history = RoomHistory()
    for second in range(300):
        history.update(room(), float(second), WALL + second)
    time, wall = 300 + jump, WALL + 300 + jump + slept
    trend, advice = history.update(room(attention=0.1), time, wall)
    assert (trend, advice.tempo) == (None, Tempo.UNKNOWN)
    for second in range(1, 201):
        trend, _ = history.update(room(), time + second, wall + second)
    assert trend is not None
