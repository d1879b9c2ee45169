"""The one-place slot: newest wins, losses are counted, closing wakes and tells why."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.errors import SourceLostError
from agent.sources.latest_frame import LatestFrame
from agent.values import Frame

PIXELS = np.zeros((1, 1, 3), np.uint8)


def frame(time: float) -> Frame:
    return Frame(PIXELS, time, time)


@given(st.lists(st.booleans(), max_size=40))
def test_the_newest_frame_is_taken_and_every_other_one_is_counted(puts: list[bool]) -> None:
    latest: LatestFrame[Frame] = LatestFrame()
    put, taken = 0, 0
    for is_put in puts:
        if is_put:
            put += 1
            latest.put(frame(float(put)))
        else:
            got = latest.take(0.0)
            if got is not None:
                taken += 1
                assert got.time == put
    left = latest.take(0.0)
    assert latest.dropped == put - taken - (left is not None)


def test_closing_wakes_a_waiting_reader() -> None:
    latest: LatestFrame[Frame] = LatestFrame()
    got: list[Frame | None] = []
    reader = threading.Thread(target=lambda: got.append(latest.take(30.0)))
    reader.start()
    latest.close()
    reader.join(timeout=5.0)
    assert got == [None]
    assert not reader.is_alive()


def test_the_last_frame_is_taken_before_the_error_is_raised_once() -> None:
    latest: LatestFrame[Frame] = LatestFrame()
    latest.put(frame(1.0))
    latest.close(SourceLostError("unplugged"))
    latest.put(frame(2.0))
    last = latest.take(0.0)
    assert last is not None
    assert last.time == 1.0
    with pytest.raises(SourceLostError, match="unplugged"):
        latest.take(0.0)
    assert latest.take(0.0) is None
    assert latest.closed


def test_what_breaks_after_the_close_is_no_news() -> None:
    """The taker closed it, and a decoder whose file is closed under it fails."""
    latest: LatestFrame[Frame] = LatestFrame()
    latest.close()
    latest.close(SourceLostError("closed under the decoder"))
    assert latest.take(0.0) is None
