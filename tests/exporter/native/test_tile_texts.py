"""What the overlay says of tiles and of the room; that pages say the same is a test of the pages."""

from __future__ import annotations

import re

import msgspec

from agent.values import LABELS
from exporter.native.gauge import ValenceTrend, content_of
from exporter.native.symbols import COLOURS, symbol_svg
from exporter.native.tile_texts import attention_text, look_of, mood_text
from exporter.protocol.messages import room_message
from tests.browser.rooms import torn
from tests.exporter.samples import snapshot
from tests.paths import ROOT

PAGES = ROOT / "exporter" / "pages"
SCRIPT = (PAGES / "palette.js").read_text(encoding="utf-8")


def test_colours_are_those_of_the_page() -> None:
    style = (PAGES / "palette.css").read_text(encoding="utf-8")
    given = dict(re.findall(r"--([a-z]+): (#[0-9a-f]{6});", style))
    assert {label: given[label] for label in LABELS} == COLOURS


def test_every_look_has_a_drawing() -> None:
    message = room_message(snapshot(1))
    for tile in message.tiles:
        look = look_of(tile)
        assert (look.label, look.level) == ("happy", 0.8)
        assert symbol_svg(look.symbol).startswith("<svg")
    assert mood_text(message) == "Most faces: happy"


def test_the_headline_and_the_bar_count_faces_and_say_mean_where_there_are_none() -> None:
    faces = room_message(torn())
    room = msgspec.structs.replace(faces, tiles=())
    for message, headline, top in (
        (faces, "Most faces: neutral", "neutral"),
        (room, "Mean: mostly happy", "happy"),
    ):
        content = content_of(message, ValenceTrend())
        assert content.mood == headline
        assert max(content.parts, key=lambda part: part[1])[0] == top
    mixed = room_message(snapshot(1, 0))
    assert mood_text(mixed) == ""


def test_one_face_is_not_called_most() -> None:
    assert mood_text(room_message(snapshot(1, 1))) == "One face: happy"
    assert attention_text(0.9, 1) == "attention: to the camera"
    assert attention_text(0.9, 2) == "attention: nearly all faces"
    assert attention_text(None, 1) == ""
