"""Five minutes of the room's figures: a sample a second, no more, and nothing twice."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import httpx
import msgspec
import pytest

from agent.values import Room
from exporter.privacy import PrivacyPolicy
from exporter.protocol.messages import room_message
from exporter.server.history import SPAN, STEP, HistoryPart, PageHistory
from tests.exporter.samples import following, receive, serving, snapshot


def test_a_sample_a_second_is_kept_for_five_minutes() -> None:
    history = PageHistory()
    for seq in range(5 * 700):
        message = room_message(snapshot(seq))
        history.add(message, seq / 5)
    told = history.tell(700.0)
    assert len(told.samples) == SPAN / STEP
    assert told.samples[-1].time == room_message(snapshot(5 * 699)).time
    assert told.samples[0].motivation == 0.61
    assert history.tell(700.0 + SPAN + 1).samples == ()


def test_a_message_that_comes_again_is_no_news_and_one_without_figures_is_a_gap() -> None:
    history = PageHistory()
    for second in range(5):
        history.add(room_message(snapshot(1)), float(second))
    history.add(room_message(dataclasses.replace(snapshot(2), room=Room(9, 9, 0))), 5.0)
    first, gap = history.tell(6.0).samples
    assert first.scores is not None
    assert first.scores.happy == 0.8
    assert (gap.read, gap.scores, gap.valence) == (0, None, None)


@pytest.mark.parametrize(("policy", "is_told"), [(PrivacyPolicy(), True), (PrivacyPolicy("room", 5), False)])
def test_it_is_served_with_the_token_as_far_as_privacy_lets_it_out(
    tmp_path: Path, policy: PrivacyPolicy, is_told: bool
) -> None:
    with serving(tmp_path, policy=policy) as server, following(server) as client:
        server.publish(snapshot(1))
        receive(client)
        address = server.page("/history")
        assert httpx.get(address.partition("?")[0]).status_code == 401
        told = msgspec.json.decode(httpx.get(address).content, type=HistoryPart)
    assert [sample.scores is not None for sample in told.samples] == [is_told]
    assert [sample.time for sample in told.samples] == [room_message(snapshot(1)).time]
