"""The generated descriptions hold together and refuse what is no message."""

from __future__ import annotations

import json
from collections.abc import Iterator
from enum import StrEnum
from typing import Any

import jsonschema
import pytest

from agent.values import Direction, Reason, RecordState, Scope, SourceState, Tempo, TileState
from exporter.protocol.messages import encode, room_message
from exporter.protocol.schema import COMMANDS, asyncapi, feed_schema
from tests.exporter.samples import snapshot


def _references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        for key, value in node.items():
            if key == "$ref":
                yield value
            else:
                yield from _references(value)
    elif isinstance(node, list):
        for value in node:
            yield from _references(value)


@pytest.mark.parametrize("document", [feed_schema(), asyncapi("127.0.0.1:8765")])
def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    references = list(_references(document))
    assert references
    for reference in references:
        node: Any = document
        for part in reference.removeprefix("#/").split("/"):
            node = node[part]


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(feed_schema())


@pytest.mark.parametrize(
    ("part", "key", "words"),
    [
        ("TilePart", "state", TileState),
        ("TilePart", "reason", Reason),
        ("StatusPart", "state", SourceState),
        ("ChangePart", "direction", Direction),
        ("AdvicePart", "tempo", Tempo),
        ("AlertPart", "scope", Scope),
        ("RecordPart", "state", RecordState),
    ],
)
def test_the_words_of_a_state_are_listed(part: str, key: str, words: type[StrEnum]) -> None:
    definitions = feed_schema()["$defs"]
    said = {
        name: value for name, value in definitions[part]["properties"][key].items() if name != "description"
    }
    name = f"#/$defs/{words.__name__}"
    assert said in ({"$ref": name}, {"anyOf": [{"$ref": name}, {"type": "null"}]})
    assert set(definitions[words.__name__]["enum"]) == set(words)


@pytest.mark.parametrize(
    "change",
    [
        {"type": "hello"},
        {"seq": -1},
        {"time": "today"},
        {"tiles": None},
        {"source": {"state": "gone", "dropped": 0}},
        {"room": {}},
    ],
)
def test_what_is_no_message_is_refused(change: dict[str, Any]) -> None:
    message = {**json.loads(encode(room_message(snapshot(1)))), **change}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(message, feed_schema(), cls=jsonschema.Draft202012Validator)


def test_every_key_is_required_and_more_may_come() -> None:
    definitions = feed_schema()["$defs"]
    assert definitions
    for definition in definitions.values():
        if "enum" in definition:
            continue
        assert set(definition["properties"]) == set(definition["required"])
        assert definition.get("additionalProperties", True) is True


def test_asyncapi_names_server_messages_and_both_directions() -> None:
    document = asyncapi("agent.example:1", is_safe=True)
    assert document["servers"]["agent"]["host"] == "agent.example:1"
    assert document["servers"]["agent"]["protocol"] == "wss"
    assert set(document["components"]["messages"]) == {"hello", "room", "ack", *COMMANDS}
    assert {one["action"] for one in document["operations"].values()} == {"send", "receive"}


def test_every_field_whose_kind_says_too_little_is_described() -> None:
    parts = feed_schema()["$defs"]
    assert any(part.get("properties") for part in parts.values())
    for name, part in parts.items():
        for field, kind in part.get("properties", {}).items():
            refers = "$ref" in json.dumps(kind)
            assert refers or field == "type" or name == "ScoresPart" or kind.get("description"), (name, field)


def test_a_time_says_of_what() -> None:
    times = [
        kind["description"]
        for part in feed_schema()["$defs"].values()
        for kind in part.get("properties", {}).values()
        if kind.get("format") == "date-time"
    ]
    assert len(times) == len(set(times)) == 6
    assert not any(time.startswith("ISO") for time in times)


def test_what_may_be_null_says_when_or_why() -> None:
    for name, part in feed_schema()["$defs"].items():
        for field, kind in part.get("properties", {}).items():
            if {"type": "null"} in kind.get("anyOf", ()):
                assert kind.get("description"), (name, field)


def test_each_reason_is_explained() -> None:
    described = feed_schema()["$defs"]["Reason"]["description"]
    assert all(reason in described for reason in Reason)


def test_the_type_of_a_message_is_a_constant() -> None:
    document = asyncapi("127.0.0.1:8765")
    for name, message in document["components"]["messages"].items():
        component = document["components"]["schemas"][message["payload"]["$ref"].rpartition("/")[2]]
        assert component["properties"]["type"] == {"const": name}
