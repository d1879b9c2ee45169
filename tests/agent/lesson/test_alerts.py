"""Alerts: what lasts is told of once, with its evidence, and nobody is ranked."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.lesson.alerts import LAPSE, Alerts
from agent.lesson.rules import CameraRule, ExpressionRule, Rule, TurnedRule, UnusualRule, default_rules
from agent.values import Alert, Reading, Scope, TileState
from tests.agent.lessons import WALL, reading

SAD = ExpressionRule(name="sad", labels=["sad", "fear"], share=0.5, seconds=30.0, cool_down=120.0)
AWAY = TurnedRule(name="away", share=0.5, seconds=30.0)
UNUSUAL = UnusualRule(name="unusual", distance=0.5, seconds=60.0)
CAMERA = CameraRule(name="camera", seconds=120.0)

Class = Callable[[int], Sequence[Reading]]
Told = list[tuple[Alert, ...]]


def play(rule: Rule, scenes: Iterable[tuple[int, Class]], hz: int = 1) -> Told:
    """What is told at each second of some scenes, each of so many seconds."""
    alerts, told, second = Alerts([rule]), [], 0
    for seconds, scene in scenes:
        for _ in range(seconds):
            for part in range(hz):
                time = second + part / hz
                now = alerts.update(scene(second), time, WALL + time)
            told.append(now)
            second += 1
    return told


def room(sad: int, count: int = 10) -> Class:
    return lambda _: [reading(f"t{i}", "sad" if i < sad else "neutral") for i in range(count)]


def first(told: Sequence[tuple[Alert, ...]]) -> int:
    return next(second for second, alerts in enumerate(told) if alerts)


@pytest.mark.parametrize("hz", [1, 5, 15])
def test_a_share_that_lasts_is_told_with_its_evidence(hz: int) -> None:
    told = play(SAD, [(20, room(1)), (40, room(6))], hz)
    assert first(told) == pytest.approx(50, abs=1)
    (alert,) = told[first(told)]
    assert (alert.name, alert.scope) == ("sad", Scope.ROOM)
    assert alert.text == "Many faces look sad or fearful: 6 of 10 (60 %)."
    assert alert.tiles == tuple(f"t{i}" for i in range(6))
    assert alert.since == pytest.approx(WALL + 20, abs=2)


def test_less_than_the_share_or_the_time_is_not_told() -> None:
    assert not any(play(SAD, [(300, room(4))]))
    assert not any(play(SAD, [(20, room(9)), (10, room(0))] * 10))


def test_a_moments_lapse_does_not_begin_anew() -> None:
    assert first(play(SAD, [(20, room(6)), (int(LAPSE) - 1, room(0)), (20, room(6))])) < 40


@pytest.mark.parametrize("held", [1, 5])
def test_what_holds_only_now_and_then_does_not_last(held: int) -> None:
    # 0.2 s or 1 s of every 5 s.
    alerts = Alerts([SAD])
    for step in range(5 * 1200):
        sad = 10 if step % 25 < held else 0
        assert alerts.update(room(sad)(0), step / 5, WALL + step / 5) == ()


def test_an_alert_began_before_the_lapses_in_it() -> None:
    told = play(SAD, [(20, room(1)), (20, room(6)), (4, room(0)), (30, room(6))])
    (alert,) = told[first(told)]
    assert first(told) == pytest.approx(20 + 20 + 4 + 14, abs=2)
    assert alert.since == pytest.approx(WALL + 20, abs=2)


@pytest.mark.parametrize(("share", "hits"), [(0.28, 7), (0.56, 14)])
def test_exactly_the_share_is_enough_however_it_is_rounded(share: float, hits: int) -> None:
    rule = ExpressionRule(name="sad", labels=["sad"], share=share, seconds=10.0)
    assert play(rule, [(20, room(hits, 25))])[-1]
    assert not any(play(rule, [(20, room(hits - 1, 25))]))


def test_with_few_frames_time_is_counted_in_full() -> None:
    alerts = Alerts([SAD], hz=0.1)
    told = [alerts.update(room(6)(0), 10.0 * frame, WALL + 10 * frame) for frame in range(5)]
    assert [bool(one) for one in told] == [False, False, False, True, True]
    assert told[3][0].since == pytest.approx(WALL)


def test_after_its_end_there_is_silence_for_the_cool_down() -> None:
    told = play(SAD, [(40, room(6)), (20, room(0)), (200, room(6))])
    assert told[39]
    assert not told[59]
    again = 59 + first(told[59:])
    # It ended LAPSE seconds into the pause.
    assert again == pytest.approx(45 + 120, abs=3)


def resume(rule: Rule, before: tuple[int, Class], gap: float, after: tuple[int, Class]) -> Told:
    """What is told at each second after a gap of some seconds in which no frame came, and the seconds."""
    alerts, told = Alerts([rule], hz=1.0), []
    for second in range(before[0]):
        alerts.update(before[1](second), float(second), WALL + second)
    for second in range(after[0]):
        at = before[0] + gap + second
        told.append(alerts.update(after[1](second), at, WALL + at))
    return told


def test_what_held_before_a_pause_is_not_counted_with_what_holds_after_it() -> None:
    told = resume(SAD, (29, room(6)), 3600.0, (60, room(6)))
    assert first(told) == pytest.approx(30, abs=1)
    assert told[first(told)][0].since == pytest.approx(WALL + 29 + 3600, abs=1)


def test_a_pause_ends_an_alert_and_the_silence_after_it_goes_on_meanwhile() -> None:
    told = resume(SAD, (60, room(6)), 50.0, (140, room(6)))
    assert first(told) == pytest.approx(120 - 50, abs=1)
    told = resume(SAD, (60, room(6)), 3600.0, (140, room(6)))
    assert first(told) == pytest.approx(30, abs=1)


def test_a_machine_that_slept_is_known_by_the_time_of_day() -> None:
    """The monotonic clock of Linux stands still meanwhile."""
    alerts = Alerts([SAD])
    for second in range(29):
        alerts.update(room(6)(0), float(second), WALL + second)
    for second in range(29, 58):
        assert alerts.update(room(6)(0), float(second), WALL + 3600 + second) == ()


@pytest.mark.parametrize(("gap", "is_kept"), [(20.0, True), (600.0, False)])
def test_a_camera_that_was_off_before_a_pause(gap: float, is_kept: bool) -> None:
    def off(second: int) -> list[Reading]:
        return [reading("t1", state=TileState.CAMERA_OFF if second >= 10 else TileState.FACE)]

    rule = CameraRule(name="camera", seconds=5.0, cool_down=0.0)
    told = resume(rule, (40, off), gap, (9, lambda _: off(10)))
    assert bool(told[0]) is is_kept
    assert told[-1][0].since == pytest.approx(WALL + (10 if is_kept else 40 + gap), abs=1.1)


def test_few_faces_say_nothing() -> None:
    assert not any(play(SAD, [(120, room(4, 4))]))


def test_an_alert_keeps_its_beginning_and_does_not_change_all_the_time() -> None:
    rng = random.Random(1)
    told = play(SAD, [(40, room(6)), (60, lambda _: room(rng.choice([6, 7, 8]))(0))])
    texts = [alerts[0].text for alerts in told[40:]]
    assert len(set(texts)) <= 7
    assert len({alerts[0].since for alerts in told[40:]}) == 1


def test_half_the_room_turned_away_or_out_of_sight() -> None:
    def scene(_: int) -> list[Reading]:
        turned = [reading(f"t{i}", None, facing=0.2) for i in range(3)]
        gone = [reading(f"t{i}", state=TileState.NO_FACE) for i in range(3, 5)]
        off = [reading(f"t{i}", state=TileState.CAMERA_OFF) for i in range(5, 15)]
        return [*turned, *gone, *off, *(reading(f"t{i}") for i in range(15, 19))]

    (alert,) = play(AWAY, [(40, scene)])[-1]
    assert alert.text == "Many are turned away or out of sight: 5 of 9 (56 %)."
    assert alert.tiles == ("t0", "t1", "t2", "t3", "t4")


def one_of(label: str, state: TileState = TileState.FACE) -> Class:
    return lambda _: [reading("t1", label, state=state), *(reading(f"t{i}") for i in range(2, 8))]


def test_one_participant_far_from_what_is_usual_for_her() -> None:
    told = play(UNUSUAL, [(300, one_of("neutral")), (120, one_of("sad"))])
    assert 355 <= first(told) <= 385
    (alert,) = told[first(told)]
    assert alert.tiles == ("t1",)
    assert alert.scope is Scope.PARTICIPANT
    assert "t1 looks sad" in alert.text
    assert "usually" in alert.text


@pytest.mark.parametrize("away", [one_of("sad", TileState.CAMERA_OFF), room(0, 1)])
def test_what_was_unusual_is_over_when_nothing_was_read_for_a_minute(away: Class) -> None:
    told = play(UNUSUAL, [(300, one_of("neutral")), (120, one_of("sad")), (70, away), (5, one_of("sad"))])
    assert told[419]
    assert told[-6:] == [()] * 6


def test_who_always_looks_sad_is_not_unusual() -> None:
    assert not any(play(UNUSUAL, [(900, one_of("sad"))]))


def test_nothing_is_unusual_before_something_is_usual() -> None:
    assert not any(play(UNUSUAL, [(40, one_of("neutral")), (60, one_of("sad"))]))


@pytest.mark.parametrize(("away", "is_told"), [(60, True), (1900, False)])
def test_what_was_usual_for_somebody_who_left_long_ago_is_forgotten(away: int, is_told: bool) -> None:
    without = [reading(f"t{i}") for i in range(2, 8)]
    told = play(UNUSUAL, [(300, one_of("neutral")), (away, lambda _: without), (100, one_of("sad"))])
    assert any(told) is is_told


def test_a_camera_that_stays_off_is_told_but_not_one_that_never_was_on() -> None:
    def scene(second: int) -> list[Reading]:
        return [
            reading("t1", state=TileState.FACE if second < 20 else TileState.CAMERA_OFF),
            reading("t2", state=TileState.CAMERA_OFF),
            reading("t3"),
        ]

    told = play(CAMERA, [(200, scene)])
    assert first(told) == pytest.approx(139, abs=2)
    assert told[-1][0].tiles == ("t1",)
    assert told[-1][0].text == "Camera off for 2 min or longer."


def test_each_participants_alert_has_a_beginning_of_its_own_and_ends_by_itself() -> None:
    """Of two cameras that were off together for a while, one turned off later and stays off."""

    def scene(second: int) -> list[Reading]:
        off = {"t1": 30 <= second < 60, "t2": second >= 45}
        states = {tile: TileState.CAMERA_OFF if is_off else TileState.FACE for tile, is_off in off.items()}
        return [reading(tile, state=state) for tile, state in states.items()]

    told = play(CameraRule(name="camera", seconds=5.0), [(100, scene)])
    assert {alert.tiles for alerts in told for alert in alerts} == {("t1",), ("t2",)}
    for tile, begun, end in (("t1", 30, 60 + LAPSE), ("t2", 45, 100)):
        stands = [
            (at, alert.since) for at, alerts in enumerate(told) for alert in alerts if tile in alert.tiles
        ]
        (since,) = {since for _, since in stands}
        assert since == pytest.approx(WALL + begun, abs=1.1)
        assert stands[-1][0] == pytest.approx(end, abs=1.1)


def test_who_is_on_another_page_for_a_while_keeps_the_beginning() -> None:
    def scene(second: int) -> list[Reading]:
        shown = [reading("t1", state=TileState.CAMERA_OFF if second >= 10 else TileState.FACE)]
        return [*shown, reading("t2")] if not 40 <= second < 60 else [reading("t2")]

    told = play(CameraRule(name="camera", seconds=5.0), [(80, scene)])
    assert told[39]
    assert not told[50]
    assert told[70][0].since == told[39][0].since


def test_participants_stand_in_the_gallerys_order_whatever_their_figures() -> None:
    def scene(second: int) -> list[Reading]:
        shares = {"t9": 0.6, "t1": 0.99, "t5": 0.8}
        label = "neutral" if second < 300 else "sad"
        return [reading(tile, label, share=share) for tile, share in shares.items()]

    told = play(UnusualRule(name="u", distance=0.3, seconds=30.0), [(400, scene)])
    assert [alert.tiles for alert in max(told, key=len)] == [("t9",), ("t1",), ("t5",)]


def test_the_default_rule_for_what_is_unusual_says_its_time_as_it_is_set() -> None:
    def sure(label: str) -> Class:
        return lambda _: [reading("t0", label, share=0.99)]

    (rule,) = [one for one in default_rules() if isinstance(one, UnusualRule)]
    told = play(rule, [(400, sure("neutral")), (200, sure("sad"))])
    (alert,) = told[first(told)]
    assert alert.text.startswith("Unlike usual for 90 s or longer: t0 looks sad")


def test_the_excluded_are_in_no_alert_and_forgotten() -> None:
    def scene(second: int) -> list[Reading]:
        state = TileState.EXCLUDED if second >= 10 else TileState.FACE
        return [reading("t1", state=state), *(reading(f"t{i}", "sad") for i in range(2, 8))]

    rules: list[Rule] = [SAD, AWAY, UNUSUAL, CAMERA]
    alerts = Alerts(rules)
    for second in range(300):
        told = alerts.update(scene(second), float(second), WALL + second)
        assert all("t1" not in one.tiles and "t1" not in one.text for one in told)
    assert told


@pytest.mark.parametrize("jump", [3600.0, -3600.0, 1e12])
def test_a_clock_that_jumps_makes_no_alert(jump: float) -> None:
    alerts = Alerts([SAD])
    for second in range(10):
        assert alerts.update(room(6)(0), float(second), WALL) == ()
    assert alerts.update(room(6)(0), jump, WALL + jump / 1e3) == ()
    for second in range(15):
        assert alerts.update(room(6)(0), jump + second, WALL) == ()


def test_the_default_rules_leave_a_calm_class_alone() -> None:
    rng = random.Random(4)

    def scene(_: int) -> list[Reading]:
        labels = rng.choices(["neutral", "happy", "sad", "surprise"], [7, 2, 1, 1], k=20)
        return [reading(f"t{i}", label, facing=rng.uniform(0.7, 1)) for i, label in enumerate(labels)]

    alerts = Alerts(default_rules())
    assert not any(alerts.update(scene(0), float(second), WALL + second) for second in range(1200))


def test_the_source_that_is_lost_ends_what_was_told() -> None:
    told = play(SAD, [(40, room(6)), (10, lambda _: [])])
    assert told[39]
    assert told[-1] == ()


STATES = st.sampled_from(list(TileState))
READINGS = st.lists(
    st.builds(
        lambda tile, label, state, facing: reading(f"t{tile}", label, state=state, facing=facing),
        st.integers(0, 9),
        st.sampled_from(["sad", "happy", "neutral", None]),
        STATES,
        st.floats(0, 1),
    ),
    max_size=10,
    unique_by=lambda one: one.id,
)


@settings(max_examples=40)
@given(st.lists(st.tuples(READINGS, st.floats(-1e6, 1e6)), max_size=30))
def test_room_alerts_name_no_tile_in_their_text(frames: list[tuple[list[Reading], float]]) -> None:
    rules: list[Rule] = [
        ExpressionRule(name="s", labels=["sad"], share=0.1, seconds=1.0, least_faces=1, cool_down=0.0),
        TurnedRule(name="a", share=0.1, seconds=1.0, least_faces=1, cool_down=0.0),
        UnusualRule(name="u", distance=0.1, seconds=1.0),
        CameraRule(name="c", seconds=1.0),
    ]
    alerts = Alerts(rules)
    for readings, time in frames:
        shown = {one.id for one in readings}
        for alert in alerts.update(readings, time, WALL):
            if alert.scope is Scope.ROOM:
                assert not any(f"t{number}" in alert.text.split() for number in range(10))
            else:
                assert set(alert.tiles) <= shown
