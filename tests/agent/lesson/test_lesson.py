"""A lesson: markers from anywhere, and everything that is followed put into the snapshot."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.lesson.lesson import LONGEST_TEXT, MOST_MARKERS, Lesson, tidy
from agent.lesson.rules import ExpressionRule
from agent.values import Marker, Tempo
from tests.agent.lessons import WALL, reading, snapshot


def test_a_marker_stands_in_every_snapshot_from_then_on() -> None:
    lesson = Lesson()
    assert lesson.take(snapshot([]), 0.0).markers == ()
    lesson.mark("new topic", WALL + 1)
    lesson.mark("exercise", WALL + 2)
    expected = (Marker("new topic", WALL + 1), Marker("exercise", WALL + 2))
    assert lesson.take(snapshot([]), 3.0).markers == expected
    assert lesson.take(snapshot([]), 4.0).markers == expected


def test_the_newest_markers_are_kept() -> None:
    lesson = Lesson()
    for number in range(MOST_MARKERS + 10):
        lesson.mark(str(number), WALL + number)
    markers = lesson.take(snapshot([]), 0.0).markers
    assert [one.text for one in markers] == [str(number) for number in range(10, MOST_MARKERS + 10)]


def test_a_marker_is_taken_back_by_its_time() -> None:
    lesson = Lesson()
    for number, text in enumerate(("new topic", "exercize", "exercise")):
        lesson.mark(text, WALL + number + 0.123456)
    lesson.unmark(WALL + 99)
    lesson.unmark(WALL + 1.123)
    for _ in range(2):
        shown = lesson.marked(snapshot([]))
        assert [one.text for one in shown.markers] == ["new topic", "exercise"]
        assert shown.unmarked == (WALL + 1.123,)


def test_markers_of_one_millisecond_are_taken_back_one_by_one() -> None:
    lesson = Lesson()
    for text in ("question", "exercise", "break"):
        lesson.mark(text, WALL)
    assert [one.wall for one in lesson.marked(snapshot([])).markers] == [WALL, WALL + 0.001, WALL + 0.002]
    lesson.unmark(WALL + 0.001)
    assert [one.text for one in lesson.marked(snapshot([])).markers] == ["question", "break"]
    # A recording takes back every marker of a time that was taken back, also a later one.
    lesson.mark("new topic", WALL + 0.001)
    shown = lesson.marked(snapshot([]))
    assert [one.wall for one in shown.markers] == [WALL, WALL + 0.002, WALL + 0.003]
    assert shown.unmarked == (WALL + 0.001,)


def test_of_the_markers_taken_back_the_newest_are_remembered() -> None:
    lesson = Lesson()
    for number in range(MOST_MARKERS + 10):
        lesson.mark("a slip", WALL + number)
        lesson.unmark(WALL + number)
        shown = lesson.marked(snapshot([]))
    assert shown.markers == ()
    assert shown.unmarked == tuple(WALL + number for number in range(10, MOST_MARKERS + 10))


@pytest.mark.parametrize(
    ("text", "tidied"),
    [
        ("  group\n work ", "group work"),
        ("", "marker"),
        ("\x00\u202e", "marker"),
        ("a" * 200, "a" * LONGEST_TEXT),
    ],
)
def test_a_markers_text_is_one_short_line(text: str, tidied: str) -> None:
    assert tidy(text) == tidied


@given(st.text(max_size=200))
def test_any_text_becomes_a_line_that_can_be_printed(text: str) -> None:
    line = tidy(text)
    assert line.isprintable()
    assert 0 < len(line) <= LONGEST_TEXT
    assert tidy(line) == line


def test_trend_advice_and_alerts_are_in_the_snapshot() -> None:
    rule = ExpressionRule(name="sad", labels=["sad"], share=0.5, seconds=30.0)
    lesson = Lesson([rule])
    for second in range(200):
        class_ = [reading(f"t{i}", "sad") for i in range(8)]
        last = lesson.take(snapshot(class_, WALL + second), float(second))
    assert last.room.trend is not None
    assert last.room.advice is not None
    assert last.room.advice.tempo is not Tempo.UNKNOWN
    assert [alert.name for alert in last.alerts] == ["sad"]
    assert last.room.read == 8
