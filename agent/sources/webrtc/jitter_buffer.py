"""From a video stream's packets to its encoded frames: a jitter buffer where the newest counts, not all.

aiortc's own hands a frame on when the first packet of the next one has come: at 15 frames a second each
picture is 67 ms older than it need be, and the last one before a pause waits for its end. It takes frames of
512 packets at most (650 kB; a sharp key frame of 4K has more), and holds everything up for as many after a
packet that is lost for good: ten seconds of a stream in which little moves.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

MOST = 4096
"""Packets: a frame of 5 MB. What is further ahead belongs to another numbering."""

LATE = 1024
"""Packets: what is so far behind comes late or twice, and is of no use any more."""

PATIENCE = 22_500
"""Ticks of the video clock (90 kHz): a quarter of a second for a lost packet to be sent again."""

PATIENCE_IF_IGNORED = 180_000
"""Two seconds, for a sender that makes no key frame when asked: what it lost stops its picture for longer."""

NUMBERS, CLOCK = 1 << 16, 1 << 32


class Packet(Protocol):
    """What is used of aiortc's RtpPacket (RFC 3550 5.1); ``_data`` is the part of the encoded frame in it."""

    sequence_number: int
    timestamp: int
    marker: int
    _data: bytes


@dataclass(slots=True)
class Encoded:
    """An encoded frame, as aiortc's decoder takes it; ``after_gap``: some before it are missing.

    ``more`` are those that became whole with the same packet: the receiver takes one frame for each.
    """

    data: bytes
    timestamp: int
    after_gap: bool
    more: list[Encoded] = field(default_factory=list)


class JitterBuffer:
    """Takes the place of a video receiver's jitter buffer. A pure state machine: time is what packets say.

    A frame ends with the packet that is marked as its last (RFC 7741 4.1, RFC 6184 5.1), or where the
    timestamp changes.
    """

    def __init__(self) -> None:
        self.patience = PATIENCE
        """Ticks for a lost packet to be sent again; whoever knows the sender may change it."""
        self._packets: dict[int, Packet] = {}
        self._begun = False
        self._start = 0
        """The number of the first packet that was not yet handed on; it grows without end."""
        self._reach = 0
        """The number up to which no packet is missing."""
        self._ragged = self._gap = False
        self._waiting: tuple[int, int] | None = None
        """For which packet others wait, and since when on the clock of the stream."""

    def add(self, packet: Packet) -> tuple[bool, Encoded | None]:
        """Take a packet; the next whole frame, if there is one, with those that follow as its ``more``.

        The first value is always False: whoever gets a frame after a gap asks for a key frame.
        """
        number = self._number(packet.sequence_number)
        if number is None:
            return False, None
        self._packets[number] = packet
        frame = self._next()
        if frame is None and self._waits_too_long(packet.timestamp):
            self._skip()
            frame = self._next()
        # Left for the next packets to push out, what once had to wait would be late for good.
        while frame is not None and (follower := self._next()) is not None:
            frame.more.append(follower)
        return False, frame

    def _number(self, sequence_number: int) -> int | None:
        """A sequence number (16 bits) counted on from the ones before; None for what comes too late."""
        if not self._begun:
            self._begun, self._start, self._reach = True, sequence_number, sequence_number
        ahead = (sequence_number - self._start + NUMBERS // 2) % NUMBERS - NUMBERS // 2
        if -LATE <= ahead < 0:
            return None
        number = self._start + ahead
        if not 0 <= ahead < MOST:
            self._packets.clear()
            self._begin_at(number, ragged=True)
        return number

    def _next(self) -> Encoded | None:
        while (packet := self._packets.get(self._reach)) is not None:
            before = self._packets.get(self._reach - 1)
            if before is None or before.timestamp == packet.timestamp:
                self._reach += 1
                if not packet.marker:
                    continue
            frame = self._cut()
            if frame is not None:
                return frame
        return None

    def _cut(self) -> Encoded | None:
        """The frame of all packets in reach; None if it lacks its beginning, or is padding (RFC 3550 5.1)."""
        parts = [self._packets.pop(number) for number in range(self._start, self._reach)]
        self._start = self._reach
        ragged, self._ragged = self._ragged, False
        data = b"".join(part._data for part in parts)
        if ragged or not data:
            return None
        frame = Encoded(data, parts[0].timestamp, self._gap)
        self._gap = False
        return frame

    def _waits_too_long(self, now: int) -> bool:
        """Whether packets have waited for an earlier one for too long; ``now`` is the time of the newest."""
        if len(self._packets) == self._reach - self._start:
            self._waiting = None
        elif self._waiting is None or self._waiting[0] != self._reach:
            self._waiting = self._reach, now
        else:
            return self.patience < (now - self._waiting[1]) % CLOCK < CLOCK // 2
        return False

    def _skip(self) -> None:
        """Give up the missing packet: go on with the next frame whose beginning is there."""
        for number in sorted(self._packets):
            before = self._packets.get(number - 1)
            if number <= self._reach or before is None:
                continue
            if before.marker or before.timestamp != self._packets[number].timestamp:
                self._begin_at(number, ragged=False)
                return
        self._begin_at(max(self._packets), ragged=True)

    def _begin_at(self, number: int, *, ragged: bool) -> None:
        self._packets = {key: packet for key, packet in self._packets.items() if key >= number}
        self._start = self._reach = number
        self._ragged, self._gap, self._waiting = ragged, True, None
