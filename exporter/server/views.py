"""What a client of the feed asked for, and the newest message as it then gets it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import msgspec

from exporter.protocol.messages import RoomMessage, encode

FeedView = Literal["tiles", "room"]


@dataclass(frozen=True, slots=True)
class FeedOptions:
    """What a client asked for in the feed's address."""

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
