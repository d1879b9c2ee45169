from __future__ import annotations

import pytest

from agent.sources.webrtc.bitrate import LEAST_BITS, BitrateFloor


class Fixed:
    """An estimator that always says the same."""

    def __init__(self, estimate: tuple[int, list[int]] | None) -> None:
        self.estimate, self.packets = estimate, 0

    def add(self, **packet: int) -> tuple[int, list[int]] | None:
        self.packets += packet["payload_size"]
        return self.estimate


@pytest.mark.parametrize(
    ("estimate", "allowed"),
    [
        (None, None),
        ((311_720, [5]), (LEAST_BITS, [5])),
        ((LEAST_BITS + 1, [5, 6]), (LEAST_BITS + 1, [5, 6])),
    ],
)
def test_a_sender_may_always_send_what_sharp_faces_need(
    estimate: tuple[int, list[int]] | None, allowed: tuple[int, list[int]] | None
) -> None:
    estimator = Fixed(estimate)
    assert BitrateFloor(estimator).add(payload_size=1200, ssrc=5) == allowed
    assert estimator.packets == 1200
