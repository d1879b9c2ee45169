"""How much a sender is told that it may send (REMB, draft-alvestrand-rmcat-remb)."""

from __future__ import annotations

from typing import Any, Protocol

LEAST_BITS = 6_000_000
"""Bits a second, always allowed: small faces of a 1080p gallery stay sharp in them when they move."""


class Estimator(Protocol):
    """aiortc's estimator of what the network carries."""

    def add(self, **packet: int) -> tuple[int, list[int]] | None:
        """Take note of a packet; now and then the bits a second for some sources, or None."""


class BitrateFloor:
    """Takes the place of a receiver's estimator, whose estimate is never handed on below LEAST_BITS.

    That estimator allows 1.5 times what came in the last second, and takes a busy machine for a busy network.
    A gallery in which little moves needs little: a real Chromium was down from 6 Mbit/s to 0.3 within four
    seconds, so that the next change came blurred. A network that carries less loses packets, and a sender
    slows down all the same: the receiver reports tell it (RFC 3550 6.4).
    """

    def __init__(self, estimator: Estimator) -> None:
        self._estimator = estimator

    def add(self, **packet: int) -> tuple[int, list[int]] | None:
        """Take note of a packet; now and then the bits a second for some sources, or None."""
        estimate = self._estimator.add(**packet)
        if estimate is None:
            return None
        bits, sources = estimate
        return max(bits, LEAST_BITS), sources


def install_bitrate_floor(receiver: Any) -> None:
    """Put a BitrateFloor before the estimator of an aiortc video receiver, which has no setting for it."""
    name = "_RTCRtpReceiver__remote_bitrate_estimator"
    setattr(receiver, name, BitrateFloor(getattr(receiver, name)))
