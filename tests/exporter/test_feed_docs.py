"""The documentation of the feed says what the feed sends."""

from __future__ import annotations

import json
import re
from typing import Any

import jsonschema
import msgspec
import pytest

from agent.lesson.lesson import LONGEST_TEXT
from agent.lesson.trend import UNPLEASANT, advise
from agent.values import LABELS, Change, Direction, Reason, TileState
from exporter.bridges.lsl import CHANNELS
from exporter.bridges.mqtt import payloads
from exporter.privacy import PrivacyPolicy
from exporter.protocol.client_commands import MarkerCommand, decode_client
from exporter.protocol.lesson_parts import advice_part
from exporter.protocol.messages import EmotionPart, FacePart, HelloMessage, RoomMessage, RoomPart, TilePart
from exporter.server.history import HistoryPart
from models.card import load_card
from models.weights import EXPRESSION
from tests.exporter.samples import snapshot
from tests.paths import ROOT

TEXT = (ROOT / "exporter" / "FEED.md").read_text(encoding="utf-8")


def test_the_examples_are_messages_of_the_feed() -> None:
    hello, room, history = re.findall(r"```json\n(.*?)```", TEXT, re.DOTALL)
    jsonschema.validate(json.loads(hello), msgspec.json.schema(HelloMessage))
    jsonschema.validate(json.loads(room), msgspec.json.schema(RoomMessage))
    jsonschema.validate(json.loads(history), msgspec.json.schema(HistoryPart))


@pytest.mark.parametrize("part", [TilePart, FacePart, EmotionPart, RoomPart, RoomMessage])
def test_every_field_is_named(part: type[msgspec.Struct]) -> None:
    for field in part.__struct_fields__:
        assert f'"{field}"' in TEXT


def test_every_state_and_reason_is_explained() -> None:
    for word in (*TileState, *Reason):
        assert f"`{word}`" in TEXT


def test_the_limit_of_a_label_is_the_shipped_model_s() -> None:
    told = TEXT.partition("### How a label follows its scores")[2]
    assert f"(the shipped model: {load_card(EXPRESSION).abstention.min_confidence})" in told


def test_the_bridges_are_described() -> None:
    bridges = TEXT.partition("## Bridges")[2]
    assert all(
        f"`readtheroom/{name}`" in bridges for name in (*payloads(snapshot(1), PrivacyPolicy()), "status")
    )
    assert ", ".join(f"`{name}`" for name in CHANNELS) in bridges.replace("\n", " ")


def test_the_files_it_points_to_exist() -> None:
    links = re.findall(r"\]\(([^)]+)\)", TEXT)
    assert links
    for link in links:
        assert (ROOT / "exporter" / link).is_file()


def example() -> dict[str, Any]:
    room: dict[str, Any] = json.loads(re.findall(r"```json\n(.*?)```", TEXT, re.DOTALL)[1])
    return room


def test_the_example_gives_the_advice_that_its_figures_lead_to() -> None:
    room = example()["room"]
    trend = {name: Change(one["change"], Direction(one["direction"])) for name, one in room["trend"].items()}
    unpleasant = sum(room["scores"][LABELS[index]] for index in UNPLEASANT)
    changes = {**trend, "unpleasant": Change(-0.03, Direction.STEADY)}
    said = advise(changes, {**room, "unpleasant": unpleasant}, room["read"], room["faces"])
    assert room["advice"] == msgspec.to_builtins(advice_part(said))


def test_the_lengths_of_a_marker_are_those_that_are_taken_and_kept() -> None:
    (row,) = [line for line in TEXT.splitlines() if line.startswith('| `{"type": "marker"')]
    assert f"the first {LONGEST_TEXT} characters are kept" in row
    longest = int(row.split("more than ")[1].split()[0])
    decode_client(json.dumps({"type": "marker", "text": "a" * longest}))
    with pytest.raises(msgspec.ValidationError):
        decode_client(json.dumps({"type": "marker", "text": "a" * (longest + 1)}))
    kept = msgspec.json.schema(MarkerCommand)["$defs"]["MarkerCommand"]["properties"]["text"]["description"]
    assert f"{LONGEST_TEXT} characters are kept" in kept
