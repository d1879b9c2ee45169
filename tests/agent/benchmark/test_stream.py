from __future__ import annotations

import pytest

from agent.benchmark.galleries import DrawnGallery
from agent.benchmark.measures import this_machine
from agent.benchmark.stream import measure_stream
from agent.benchmark.table import BenchReport, print_report
from agent.configuration.config import Config


def test_the_parts_of_a_stream_are_measured_and_shown(capsys: pytest.CaptureFixture[str]) -> None:
    stream = measure_stream(Config(), DrawnGallery(4, "720p", 1), hz=10.0, seconds=0.5)
    assert sum(stream.shares.values()) == pytest.approx(1, abs=0.01)
    assert min(stream.decode.p50, stream.convert.p50, stream.analyse.p50) > 0
    # Every frame is decoded, a third of them read.
    whole = 15 * stream.decode.p50 + 5 * (stream.convert.p50 + stream.analyse.p50)
    assert 500 * stream.core > 0.2 * whole
    print_report(BenchReport(this_machine(), 15, None, [], [], [], [stream]))
    shown = capsys.readouterr().out
    assert "30 frames a second" in shown
    assert "4 tiles, 720p" in shown
