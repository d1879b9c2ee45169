"""Fresh, stale, paused, lost, refused: what the overlay makes of it; and calm fading."""

from __future__ import annotations

import dataclasses

import msgspec
import pytest

from agent.values import SourceState, SourceStatus
from exporter.native.state import ALPHA, STALE_AFTER, STATUS_TEXTS, ConnectionState, Fade, OverlayHealth
from exporter.protocol.messages import FramePart, RoomMessage, room_message
from tests.exporter.samples import snapshot


def message(state: SourceState = SourceState.LIVE, *, paused: bool = False) -> RoomMessage:
    return room_message(dataclasses.replace(snapshot(1), source=SourceStatus(state, 0, paused)))


def failing(*, paused: bool = False) -> RoomMessage:
    """While frames come and none can be read."""
    status = SourceStatus(SourceState.STALLED, paused=paused, failed=4, failing=True)
    return room_message(dataclasses.replace(snapshot(1), source=status))


def unseen(state: SourceState) -> RoomMessage:
    """Before the first picture."""
    return msgspec.structs.replace(message(state), frame=FramePart(width=0, height=0))


def connected(got: RoomMessage, kind: str = "screen") -> ConnectionState:
    connection = ConnectionState(kind=kind)
    connection.opened()
    connection.received(got, 10.0)
    return connection


@pytest.mark.parametrize(
    ("got", "health"),
    [
        (message(), OverlayHealth.LIVE),
        (message(SourceState.STALLED), OverlayHealth.STALLED),
        (message(SourceState.LOST), OverlayHealth.LOST),
        (message(paused=True), OverlayHealth.PAUSED),
        (failing(), OverlayHealth.FAILING),
        (failing(paused=True), OverlayHealth.PAUSED),
    ],
)
def test_the_source_s_state_shows(got: RoomMessage, health: OverlayHealth) -> None:
    assert connected(got).health(10.5) is health


@pytest.mark.parametrize(
    ("got", "kind", "health"),
    [
        (unseen(SourceState.STALLED), "camera", OverlayHealth.WAITING),
        (unseen(SourceState.STALLED), "webrtc", OverlayHealth.UNSHARED),
        (message(SourceState.LOST), "webrtc", OverlayHealth.UNSHARED),
        (message(SourceState.STALLED), "webrtc", OverlayHealth.STALLED),
        (message(), "webrtc", OverlayHealth.LIVE),
    ],
)
def test_a_picture_that_people_send_is_not_lost_but_not_shared(
    got: RoomMessage, kind: str, health: OverlayHealth
) -> None:
    assert connected(got, kind).health(10.5) is health


def test_a_feed_that_cannot_be_read_is_said_until_one_can() -> None:
    connection = ConnectionState()
    connection.opened()
    connection.closed(refused=False, unknown=True)
    assert connection.health(1.0) is OverlayHealth.UNKNOWN
    connection.opened()
    assert connection.health(1.1) is OverlayHealth.UNKNOWN
    connection.closed(refused=False)
    assert connection.health(1.2) is OverlayHealth.UNKNOWN
    connection.received(message(), 2.0)
    assert connection.health(2.1) is OverlayHealth.LIVE


def test_readings_go_stale_and_come_back() -> None:
    connection = connected(message())
    assert connection.health(10.0 + STALE_AFTER + 0.1) is OverlayHealth.STALE
    connection.received(message(), 20.0)
    assert connection.health(20.1) is OverlayHealth.LIVE


def test_a_closed_connection_leaves_the_readings_until_they_are_stale() -> None:
    connection = connected(message())
    connection.closed(refused=False)
    assert connection.health(10.5) is OverlayHealth.LIVE
    assert connection.health(10.1 + STALE_AFTER) is OverlayHealth.STALE
    connection.closed(refused=True)
    assert connection.health(10.5) is OverlayHealth.REFUSED
    connection.opened()
    connection.received(message(), 30.0)
    assert connection.health(30.0) is OverlayHealth.LIVE


def test_before_the_first_message_it_is_connecting() -> None:
    assert ConnectionState().health(0.0) is OverlayHealth.CONNECTING


def test_every_state_but_the_live_one_says_what_it_is() -> None:
    assert {health for health in OverlayHealth if not STATUS_TEXTS[health]} == {OverlayHealth.LIVE}
    assert ALPHA[OverlayHealth.LIVE] == 1.0
    assert all(ALPHA.get(health, 0.0) < 0.5 for health in OverlayHealth if health is not OverlayHealth.LIVE)


def test_a_fade_goes_from_where_it_is_and_arrives() -> None:
    fade = Fade(0.0, 1.0)
    fade.aim(1.0, 5.0)
    assert fade.at(5.0) == 0.0
    half = fade.at(5.5)
    assert 0.5 < half < 1.0
    fade.aim(0.0, 5.5)
    assert fade.at(5.5) == half
    assert fade.is_moving(6.0)
    assert fade.at(6.5) == 0.0
    assert not fade.is_moving(6.5)


def test_without_animations_it_jumps() -> None:
    fade = Fade(0.0, 0.0)
    fade.aim(1.0, 5.0)
    assert (fade.at(5.0), fade.is_moving(5.0)) == (1.0, False)
