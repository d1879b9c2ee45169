"""When a client gets its next message: newest only, one unacknowledged, no faster than asked for."""

from __future__ import annotations

import pytest

from agent.errors import FeedError
from exporter.server.pacing import Pacer


def test_nothing_is_sent_before_an_offer_or_twice() -> None:
    pacer = Pacer(ack=False, hz=None)
    assert pacer.wait(0.0) is None
    pacer.offer(1)
    assert pacer.wait(0.0) == 0.0
    pacer.sent(1, 0.0)
    assert pacer.wait(9.0) is None


def test_with_ack_the_next_waits_for_the_answer_to_the_last() -> None:
    pacer = Pacer(ack=True, hz=None)
    pacer.offer(1)
    pacer.sent(1, 0.0)
    pacer.offer(2)
    pacer.offer(3)
    assert pacer.wait(1.0) is None
    pacer.acknowledge(1)
    assert pacer.wait(1.0) == 0.0
    pacer.sent(3, 1.0)
    pacer.offer(4)
    pacer.acknowledge(1)
    assert pacer.wait(2.0) is None, "an old acknowledgement lets nothing through"
    pacer.acknowledge(3)
    pacer.acknowledge(1)
    assert pacer.wait(2.0) == 0.0, "nor does it take back a newer one"


@pytest.mark.parametrize(
    ("sent", "wanted"), [(None, "5, but no message was sent yet"), (4, "5, but the newest message is 4")]
)
def test_an_acknowledgement_of_what_was_never_sent_is_refused(sent: int | None, wanted: str) -> None:
    pacer = Pacer(ack=True, hz=None)
    if sent is not None:
        pacer.sent(sent, 0.0)
    with pytest.raises(FeedError, match=wanted):
        pacer.acknowledge(5)
    Pacer(ack=False, hz=None).acknowledge(5)


def test_a_late_loop_does_not_lower_the_rate() -> None:
    pacer = Pacer(ack=False, hz=2)
    sent = []
    for tick in range(1, 41):
        pacer.offer(tick)
        now = tick * 0.15
        if pacer.wait(now) == 0.0:
            pacer.sent(tick, now)
            sent.append(now)
    assert len(sent) == 12, "two a second over six seconds"
