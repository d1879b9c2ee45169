"""The LSL bridge and the real library: a stream, found and read in the same process."""

from __future__ import annotations

import math

import pylsl
import pytest

from exporter.bridges.lsl import CHANNELS, LslBridge, sample
from exporter.privacy import PrivacyPolicy
from tests.exporter.samples import SCORES, WAIT, snapshot


def test_a_sample_holds_the_room_only() -> None:
    values = dict(zip(CHANNELS, sample(snapshot(1, 8), PrivacyPolicy()), strict=True))
    assert [values[name] for name in CHANNELS[:7]] == list(SCORES)
    assert (values["tiles"], values["faces"], values["read"]) == (8, 8, 8)


def test_below_the_least_group_there_are_no_figures() -> None:
    values = sample(snapshot(1, 4), PrivacyPolicy("room", 5))
    assert all(math.isnan(value) for value in values[:10])


def test_another_tool_finds_and_reads_the_stream() -> None:
    with LslBridge("readtheroom-test", PrivacyPolicy()) as bridge:
        found = pylsl.resolve_byprop("name", "readtheroom-test", timeout=WAIT)
        assert found
        inlet = pylsl.StreamInlet(found[0])
        inlet.open_stream(timeout=WAIT)
        bridge.publish(snapshot(1, 8))
        values, _ = inlet.pull_sample(timeout=WAIT)
        inlet.close_stream()
    assert values == pytest.approx(sample(snapshot(1, 8), PrivacyPolicy()))
    bridge.close()
    bridge.publish(snapshot(2))
