"""Pauses that grow, and a bucket that fills."""

from __future__ import annotations

import pytest

from agent.rate_limits import Backoff, TokenBucket


def test_each_pause_is_twice_the_last_up_to_the_longest_until_it_goes_well() -> None:
    backoff = Backoff(0.5, 3.0)
    assert [backoff.next() for _ in range(5)] == [0.5, 1.0, 2.0, 3.0, 3.0]
    backoff.reset()
    assert [backoff.next() for _ in range(2)] == [0.5, 1.0]


def test_a_burst_is_allowed_at_once_and_the_rate_for_long() -> None:
    bucket = TokenBucket(rate=2, burst=3)
    assert [bucket.take(0.0) for _ in range(4)] == [True, True, True, False]
    assert bucket.take(0.5)
    assert not bucket.take(0.5)
    assert all(bucket.take(100 + second / 2) for second in range(20))


def test_a_clock_that_steps_back_gives_no_credit_and_takes_none() -> None:
    bucket = TokenBucket(rate=1, burst=2)
    assert bucket.take(100.0)
    assert bucket.take(0.0)
    assert not bucket.take(0.5)
    assert bucket.take(1.0)


def test_what_is_owed_is_paid_by_time() -> None:
    bucket = TokenBucket(rate=0.5, burst=1)
    bucket.refill(0.0)
    bucket.credit -= 2
    bucket.refill(1.0)
    assert bucket.credit == pytest.approx(-0.5)
    assert not bucket.take(3.0)
    assert bucket.take(4.0)
