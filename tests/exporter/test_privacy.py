"""What the privacy mode lets through of a lesson: alerts, markers, trend and motivation."""

from __future__ import annotations

from dataclasses import replace

from agent.lesson.alerts import Alerts
from agent.lesson.rules import ExpressionRule, Rule, UnusualRule
from agent.values import Marker, Room, Scope, TileState
from exporter.privacy import PrivacyPolicy, filter_snapshot
from exporter.protocol.messages import encode, room_message
from tests.agent.lessons import WALL, reading
from tests.exporter.samples import snapshot

RULES: list[Rule] = [
    ExpressionRule(name="room", labels=["sad"], share=0.5, seconds=10.0),
    UnusualRule(name="one", distance=0.3, seconds=10.0),
]


def test_in_mode_room_a_marker_keeps_its_kind_and_nothing_that_was_typed() -> None:
    texts = ("New topic", "exercise", "Anna cries", "Exercise with Ben", "")
    given = replace(snapshot(1, 8), markers=tuple(Marker(text, WALL) for text in texts))
    for least in (5, 9):
        passed = filter_snapshot(given, PrivacyPolicy("room", least))
        assert [one.text for one in passed.markers] == ["New topic", "Exercise", *["marker"] * 3]
        assert {one.wall for one in passed.markers} == {WALL}
    assert filter_snapshot(given, PrivacyPolicy()).markers == given.markers


def test_in_mode_room_real_alerts_name_no_tile() -> None:
    """The ids stand in the figures of one alert and in the text of the other: neither may leave."""
    alerts, names = Alerts(RULES), [f"secret-{number}" for number in range(8)]
    for second in range(260):
        label = "neutral" if second < 200 else "sad"
        told = alerts.update([reading(name, label) for name in names], float(second), WALL + second)
    assert {alert.scope for alert in told} == {Scope.ROOM, Scope.PARTICIPANT}
    shown = replace(snapshot(1, 8), alerts=told)
    open_text = encode(room_message(filter_snapshot(shown, PrivacyPolicy("tiles")))).decode()
    assert "secret-0" in open_text
    text = encode(room_message(filter_snapshot(shown, PrivacyPolicy("room", 5)))).decode()
    assert "Many faces look sad: 8 of 8" in text
    assert "secret" not in text


def test_below_the_least_group_there_is_no_trend_no_advice_and_no_alert() -> None:
    passed = filter_snapshot(snapshot(1, 4), PrivacyPolicy("room", 5))
    assert passed.room == Room(4, 4, 4)
    assert passed.alerts == ()
    assert [one.wall for one in passed.markers] == [one.wall for one in snapshot(1, 4).markers]


def test_in_mode_off_there_are_no_markers_either() -> None:
    passed = filter_snapshot(replace(snapshot(1), unmarked=(WALL,)), PrivacyPolicy("off"))
    assert (passed.room, passed.alerts, passed.markers, passed.unmarked) == (Room(0, 0, 0), (), (), ())


def test_the_excluded_are_in_no_alert() -> None:
    given = snapshot(1)
    first = replace(given.readings[0], state=TileState.EXCLUDED)
    passed = filter_snapshot(replace(given, readings=(first, *given.readings[1:])), PrivacyPolicy())
    assert [(alert.name, alert.tiles) for alert in passed.alerts] == [("quiet", ("t1",))]
    assert passed.readings[0].motivation is None


def test_under_a_policy_the_faces_that_were_found_are_the_group() -> None:
    """No face is read there, and attention rests on those that were found."""
    given = replace(snapshot(1), room=Room(9, 6, 0, attention=0.8))
    assert filter_snapshot(given, PrivacyPolicy("room", 6, "eu_education")).room.attention == 0.8
    assert filter_snapshot(given, PrivacyPolicy("room", 7, "eu_education")).room == Room(9, 6, 0)
    assert filter_snapshot(given, PrivacyPolicy("room", 6)).room == Room(9, 6, 0)
