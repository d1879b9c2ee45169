"""What a client may ask of the agent, and who takes it.

Commands come over the feed's own connection, so whoever may follow may also ask: both need the token. They
are checked here and handed on; what they do is decided in ``agent``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Annotated, Any, TypeVar

import msgspec
from msgspec import Meta, Struct

from exporter.protocol.messages import AckMessage, BoxPixels

MOST_BOXES = 500
"""Rectangles of one overlay: chips and the four lines of a border, for each of 49 tiles, and as they were a
moment ago; their message stays under the server's limit."""

LONGEST_REASON = 123
"""Bytes of the text in a close frame (RFC 6455, 5.5)."""

TileId = Annotated[str, Meta(min_length=1, max_length=64, description="the id of a tile")]


class PauseCommand(Struct, frozen=True, kw_only=True, tag_field="type", tag="pause"):
    """Read nothing more until ``resume``."""


class ResumeCommand(Struct, frozen=True, kw_only=True, tag_field="type", tag="resume"):
    """Read again."""


class StopCommand(Struct, frozen=True, kw_only=True, tag_field="type", tag="stop"):
    """End the agent."""


class ExcludeCommand(Struct, frozen=True, kw_only=True, tag_field="type", tag="exclude"):
    """Say nothing more of one participant."""

    id: TileId


class IncludeCommand(Struct, frozen=True, kw_only=True, tag_field="type", tag="include"):
    """Speak of a participant again."""

    id: TileId


class MarkerCommand(Struct, frozen=True, kw_only=True, tag_field="type", tag="marker"):
    """Mark this moment of the lesson; ``text`` says what for."""

    text: Annotated[str, Meta(max_length=200, description="of it, on one line, 80 characters are kept")]


class OverlayCommand(Struct, frozen=True, kw_only=True, tag_field="type", tag="overlay"):
    """What an overlay draws over the source's picture, where it cannot keep itself out of captures.

    ``boxes`` holds all of it and replaces what was said before; they are forgotten when the client leaves.
    """

    boxes: Annotated[tuple[BoxPixels, ...], Meta(max_length=MOST_BOXES)]


ClientCommand = (
    PauseCommand
    | ResumeCommand
    | StopCommand
    | ExcludeCommand
    | IncludeCommand
    | MarkerCommand
    | OverlayCommand
)

_decoder: msgspec.json.Decoder[AckMessage | ClientCommand] = msgspec.json.Decoder(AckMessage | ClientCommand)
_encoder = msgspec.json.Encoder()

C = TypeVar("C", bound=ClientCommand)


def decode_client(text: str | bytes) -> AckMessage | ClientCommand:
    """Read what a client sent.

    Raises msgspec.DecodeError (of which ValidationError is one) when that is none of the client's messages.
    """
    return _decoder.decode(text)


def close_reason(text: str) -> str:
    """As much of a text, such as that of an error above, as fits into a close frame."""
    return text.encode("utf-8", "replace")[:LONGEST_REASON].decode("utf-8", "ignore")


def encode_command(command: ClientCommand | AckMessage) -> str:
    """What a client sends, as JSON text."""
    return _encoder.encode(command).decode()


class CommandDispatcher:
    """Hands each command to those that registered for its kind, in the order in which they did.

    ``dispatch`` is called from the server's thread: what is registered must not wait.
    """

    def __init__(self) -> None:
        self._handlers: defaultdict[type[Any], list[Callable[[Any], None]]] = defaultdict(list)

    def register(self, kind: type[C], handler: Callable[[C], None]) -> None:
        """Have every command of this kind handed to ``handler``."""
        self._handlers[kind].append(handler)

    def dispatch(self, command: ClientCommand) -> None:
        """Hand one command on; a kind that nobody registered for is left alone."""
        for handler in self._handlers[type(command)]:
            handler(command)


class OverlayRegions:
    """What all overlays together draw over the picture: each client's boxes, forgotten with the client."""

    def __init__(self) -> None:
        self._boxes: dict[object, Sequence[tuple[int, int, int, int]]] = {}

    def put(self, client: object, command: OverlayCommand) -> OverlayCommand:
        """Replace one client's boxes; returns the command that holds those of all clients."""
        self._boxes[client] = command.boxes
        return self._all()

    def leave(self, client: object) -> OverlayCommand | None:
        """A client left: the command that holds the others' boxes, or None if this one had drawn nothing."""
        return self._all() if self._boxes.pop(client, ()) else None

    def _all(self) -> OverlayCommand:
        return OverlayCommand(boxes=tuple(box for boxes in self._boxes.values() for box in boxes))
