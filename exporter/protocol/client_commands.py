"""The commands that clients may send, and their dispatch.

Commands come over the feed's connection, so every client that may follow may also send commands: both need
the token. Commands are validated and dispatched here; ``agent`` carries them out.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Annotated, Any, TypeVar

import msgspec
from msgspec import Meta, Struct

from agent.errors import FeedError
from exporter.protocol.messages import AckMessage, BoxPixels

MOST_BOXES = 500
"""Maximum rectangles of one overlay: for each of 49 tiles a chip and the four lines of a border, now and a
moment ago. A message with so many stays below the server's size limit."""

MOST_BOXES_TOGETHER = 1000
"""Maximum rectangles of all overlays, which may be as many as there are clients."""

LONGEST_REASON = 123
"""Maximum bytes of the reason in a close frame (RFC 6455, 5.5)."""

TRUNCATED = "Input data was truncated"
SURROGATE = re.compile(r"\\u[dD][89abAB]")
"""The escaped first half of a character outside the Basic Multilingual Plane, such as an emoji."""

TileId = Annotated[str, Meta(min_length=1, max_length=64, description="the id of a tile")]


class PauseCommand(Struct, frozen=True, kw_only=True, tag_field="type", tag="pause"):
    """Stop reading until ``resume``."""


class ResumeCommand(Struct, frozen=True, kw_only=True, tag_field="type", tag="resume"):
    """Read again."""


class StopCommand(Struct, frozen=True, kw_only=True, tag_field="type", tag="stop"):
    """End the agent."""


class ExcludeCommand(Struct, frozen=True, kw_only=True, tag_field="type", tag="exclude"):
    """Exclude one participant from reading."""

    id: TileId


class IncludeCommand(Struct, frozen=True, kw_only=True, tag_field="type", tag="include"):
    """Read an excluded participant again."""

    id: TileId


class MarkerCommand(Struct, frozen=True, kw_only=True, tag_field="type", tag="marker"):
    """Mark this moment of the lesson; ``text`` says what for."""

    text: Annotated[str, Meta(max_length=200, description="of it, on one line, 80 characters are kept")]


class UnmarkCommand(Struct, frozen=True, kw_only=True, tag_field="type", tag="unmark"):
    """Take back the marker of that time."""

    time: Annotated[
        datetime, Meta(tz=True, description="the marker's time, as in the messages, to the millisecond")
    ]


class OverlayCommand(Struct, frozen=True, kw_only=True, tag_field="type", tag="overlay"):
    """What an overlay draws over the source's picture, if the system cannot keep it out of captures.

    ``boxes`` is the complete list and replaces the client's last one; it is dropped when the client leaves.
    """

    boxes: Annotated[tuple[BoxPixels, ...], Meta(max_length=MOST_BOXES)]


ClientCommand = (
    PauseCommand
    | ResumeCommand
    | StopCommand
    | ExcludeCommand
    | IncludeCommand
    | MarkerCommand
    | UnmarkCommand
    | OverlayCommand
)

_decoder: msgspec.json.Decoder[AckMessage | ClientCommand] = msgspec.json.Decoder(AckMessage | ClientCommand)
_encoder = msgspec.json.Encoder()

TILE_COMMANDS = (ExcludeCommand, IncludeCommand, OverlayCommand)
"""Commands that change which tiles are read. Only mode ``tiles`` takes them: see ``Hub.command``."""

C = TypeVar("C", bound=ClientCommand)


def decode_client(text: str | bytes) -> AckMessage | ClientCommand:
    """Decode a client's message.

    Raises msgspec.DecodeError (or its subclass ValidationError) for anything else.
    """
    try:
        return _decoder.decode(text)
    except msgspec.DecodeError as error:
        # msgspec calls half a pair truncated input, wherever it stands. JavaScript's slice cuts emoji so.
        if str(error) == TRUNCATED and SURROGATE.search(
            text if isinstance(text, str) else text.decode("utf-8", "replace")
        ):
            raise msgspec.DecodeError(f"{TRUNCATED}, or half a surrogate pair is in a text") from None
        raise


def close_reason(text: str) -> str:
    """A text, such as an error's, cut to the length of a close frame's reason."""
    return text.encode("utf-8", "replace")[:LONGEST_REASON].decode("utf-8", "ignore")


def encode_command(command: ClientCommand | AckMessage) -> str:
    """A client's message as JSON text."""
    return _encoder.encode(command).decode()


class CommandDispatcher:
    """Calls the handlers registered for a command's type, in the order of registration.

    ``dispatch`` is called in the server's thread, so handlers must not block.
    """

    def __init__(self) -> None:
        self._handlers: defaultdict[type[Any], list[Callable[[Any], None]]] = defaultdict(list)

    def register(self, kind: type[C], handler: Callable[[C], None]) -> None:
        """Call ``handler`` for every command of this type."""
        self._handlers[kind].append(handler)

    def dispatch(self, command: ClientCommand) -> None:
        """Call the handlers of one command; a command without handlers is ignored."""
        for handler in self._handlers[type(command)]:
            handler(command)


class OverlayRegions:
    """The boxes that all overlays draw over the picture; a client's boxes are dropped when it leaves."""

    def __init__(self) -> None:
        self._boxes: dict[object, Sequence[tuple[int, int, int, int]]] = {}

    def put(self, client: object, command: OverlayCommand) -> OverlayCommand:
        """Replace one client's boxes; returns a command with the boxes of all clients.

        Raises FeedError, and keeps the client's last boxes, if all together would be too many.
        """
        others = sum(len(boxes) for owner, boxes in self._boxes.items() if owner != client)
        if others + len(command.boxes) > MOST_BOXES_TOGETHER:
            raise FeedError(f"all overlays together may draw at most {MOST_BOXES_TOGETHER} boxes")
        self._boxes[client] = command.boxes
        return self._all()

    def leave(self, client: object) -> OverlayCommand | None:
        """Drop a client; returns a command with the others' boxes, or None if the client had no boxes."""
        return self._all() if self._boxes.pop(client, ()) else None

    def _all(self) -> OverlayCommand:
        return OverlayCommand(boxes=tuple(box for boxes in self._boxes.values() for box in boxes))
