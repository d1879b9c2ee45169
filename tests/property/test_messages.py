"""Properties of what leaves the agent: messages, the privacy filter and the pace of one client."""

from __future__ import annotations

import dataclasses
import functools
import json
import math

import jsonschema
import msgspec
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from agent.rate_limits import TokenBucket
from agent.values import (
    LABELS,
    Advice,
    Alert,
    Box,
    Change,
    Direction,
    Emotion,
    Face,
    Marker,
    Reading,
    Reason,
    Room,
    Scope,
    Snapshot,
    SourceState,
    SourceStatus,
    Tempo,
    TileState,
    Trend,
)
from exporter.privacy import KINDS, OTHER_KIND, PrivacyPolicy, filter_snapshot
from exporter.protocol.client_commands import decode_client
from exporter.protocol.messages import RoomMessage, encode, room_message
from exporter.protocol.rounding import rounded_scores
from exporter.protocol.schema import feed_schema
from exporter.server.pacing import Pacer

UNIT = st.floats(0, 1)
SIGNED = st.floats(-1, 1)
WALLS = st.floats(0, 4e9)
BOXES = st.builds(
    Box,
    st.integers(-9999, 9999),
    st.integers(-9999, 9999),
    st.integers(0, 9999),
    st.integers(0, 9999),
)
SCORES = st.lists(st.floats(1e-6, 1), min_size=7, max_size=7).map(
    lambda raw: tuple(value / math.fsum(raw) for value in raw)
)
EMOTIONS = st.builds(Emotion, st.sampled_from(LABELS), UNIT, SCORES, SIGNED, SIGNED)
FACES = st.builds(Face, BOXES, st.just(np.zeros((6, 2), np.float32)), UNIT)
READINGS = st.builds(
    Reading,
    st.text(max_size=8),
    st.integers(0, 9),
    st.integers(0, 9),
    BOXES,
    st.sampled_from(TileState),
    st.booleans(),
    st.none() | FACES,
    UNIT,
    st.none() | EMOTIONS,
    st.none() | st.sampled_from(Reason),
    WALLS,
    st.none() | UNIT,
)
COUNTS = st.integers(0, 49)
CHANGES = st.builds(Change, st.floats(-2, 2), st.sampled_from(Direction))
ROOMS = st.builds(
    Room,
    COUNTS,
    COUNTS,
    COUNTS,
    st.none() | SCORES,
    st.none() | st.sampled_from(LABELS),
    st.none() | SIGNED,
    st.none() | SIGNED,
    st.none() | UNIT,
    st.none() | UNIT,
    st.none() | st.lists(st.tuples(UNIT, UNIT), min_size=7, max_size=7).map(tuple),
    st.none() | st.builds(Trend, CHANGES, CHANGES, CHANGES, CHANGES),
    st.none() | st.builds(Advice, st.sampled_from(Tempo), st.text(max_size=8), st.text(max_size=8)),
)
ALERTS = st.builds(
    Alert,
    st.text(max_size=8),
    st.text(max_size=8),
    st.lists(st.text(max_size=4), max_size=3).map(tuple),
    WALLS,
    st.sampled_from(Scope),
)
SNAPSHOTS = st.builds(
    Snapshot,
    st.integers(0, 2**53),
    WALLS,
    st.floats(-1, 1e6),
    st.integers(1, 9999),
    st.integers(1, 9999),
    st.builds(
        SourceStatus,
        st.sampled_from(SourceState),
        st.integers(0, 10**9),
        failed=st.integers(0, 10**9),
        failing=st.booleans(),
    ),
    st.lists(READINGS, max_size=4).map(tuple),
    ROOMS,
    st.lists(ALERTS, max_size=3).map(tuple),
    markers=st.lists(st.builds(Marker, st.text(max_size=8), WALLS), max_size=3).map(tuple),
)
POLICIES = st.builds(
    PrivacyPolicy,
    st.sampled_from(["tiles", "room", "off"]),
    st.integers(1, 49),
    st.sampled_from(["none", "eu_education"]),
)


@functools.cache
def _validator() -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(
        feed_schema(), format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
    )


@given(SNAPSHOTS)
def test_every_snapshot_becomes_a_valid_message_that_reads_back_the_same(snapshot: Snapshot) -> None:
    message = room_message(snapshot)
    text = encode(message)
    _validator().validate(json.loads(text))
    assert msgspec.json.decode(text, type=RoomMessage) == message


@given(SCORES)
def test_rounded_scores_sum_to_1_and_keep_their_order(scores: tuple[float, ...]) -> None:
    rounded = rounded_scores(scores)
    assert sum(round(value * 10_000) for value in rounded) == 10_000
    for value, original in zip(rounded, scores, strict=True):
        assert value == round(value, 4)
        assert abs(value - original) <= 1e-4
    order = sorted(range(7), key=lambda index: (scores[index], rounded[index]))
    assert [rounded[index] for index in order] == sorted(rounded)


@given(SNAPSHOTS, POLICIES)
def test_the_filter_lets_out_no_more_than_the_mode_says(snapshot: Snapshot, policy: PrivacyPolicy) -> None:
    passed = filter_snapshot(snapshot, policy)
    assert filter_snapshot(passed, policy) == passed
    figures = dataclasses.astuple(passed.room)[3:]
    private = {one.id for one in passed.readings if one.state is TileState.EXCLUDED}
    for reading in passed.readings:
        if reading.state is TileState.EXCLUDED:
            assert (reading.face, reading.emotion, reading.motivation) == (None, None, None)
    assert not any(private & set(alert.tiles) for alert in passed.alerts)
    times = [marker.wall for marker in passed.markers]
    assert times == ([] if policy.mode == "off" else [marker.wall for marker in snapshot.markers])
    if policy.mode == "tiles":
        assert passed.markers == snapshot.markers
    assert policy.mode != "room" or all(marker.text in (*KINDS, OTHER_KIND) for marker in passed.markers)
    if policy.mode == "tiles":
        assert passed.room == snapshot.room
        assert [one.id for one in passed.readings] == [one.id for one in snapshot.readings]
        return
    assert passed.readings == ()
    assert not any(alert.tiles or alert.scope is Scope.PARTICIPANT for alert in passed.alerts)
    room = snapshot.room
    group = room.read if policy.legal_policy == "none" else room.faces
    if policy.mode == "off" or group < policy.min_group:
        assert figures == (None,) * len(figures)
        assert passed.alerts == ()
    else:
        assert passed.room == snapshot.room


STEPS = st.lists(st.sampled_from(["offer", "ack", "time"]), max_size=60)


@given(STEPS, st.booleans(), st.none() | st.floats(0.5, 50))
def test_a_client_gets_the_newest_and_with_ack_never_two_at_once(
    steps: list[str], ack: bool, hz: float | None
) -> None:
    pacer = Pacer(ack=ack, hz=hz)
    now, newest, unanswered = 0.0, 0, 0
    sent: list[tuple[int, float]] = []
    for step in steps:
        if step == "offer":
            newest += 1
            pacer.offer(newest)
        elif step == "ack" and sent:
            pacer.acknowledge(sent[-1][0])
            unanswered = 0
        else:
            now += 0.03
        if pacer.wait(now) == 0:
            pacer.sent(newest, now)
            sent.append((newest, now))
            unanswered += 1
        assert not ack or unanswered <= 1
    assert [seq for seq, _ in sent] == sorted({seq for seq, _ in sent})
    if hz is not None:
        for seconds in (1.0, 0.3):
            for _, start in sent:
                within = [time for _, time in sent if start <= time < start + seconds]
                assert len(within) <= math.ceil(seconds * hz) + 1


@given(STEPS)
def test_once_all_is_acknowledged_the_newest_goes_out(steps: list[str]) -> None:
    pacer = Pacer(ack=True, hz=None)
    for seq, _ in enumerate(steps, start=1):
        pacer.offer(seq)
    if steps:
        pacer.sent(1, 0.0)
        pacer.acknowledge(1)
        assert pacer.wait(0.0) == (None if len(steps) == 1 else 0)


@given(st.lists(st.floats(0, 0.2), min_size=1, max_size=80), st.integers(1, 20), st.integers(1, 50))
def test_the_guard_lets_no_more_through_than_its_allowance(
    pauses: list[float], burst: int, rate: int
) -> None:
    guard, now, passed = TokenBucket(rate, burst), 0.0, 0
    for pause in pauses:
        now += pause
        passed += guard.take(now)
        assert passed <= burst + now * rate + 1e-6
    assert passed >= min(burst, len(pauses))


@given(st.binary(max_size=100) | st.text(max_size=100))
def test_only_a_decode_error_comes_out_of_garbage(data: bytes | str) -> None:
    try:
        decode_client(data)
    except (msgspec.DecodeError, UnicodeError) as error:
        assert str(error)
