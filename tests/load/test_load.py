"""200 clients, a quarter of them slow or stopped: the fast ones miss nothing, memory stays bounded."""

from __future__ import annotations

import gc
from pathlib import Path

import psutil
import pytest

from exporter.server.hub import TRY_LATER, ClientLimits
from tests.exporter.samples import feed_url, serving
from tests.load.clients import Load, close_code_in, run_load

GROWTH_MB = 60.0
"""For both ends of 200 connections, which live in this one process."""


@pytest.mark.soak
def test_two_hundred_clients_of_which_a_quarter_do_not_keep_up(tmp_path: Path) -> None:
    load = Load(messages=40)
    process = psutil.Process()
    with serving(tmp_path, ClientLimits(write_timeout=1.0)) as server:
        gc.collect()
        before = process.memory_info().rss
        outcome = run_load(server, load)
        gc.collect()
        grown = (process.memory_info().rss - before) / 1e6
    assert grown < GROWTH_MB
    assert outcome.codes == [TRY_LATER] * load.stopped
    for seqs in outcome.fast + outcome.slow:
        assert seqs == sorted(set(seqs))
        assert seqs[-1] == load.messages
    # Slow clients skip, and what they get was the newest when they asked for it.
    assert all(len(seqs) < load.messages for seqs in outcome.slow)
    assert max(outcome.behind) <= 1
    assert sum(map(len, outcome.fast)) > load.fast * load.messages / 2


def test_a_thousand_connections_leave_nothing_behind(tmp_path: Path) -> None:
    from websockets.sync.client import connect

    process = psutil.Process()
    with serving(tmp_path) as server:
        for count in range(1000):
            with connect(feed_url(server), proxy=None) as client:
                client.recv()
            if count == 100:
                gc.collect()
                before = process.num_fds(), process.num_threads(), process.memory_info().rss
        server.hub.metrics.count_close(1000)
        gc.collect()
        after = process.num_fds(), process.num_threads(), process.memory_info().rss
        assert after[0] <= before[0] + 3
        assert after[1] <= before[1] + 2
        assert (after[2] - before[2]) / 1e6 < 8


def test_a_close_frame_is_found_behind_other_bytes() -> None:
    assert close_code_in(b"hello\x88\x05\x03\xf5abc") == 1013
    assert close_code_in(b"hello") == 0
