"""The overlay's colours, drawings and words are those of the pages."""

from __future__ import annotations

import json
import re

import msgspec

from agent.values import LABELS
from exporter.native.gauge import ValenceTrend, dial_of
from exporter.native.words import (
    ATTENTION,
    COLOURS,
    FACES,
    FACING,
    NOT_INFERRED,
    OF_FACES,
    OF_MEAN,
    OF_ONE,
    SIGNS,
    VALENCE,
    attention_text,
    look_of,
    mood_text,
    symbol_svg,
)
from exporter.protocol.messages import room_message
from exporter.words import ORDER, REASONS, STATES
from tests.browser.rooms import torn
from tests.exporter.samples import snapshot
from tests.paths import ROOT

PAGES = ROOT / "exporter" / "pages"
SCRIPT = (PAGES / "palette.js").read_text(encoding="utf-8")


def test_colours_are_those_of_the_page() -> None:
    style = (PAGES / "palette.css").read_text(encoding="utf-8")
    given = dict(re.findall(r"--([a-z]+): (#[0-9a-f]{6});", style))
    assert {label: given[label] for label in LABELS} == COLOURS


def test_drawings_are_those_of_the_page() -> None:
    for name, face in FACES.items():
        for part in ("shape", "lines", "mouth"):
            if part in face and (name, part) != ("surprise", "shape"):
                assert face[part] in SCRIPT, f"{part} of {name}"
    assert all(path in SCRIPT for path in SIGNS.values())
    assert "star(9, 11.8, 9.2)" in SCRIPT


def test_words_are_those_of_the_page() -> None:
    for name, word in {**REASONS, **STATES}.items():
        assert re.search(rf'{name}: {{ word: "{word}"', SCRIPT), name
    assert set(ORDER) == set(LABELS)


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
        dial = dial_of(message, ValenceTrend())
        assert dial.mood == headline
        assert max(dial.parts, key=lambda part: part[1])[0] == top
    mixed = room_message(snapshot(1, 0))
    assert mood_text(mixed) == ""


def test_one_face_is_not_called_most() -> None:
    assert mood_text(room_message(snapshot(1, 1))) == "One face: happy"
    assert attention_text(0.9, 1) == "attention: to the camera"
    assert attention_text(0.9, 2) == "attention: nearly all faces"
    assert attention_text(None, 1) == ""


def test_the_headline_s_words_are_those_of_the_pages() -> None:
    script = (PAGES / "words.js").read_text(encoding="utf-8")
    for words in (OF_FACES, OF_ONE, OF_MEAN, *ATTENTION[:-1], *FACING[:-1], *VALENCE[:-1], NOT_INFERRED):
        assert json.dumps(words) in script
