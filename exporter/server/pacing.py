"""Decides when a client gets its next message, without sockets or clocks.

Sequence numbers are those of ``room`` messages; times are seconds of any monotonic clock.
"""

from __future__ import annotations

from agent.errors import FeedError


class Pacer:
    """Paces one client: always the newest message, at most one unacknowledged, at most ``hz`` a second.

    ``hz`` None does not limit the rate; without ``ack`` no acknowledgement is awaited.
    """

    def __init__(self, *, ack: bool, hz: float | None) -> None:
        self._ack = ack
        self._period = 0.0 if hz is None else 1.0 / hz
        self._newest: int | None = None
        self._sent: int | None = None
        self._acked: int | None = None
        self._due = float("-inf")

    def offer(self, seq: int) -> None:
        """Note that ``seq`` is now the newest message."""
        self._newest = seq

    def wait(self, now: float) -> float | None:
        """Seconds until the newest message may be sent (0: now); None: only after an offer or an ack."""
        if self._newest is None or self._newest == self._sent:
            return None
        if self._ack and self._sent != self._acked:
            return None
        return max(self._due - now, 0.0)

    def sent(self, seq: int, now: float) -> None:
        """Note that the message ``seq`` is sent."""
        self._sent = seq
        # Counted from the due time, not from now: an event loop that wakes late must not lower the rate.
        on_time = self._due + self._period
        self._due = on_time if on_time > now else now + self._period

    def acknowledge(self, seq: int) -> None:
        """Note that the client has acknowledged ``seq``; repeated acknowledgements are ignored.

        Raises FeedError if ``seq`` is greater than that of the last message sent.
        """
        if not self._ack:
            return
        if self._sent is None or seq > self._sent:
            sent = "no message was sent yet" if self._sent is None else f"the newest message is {self._sent}"
            raise FeedError(f"acknowledged {seq}, but {sent}")
        if seq == self._sent:
            self._acked = seq
