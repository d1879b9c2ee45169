"""In mode room nothing that a client can be given tells one tile from another, whatever was read."""

from __future__ import annotations

import dataclasses
import re

from hypothesis import given, settings
from hypothesis import strategies as st

from agent.values import Alert, Marker, Reading, Reason, Room, Scope, Snapshot, TileState
from exporter.bridges.lsl import sample
from exporter.bridges.mqtt import payloads
from exporter.hub import Views
from exporter.messages import PrivacyMode, encode, room_message
from exporter.metrics import Metrics
from exporter.privacy import KINDS, OTHER_KIND, PrivacyPolicy, filter_snapshot, kind_of
from exporter.recorder.packing import Packer
from tests.exporter.samples import WALL, reading, snapshot

SECRET = re.compile(r"secret|1577836|2020-01-0")
"""An id of a tile, or the time since when one of them looks as it does."""


@st.composite
def tile_readings(draw: st.DrawFn, number: int) -> Reading:
    state = draw(st.sampled_from(TileState))
    reason = draw(st.none() | st.sampled_from(Reason))
    return dataclasses.replace(
        reading(number, state, reason),
        id=f"secret-{number}",
        since=1577836800.0 + draw(st.integers(0, 100_000)),
        speaking=draw(st.booleans()),
    )


@st.composite
def snapshots(draw: st.DrawFn) -> Snapshot:
    count = draw(st.integers(0, 8))
    readings = tuple(draw(tile_readings(number)) for number in range(count))
    about = [f"secret-{number}" for number in range(max(count, 1))]
    alerts = tuple(
        Alert("rule", "it is secret-1" if scope is Scope.PARTICIPANT else "many", tuple(named), WALL, scope)
        for scope, named in draw(
            st.lists(
                st.tuples(st.sampled_from(Scope), st.lists(st.sampled_from(about), unique=True)), max_size=4
            )
        )
    )
    words = st.sampled_from([*KINDS, "exercise", "secret-3 asked", "EXERCISE with secret-1", "marker"])
    markers = tuple(Marker(text, WALL) for text in draw(st.lists(words, max_size=4)))
    read = draw(st.integers(0, count))
    given = snapshot(draw(st.integers(0, 1000)), max(count, 1))
    room = dataclasses.replace(given.room, tiles=count, faces=count, read=read)
    return dataclasses.replace(given, readings=readings, room=room, alerts=alerts, markers=markers)


def everything(given: Snapshot, policy: PrivacyPolicy) -> str:
    """All that a client can have of a snapshot: views, metrics, bridges, and what is recorded."""
    message = room_message(filter_snapshot(given, policy))
    metrics = Metrics()
    metrics.count_frame(message)
    views = Views(message)
    sent = [views.text("tiles"), views.text("room"), encode(message).decode(), metrics.render()]
    sent += [one.decode() for one in payloads(given, policy).values()]
    rows = Packer().pack(filter_snapshot(given, policy), 1.0)
    return "\n".join([*sent, str(sample(given, policy)), repr(rows)])


@settings(max_examples=40, deadline=None)
@given(snapshots(), st.text(max_size=80), st.integers(1, 9))
def test_in_mode_room_no_words_of_a_marker_leave_but_those_of_a_list(
    given: Snapshot, words: str, least: int
) -> None:
    """Every message type: whatever was typed, the texts are those of the same snapshot with its kind."""
    policy = PrivacyPolicy("room", least)
    typed = dataclasses.replace(given, markers=(*given.markers, Marker(words, WALL)))
    passed = filter_snapshot(typed, policy)
    assert {one.text for one in passed.markers} <= {*KINDS, OTHER_KIND}
    listed = dataclasses.replace(given, markers=(*given.markers, Marker(kind_of(words), WALL)))
    assert everything(typed, policy) == everything(listed, policy)


@settings(max_examples=40, deadline=None)
@given(snapshots(), st.integers(1, 9))
def test_mode_room_tells_of_no_tile(given: Snapshot, least: int) -> None:
    policy = PrivacyPolicy("room", least)
    assert SECRET.search(everything(given, policy)) is None
    passed = filter_snapshot(given, policy)
    assert passed.readings == ()
    assert not any(alert.tiles for alert in passed.alerts)
    if given.room.read < least:
        # Counts alone: no figure of so few.
        assert passed.room == Room(given.room.tiles, given.room.faces, given.room.read)
        assert passed.alerts == ()


@settings(max_examples=40, deadline=None)
@given(snapshots(), st.permutations(range(8)), st.integers(1, 9))
def test_mode_room_is_the_same_whoever_sits_where(given: Snapshot, order: list[int], least: int) -> None:
    """Not even indirectly: tiles in another order, under other names, at other places give the same texts."""
    policy = PrivacyPolicy("room", least)
    moved = tuple(
        dataclasses.replace(
            given.readings[place], id=f"x{place}", row=5, col=place, since=WALL, speaking=False
        )
        for place in order
        if place < len(given.readings)
    )
    other = dataclasses.replace(given, readings=moved)
    assert everything(given, policy) == everything(other, policy)


@settings(max_examples=25, deadline=None)
@given(snapshots())
def test_mode_off_tells_nothing(given: Snapshot) -> None:
    passed = filter_snapshot(given, PrivacyPolicy("off"))
    assert (passed.readings, passed.alerts, passed.markers, passed.room) == ((), (), (), Room(0, 0, 0))
    assert SECRET.search(everything(given, PrivacyPolicy("off"))) is None


@settings(max_examples=25, deadline=None)
@given(snapshots(), st.sampled_from(["tiles", "room", "off"]))
def test_filtering_twice_changes_nothing_more(given: Snapshot, mode: PrivacyMode) -> None:
    policy = PrivacyPolicy(mode, 3)
    once = filter_snapshot(given, policy)
    assert filter_snapshot(once, policy) == once


@settings(max_examples=25, deadline=None)
@given(snapshots())
def test_of_the_excluded_only_the_place_is_said(given: Snapshot) -> None:
    passed = filter_snapshot(given, PrivacyPolicy("tiles"))
    for one in passed.readings:
        if one.state is TileState.EXCLUDED:
            said = (one.face, one.emotion, one.facing, one.speaking, one.motivation, one.reason)
            assert said == (None, None, 0.0, False, None, Reason.PRIVATE)
            assert not any(one.id in alert.tiles for alert in passed.alerts)
