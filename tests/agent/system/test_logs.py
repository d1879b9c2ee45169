"""Logging: one line on stderr, and repeated events at a limited rate."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.system.logs import RateLimit, logger, set_up


@pytest.fixture
def log_as_before() -> Iterator[None]:
    handlers, level, propagate = list(logger.handlers), logger.level, logger.propagate
    yield
    logger.handlers[:] = handlers
    logger.setLevel(level)
    logger.propagate = propagate


@pytest.mark.usefixtures("log_as_before")
def test_the_last_level_counts_and_nothing_is_said_twice(capsys: pytest.CaptureFixture[str]) -> None:
    set_up("debug")
    set_up("warning")
    logger.info("a whisper")
    logger.warning("port %d is taken", 8765)
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.count("port 8765 is taken\n") == 1
    assert "whisper" not in shown.err


def test_the_first_event_is_logged_and_the_next_ones_are_counted() -> None:
    limit = RateLimit(10.0)
    assert [limit.allow(time) for time in (0.0, 1.0, 9.9, 10.0, 10.1, 20.0)] == [0, None, None, 2, None, 1]


@given(st.lists(st.floats(0, 100), min_size=1, max_size=40))
def test_no_event_is_lost_and_none_comes_too_soon(times: list[float]) -> None:
    limit, held_back, last = RateLimit(7.0), 0, None
    for time in sorted(times):
        told = limit.allow(time)
        if told is None:
            held_back += 1
            continue
        assert told == held_back
        assert last is None or time - last >= 7.0
        held_back, last = 0, time
