"""The documentation of the feed says what the feed sends."""

from __future__ import annotations

import json
import re

import jsonschema
import msgspec

from agent.values import Reason, TileState
from exporter.messages import RoomMessage
from tests.paths import ROOT

TEXT = (ROOT / "exporter" / "FEED.md").read_text(encoding="utf-8")


def test_the_example_is_a_message_of_the_feed() -> None:
    (example,) = re.findall(r"```json\n(.*?)```", TEXT, re.DOTALL)
    jsonschema.validate(json.loads(example), msgspec.json.schema(RoomMessage))


def test_every_state_and_reason_is_explained() -> None:
    for word in (*TileState, *Reason):
        assert f"`{word}`" in TEXT


def test_the_files_it_points_to_exist() -> None:
    for link in re.findall(r"\]\(([^)]+)\)", TEXT):
        assert (ROOT / "exporter" / link).is_file()
