"""The documentation of the feed says what the feed sends."""

from __future__ import annotations

import json
import re

import jsonschema
import msgspec
import pytest

from agent.values import Reason, TileState
from exporter.messages import EmotionPart, FacePart, HelloMessage, RoomMessage, RoomPart, TilePart
from tests.paths import ROOT

TEXT = (ROOT / "exporter" / "FEED.md").read_text(encoding="utf-8")


def test_the_examples_are_messages_of_the_feed() -> None:
    hello, room = re.findall(r"```json\n(.*?)```", TEXT, re.DOTALL)
    jsonschema.validate(json.loads(hello), msgspec.json.schema(HelloMessage))
    jsonschema.validate(json.loads(room), msgspec.json.schema(RoomMessage))


@pytest.mark.parametrize("part", [TilePart, FacePart, EmotionPart, RoomPart, RoomMessage])
def test_every_field_is_named(part: type[msgspec.Struct]) -> None:
    for field in part.__struct_fields__:
        assert f'"{field}"' in TEXT


def test_every_state_and_reason_is_explained() -> None:
    for word in (*TileState, *Reason):
        assert f"`{word}`" in TEXT


def test_the_files_it_points_to_exist() -> None:
    for link in re.findall(r"\]\(([^)]+)\)", TEXT):
        assert (ROOT / "exporter" / link).is_file()
