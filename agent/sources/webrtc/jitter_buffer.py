"""A jitter buffer that turns a video stream's packets into encoded frames and prefers the newest frame.

aiortc's jitter buffer returns a frame when the first packet of the next one has come: at 15 frames a second
each picture is 67 ms older than necessary, and the last one before a pause waits for the pause's end. It
accepts frames of 512 packets at most (650 kB; a sharp key frame of 4K has more). After a packet that is lost
for good it holds back as many packets: ten seconds of a stream in which little moves.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

MOST = 4096
"""Maximum packets ahead, a frame of 5 MB; a packet further ahead belongs to another numbering."""

LATE = 1024
"""Maximum packets behind of a late or duplicate packet, which is dropped; further behind as for MOST."""

PATIENCE = 22_500
"""Maximum wait for a retransmitted packet, in ticks of the video clock (90 kHz): a quarter of a second."""

PATIENCE_IF_IGNORED = 180_000
"""The same for a sender that ignores key frame requests, 2 s: a lost packet stops its picture for longer."""

NUMBERS, CLOCK = 1 << 16, 1 << 32


class Packet(Protocol):
    """The used part of aiortc's RtpPacket (RFC 3550 5.1); ``_data`` is its part of the encoded frame."""

    sequence_number: int
    timestamp: int
    marker: int
    _data: bytes


@dataclass(slots=True)
class Encoded:
    """An encoded frame for aiortc's decoder; ``after_gap``: frames before it are missing.

    ``more`` are the frames completed by the same packet: the receiver takes one frame per packet.
    """

    data: bytes
    timestamp: int
    after_gap: bool
    more: list[Encoded] = field(default_factory=list)


class JitterBuffer:
    """Replaces a video receiver's jitter buffer. A pure state machine: the packets' timestamps are its clock.

    A frame ends with the packet marked as its last (RFC 7741 4.1, RFC 6184 5.1), or where the timestamp
    changes.
    """

    def __init__(self) -> None:
        self.patience = PATIENCE
        """Maximum wait in ticks for a retransmitted packet; set by the session once it knows the sender."""
        self._packets: dict[int, Packet] = {}
        self._begun = False
        self._start = 0
        """Number of the first packet that was not yet returned; it grows without end."""
        self._reach = 0
        """Number up to which no packet is missing."""
        self._ragged = self._gap = False
        self._waiting: tuple[int, int] | None = None
        """The missing packet, and since when others wait for it, on the stream's clock."""

    def add(self, packet: Packet) -> tuple[bool, Encoded | None]:
        """Add a packet; returns the next complete frame, if any, with those after it as its ``more``.

        The first value is always False: the decoder queue requests a key frame after a gap.
        """
        number = self._number(packet.sequence_number)
        if number is None:
            return False, None
        self._packets[number] = packet
        frame = self._next()
        if frame is None and self._waits_too_long(packet.timestamp):
            self._skip()
            frame = self._next()
        # Frames left for later packets would stay late for good, so take them all now.
        while frame is not None and (follower := self._next()) is not None:
            frame.more.append(follower)
        return False, frame

    def _number(self, sequence_number: int) -> int | None:
        """Extend a 16-bit sequence number to a continuous one; None for a packet that is too late."""
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
        """The frame of all packets in reach; None if its start is missing, or for padding (RFC 3550 5.1)."""
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
        """Whether packets have waited for an earlier one for too long; ``now`` is the newest timestamp."""
        if len(self._packets) == self._reach - self._start:
            self._waiting = None
        elif self._waiting is None or self._waiting[0] != self._reach:
            self._waiting = self._reach, now
        else:
            return self.patience < (now - self._waiting[1]) % CLOCK < CLOCK // 2
        return False

    def _skip(self) -> None:
        """Give up the missing packet: continue with the next frame whose start is there."""
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
