"""What a run says of itself in the log."""

from __future__ import annotations

import dataclasses
import logging
import time

import pytest

from agent.commands.run import _noting_first
from agent.values import Room, Snapshot, SourceState, SourceStatus
from tests.exporter.samples import snapshot

READ = snapshot(3)
UNREAD = dataclasses.replace(READ, room=Room(9, 9, 0), age=0.5)
WAITING = dataclasses.replace(snapshot(1, 0), width=0, height=0, source=SourceStatus(SourceState.STALLED))


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ([READ, READ], "first reading 100.0 s after the start"),
        ([UNREAD, READ], "first reading 100.0 s after the start"),
        ([WAITING, WAITING, UNREAD, READ, READ], "first reading 0.5 s after the first picture"),
    ],
)
def test_the_wait_for_somebody_to_share_does_not_count(
    caplog: pytest.LogCaptureFixture, given: list[Snapshot], told: str
) -> None:
    caplog.set_level(logging.INFO, logger="readtheroom")
    published: list[Snapshot] = []
    publish = _noting_first(published.append, time.monotonic() - 100)
    for one in given:
        publish(one)
    assert published == given
    assert caplog.messages == [told]
