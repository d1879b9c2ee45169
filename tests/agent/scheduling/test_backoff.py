"""The rests after frames that could not be read."""

from __future__ import annotations

from agent.scheduling.backoff import FailureBackoff


def test_a_fault_that_lasts_is_met_ever_more_seldom() -> None:
    backoff, rests = FailureBackoff(), []
    for second in range(8):
        backoff.failed(100.0 * second)
        rests.append(round(backoff.until - 100.0 * second, 3))
    assert rests == [0.2, 0.4, 0.8, 1.6, 3.2, 5.0, 5.0, 5.0]
    assert backoff.is_failing


def test_a_frame_that_is_read_ends_the_rest_and_the_next_begins_short() -> None:
    backoff = FailureBackoff()
    assert not backoff.is_failing
    assert backoff.until < 0
    for _ in range(20):
        backoff.failed(1.0)
    backoff.succeeded()
    assert (backoff.is_failing, backoff.count) == (False, 20)
    assert backoff.until < 1.0
    backoff.failed(2.0)
    assert (round(backoff.until, 3), backoff.count) == (2.2, 21)
