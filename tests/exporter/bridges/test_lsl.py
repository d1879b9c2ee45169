"""The LSL bridge and the real library: a stream, found and read in the same process."""

from __future__ import annotations

import math
import os
import socket
import subprocess
import sys
from pathlib import Path

import pylsl
import pytest

from exporter.bridges.lsl import CHANNELS, LslBridge, sample
from exporter.privacy import PrivacyPolicy
from tests.exporter.samples import SCORES, snapshot
from tests.paths import ROOT
from tests.waiting import PATIENCE


def test_a_sample_holds_the_room_only() -> None:
    values = dict(zip(CHANNELS, sample(snapshot(1, 8), PrivacyPolicy()), strict=True))
    assert [values[name] for name in CHANNELS[:7]] == list(SCORES)
    assert (values["tiles"], values["faces"], values["read"]) == (8, 8, 8)


def test_below_the_least_group_there_are_no_figures() -> None:
    values = sample(snapshot(1, 4), PrivacyPolicy("room", 5))
    assert all(math.isnan(value) for value in values[:10])


TWO = """
import pytest
from agent.errors import ConfigError
from exporter.bridges.lsl import LslBridge
from exporter.privacy import PrivacyPolicy
with LslBridge("first", PrivacyPolicy()), pytest.raises(ConfigError, match="lsl.enabled .* cannot be opened"):
    LslBridge("second", PrivacyPolicy())
"""


def test_a_stream_that_finds_no_free_port_is_refused_with_what_to_do(tmp_path: Path) -> None:
    config = tmp_path / "lsl_api.cfg"
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        base = free.getsockname()[1]
    # One stream takes two ports, of IPv4 and IPv6.
    config.write_text(f"[ports]\nBasePort = {base}\nPortRange = 2\nAllowRandomPorts = false\n")
    environment = {**os.environ, "LSLAPICFG": str(config)}
    subprocess.run([sys.executable, "-c", TWO], env=environment, cwd=ROOT, check=True, timeout=60)


def test_another_tool_finds_and_reads_the_stream() -> None:
    with LslBridge("readtheroom-test", PrivacyPolicy()) as bridge:
        found = pylsl.resolve_byprop("name", "readtheroom-test", timeout=PATIENCE)
        assert found
        inlet = pylsl.StreamInlet(found[0])
        inlet.open_stream(timeout=PATIENCE)
        bridge.publish(snapshot(1, 8))
        values, _ = inlet.pull_sample(timeout=PATIENCE)
        inlet.close_stream()
    assert values == pytest.approx(sample(snapshot(1, 8), PrivacyPolicy()))
    bridge.close()
    bridge.publish(snapshot(2))
