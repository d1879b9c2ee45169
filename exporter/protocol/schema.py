"""The feed's published schemas: JSON Schema and AsyncAPI, generated from the message types."""

from __future__ import annotations

from typing import Any

import msgspec

from exporter.protocol.client_commands import (
    ExcludeCommand,
    IncludeCommand,
    MarkerCommand,
    OverlayCommand,
    PauseCommand,
    ResumeCommand,
    StopCommand,
    UnmarkCommand,
)
from exporter.protocol.descriptions import DESCRIPTIONS, WORDS
from exporter.protocol.messages import PROTOCOL, AckMessage, HelloMessage, RoomMessage

DIALECT = "https://json-schema.org/draft/2020-12/schema"
COMMANDS = {
    "pause": PauseCommand,
    "resume": ResumeCommand,
    "stop": StopCommand,
    "exclude": ExcludeCommand,
    "include": IncludeCommand,
    "marker": MarkerCommand,
    "unmark": UnmarkCommand,
    "overlay": OverlayCommand,
}
MESSAGES = {"hello": HelloMessage, "room": RoomMessage, "ack": AckMessage, **COMMANDS}
VERSION = "1.0.0"


def feed_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of the agent's messages; ``$defs`` also has those of clients."""
    references, components = _components("#/$defs/{name}")
    return {
        "$schema": DIALECT,
        "$id": f"urn:{PROTOCOL.replace('/', ':')}",
        "title": f"Messages of {PROTOCOL}",
        "oneOf": [references["hello"], references["room"]],
        "$defs": components,
    }


def asyncapi(server: str, *, is_safe: bool = False) -> dict[str, Any]:
    """The AsyncAPI 3.0 document of the feed at ``server`` (host and port); ``is_safe``: behind TLS."""
    references, components = _components("#/components/schemas/{name}")
    messages = {
        name: {"name": name, "contentType": "application/json", "payload": payload}
        for name, payload in references.items()
    }
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Read the Room: feed",
            "version": VERSION,
            "description": "Readings of the tiles of a meeting's gallery, frame by frame. "
            "Fields may be added within version 1, never changed or removed.",
        },
        "servers": {
            "agent": {"host": server, "protocol": "wss" if is_safe else "ws", "security": _security()}
        },
        "channels": {"feed": _channel(list(messages))},
        "operations": _operations(),
        "components": {"schemas": components, "messages": messages},
    }


def _components(template: str) -> tuple[dict[str, Any], dict[str, Any]]:
    schemas, components = msgspec.json.schema_components(MESSAGES.values(), ref_template=template)
    for name, fields in DESCRIPTIONS.items():
        for field, description in fields.items():
            part = components[name]["properties"][field]
            part["description"] = "; ".join([description, *filter(None, [part.get("description")])])
    for name, description in WORDS.items():
        components[name]["description"] = description
    for component in components.values():
        for part in component.get("properties", {}).values():
            # Code generators make a type of its own of each list of one value, and a literal of a constant.
            if len(part.get("enum", ())) == 1:
                part["const"] = part.pop("enum")[0]
    return dict(zip(MESSAGES, schemas, strict=True)), components


def _security() -> list[dict[str, Any]]:
    return [
        {"type": "http", "scheme": "bearer"},
        {"type": "httpApiKey", "name": "token", "in": "query"},
    ]


def _channel(names: list[str]) -> dict[str, Any]:
    query = {
        "type": "object",
        "properties": {
            "ack": {"enum": ["0", "1"], "description": "1: the next message only after an ack"},
            "hz": {"type": "string", "description": "at most so many messages a second"},
            "view": {"enum": ["tiles", "room"], "description": "room leaves the tiles out"},
        },
    }
    return {
        "address": "/feed",
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in names},
        "bindings": {"ws": {"method": "GET", "query": query}},
    }


def _operations() -> dict[str, Any]:
    def operation(action: str, names: tuple[str, ...], summary: str) -> dict[str, Any]:
        return {
            "action": action,
            "channel": {"$ref": "#/channels/feed"},
            "summary": summary,
            "messages": [{"$ref": f"#/channels/feed/messages/{name}"} for name in names],
        }

    return {
        "tell": operation("send", ("hello", "room"), "hello first, then the whole state after each frame"),
        "acknowledge": operation("receive", ("ack",), "with ?ack=1: the next message may come"),
        "ask": operation("receive", tuple(COMMANDS), "what the agent shall do"),
    }
