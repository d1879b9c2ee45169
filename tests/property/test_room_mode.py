"""In mode room nothing that a client can be given tells one tile from another, whatever was read."""

from __future__ import annotations

import dataclasses
import re

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.composition.recording import describe
from agent.configuration.config import Config, PrivacyConfig
from agent.lesson.rules import ExpressionRule, TurnedRule
from agent.values import (
    Alert,
    Marker,
    PrivacyMode,
    Reading,
    Reason,
    Room,
    Scope,
    Snapshot,
    SourceInfo,
    TileState,
)
from exporter.bridges.lsl import sample
from exporter.bridges.mqtt import payloads
from exporter.privacy import (
    KINDS,
    OTHER_KIND,
    OTHER_RULE,
    RULES,
    PrivacyPolicy,
    filter_snapshot,
    filter_source,
    kind_of,
)
from exporter.protocol.messages import SourcePart, encode, room_message
from exporter.recorder.packing import Packer
from exporter.server.feed_server import About, hello_of
from exporter.server.history import PageHistory
from exporter.server.metrics import Metrics
from exporter.server.views import EncodedMessage
from models.card import load_card
from models.weights import EXPRESSION
from tests.exporter.samples import ABOUT, WALL, reading, snapshot

CARD = load_card(EXPRESSION)

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
    names = st.sampled_from([*RULES, "alert", "secret-2 looks bored"])
    alerts = tuple(
        Alert(
            draw(names), "it is secret-1" if scope is Scope.PARTICIPANT else "many", tuple(named), WALL, scope
        )
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
    """All that a client can have of a snapshot: views, metrics, history, bridges, and what is recorded."""
    message = room_message(filter_snapshot(given, policy))
    metrics = Metrics()
    metrics.count_frame(message)
    encoded = EncodedMessage(message)
    history = PageHistory()
    history.add(message, 0.0)
    kept = msgspec.json.encode(history.tell(0.0)).decode()
    sent = [encoded.text("tiles"), encoded.text("room"), encode(message).decode(), metrics.render(), kept]
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
    assert {alert.name for alert in passed.alerts} <= {*RULES, OTHER_RULE}
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


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from(["screen", "webrtc", "camera", "media", "demo"]),
    st.text(max_size=40),
    st.sampled_from(["tiles", "room", "off"]),
)
def test_the_source_has_a_name_in_mode_tiles_only(kind: str, name: str, mode: PrivacyMode) -> None:
    """In every client's first message and in what is recorded: a file may be called after a participant."""
    source, policy = SourceInfo(kind, name, 1920, 1080), PrivacyPolicy(mode)
    shown = name if mode == "tiles" else ""
    said = hello_of(About(source, ABOUT.model, policy), "s", WALL).source
    assert said == SourcePart(kind=kind, name=shown, width=1920, height=1080)
    config = msgspec.structs.replace(Config(), privacy=PrivacyConfig(mode=mode))
    details = describe(config, source, CARD, "session", WALL)
    assert (details.source_kind, details.source_name) == (kind, shown)
    assert filter_source(filter_source(source, policy), policy) == filter_source(source, policy)


def test_the_shipped_rules_keep_their_names() -> None:
    room = [rule.name for rule in Config().alerts.rules if isinstance(rule, ExpressionRule | TurnedRule)]
    assert tuple(room) == RULES


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
