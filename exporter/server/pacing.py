"""When a client gets its next message, and which: decisions without sockets or clocks.

Sequence numbers are those of ``room`` messages; times are seconds of any monotonic clock.
"""

from __future__ import annotations

from agent.errors import FeedError


class Pacer:
    """Paces one client: always the newest message, at most one unacknowledged, at most ``hz`` a second.

    ``hz`` None does not cap the rate; without ``ack`` nothing waits for the client here.
    """

    def __init__(self, *, ack: bool, hz: float | None) -> None:
        self._ack = ack
        self._period = 0.0 if hz is None else 1.0 / hz
        self._newest: int | None = None
        self._sent: int | None = None
        self._acked: int | None = None
        self._due = float("-inf")

    def offer(self, seq: int) -> None:
        """A newer message than all before exists."""
        self._newest = seq

    def wait(self, now: float) -> float | None:
        """Seconds until the newest message may go out (0: now), or None: not before an offer or an ack."""
        if self._newest is None or self._newest == self._sent:
            return None
        if self._ack and self._sent != self._acked:
            return None
        return max(self._due - now, 0.0)

    def sent(self, seq: int, now: float) -> None:
        """The message ``seq`` went out."""
        self._sent = seq
        # From the time it was due, not from now: a loop that wakes late must not lower the rate.
        on_time = self._due + self._period
        self._due = on_time if on_time > now else now + self._period

    def acknowledge(self, seq: int) -> None:
        """The client has ``seq``; one that it had acknowledged before is no news.

        Raises FeedError when ``seq`` was never sent to it.
        """
        if not self._ack:
            return
        if self._sent is None or seq > self._sent:
            sent = "no message was sent yet" if self._sent is None else f"the newest message is {self._sent}"
            raise FeedError(f"acknowledged {seq}, but {sent}")
        if seq == self._sent:
            self._acked = seq
