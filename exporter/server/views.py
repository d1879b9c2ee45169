"""A client's feed options, and a message encoded for each view."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import msgspec

from exporter.protocol.messages import RoomMessage, encode

FeedView = Literal["tiles", "room"]


@dataclass(frozen=True, slots=True)
class FeedOptions:
    """The options in the feed's address; ``hz`` None does not limit the rate."""

    ack: bool = False
    hz: float | None = None
    view: FeedView = "tiles"


class EncodedMessage:
    """One room message, encoded once for each view however many clients there are."""

    def __init__(self, message: RoomMessage) -> None:
        self.message = message
        self._texts: dict[FeedView, str] = {}

    def text(self, view: FeedView) -> str:
        """The JSON text for clients with this view."""
        if view not in self._texts:
            message = self.message
            if view == "room":
                message = msgspec.structs.replace(message, tiles=())
            self._texts[view] = encode(message).decode()
        return self._texts[view]
