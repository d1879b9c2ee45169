"""The bitrate that a sender is allowed (REMB, draft-alvestrand-rmcat-remb)."""

from __future__ import annotations

from typing import Any, Protocol

LEAST_BITS = 6_000_000
"""Minimum bits per second that are allowed: small faces of a 1080p gallery stay sharp when they move."""


class Estimator(Protocol):
    """aiortc's estimator of the network's capacity."""

    def add(self, **packet: int) -> tuple[int, list[int]] | None:
        """Take note of a packet; now and then return the bits per second for some sources, else None."""


class BitrateFloor:
    """Replaces a receiver's bandwidth estimator: its estimates are raised to at least LEAST_BITS.

    aiortc's estimator allows 1.5 times the bits of the last second, and takes a busy machine for a busy
    network. A gallery in which little moves needs little: a real Chromium fell from 6 Mbit/s to 0.3 within
    four seconds, so that the next change came blurred. If the network carries less, packets are lost and a
    sender slows down all the same, because the receiver reports tell it (RFC 3550 6.4).
    """

    def __init__(self, estimator: Estimator) -> None:
        self._estimator = estimator

    def add(self, **packet: int) -> tuple[int, list[int]] | None:
        """Take note of a packet; now and then return the bits per second for some sources, else None."""
        estimate = self._estimator.add(**packet)
        if estimate is None:
            return None
        bits, sources = estimate
        return max(bits, LEAST_BITS), sources


def install_bitrate_floor(receiver: Any) -> None:
    """Put a BitrateFloor in front of an aiortc video receiver's estimator, which has no such setting."""
    name = "_RTCRtpReceiver__remote_bitrate_estimator"
    setattr(receiver, name, BitrateFloor(getattr(receiver, name)))
