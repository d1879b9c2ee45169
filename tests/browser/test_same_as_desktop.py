"""The overlay on the desktop and the pages draw and say the same: two programs, compared value by value."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from itertools import product
from typing import Any, cast, get_args
from xml.etree import ElementTree

import msgspec
import pytest
from playwright.sync_api import Page

from agent.values import LABELS, LabelName, Reason, TileState
from exporter.native.gauge import ValenceTrend, content_of
from exporter.native.state import STATUS_TEXTS, OverlayHealth, health_of
from exporter.native.symbols import COLOURS, FACES, INK, QUIET, SIGNS, symbol_svg
from exporter.native.tile_texts import (
    NOT_INFERRED,
    attention_text,
    is_everybody_excluded,
    look_of,
    mood_text,
    parts_of,
    read_text,
    valence_text,
)
from exporter.protocol.messages import RoomMessage, ScoresPart, TilePart, room_message
from exporter.words import ORDER
from tests.browser.rooms import excluded, snapshot, torn, withheld
from tests.paths import ROOT

pytestmark = pytest.mark.browser

DRAWN = """async names => {
  const { symbol } = await import('/static/palette.js');
  const drawn = name => {
    const holder = document.createElement('span');
    holder.className = `label-${name}`;
    holder.append(symbol(name));
    document.body.append(holder);
    const parts = [...holder.querySelectorAll('path, circle')].map(part => {
      const style = getComputedStyle(part);
      const given = ['d', 'cx', 'cy', 'r'].map(key => part.getAttribute(key)).filter(one => one !== null);
      return [part.getAttribute('class'), given.join(' '), style.fill, style.stroke,
              parseFloat(style.strokeWidth)];
    });
    holder.remove();
    return parts;
  };
  return Object.fromEntries(names.map(name => [name, drawn(name)]));
}"""

SAID = """async messages => {
  const { moodOf, readText, valuesOf, isEverybodyExcluded } = await import('/static/words.js');
  return messages.map(message => ({
    mood: moodOf(message)?.text ?? '',
    read: [true, false].map(inferred => readText(message.room, inferred)),
    parts: valuesOf(message),
    excluded: isEverybodyExcluded(message.tiles),
  }));
}"""


def numbers(path: str) -> list[str | float]:
    """A path's letters and numbers: the two programs need not write these alike."""
    parts = re.findall(r"[A-Za-z]|-?(?:\d+\.?\d*|\.\d+)", path)
    return [part if part.isalpha() else float(part) for part in parts]


def rgb(colour: str) -> str:
    """``#rrggbb`` as browsers give it."""
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return f"rgb({red}, {green}, {blue})"


def in_python(name: str) -> list[tuple[str, str, str, float]]:
    """The parts of the overlay's symbol: geometry, fill, stroke and the stroke's width."""
    parts = []
    for part in ElementTree.fromstring(symbol_svg(name)):  # noqa: S314 - it is our own
        given = [part.get(key) for key in ("d", "cx", "cy", "r")]
        colours = (part.get("fill", "none"), part.get("stroke", "none"))
        shown = [colour if colour == "none" else rgb(colour) for colour in colours]
        parts.append((" ".join(filter(None, given)), *shown, float(part.get("stroke-width", 0))))
    return cast("list[tuple[str, str, str, float]]", parts)


@pytest.mark.parametrize("name", [*FACES, *SIGNS])
def test_symbols_are_drawn_alike_and_in_the_same_colours(workbench: Page, name: str) -> None:
    in_page = workbench.evaluate(DRAWN, [name])[name]
    ours = in_python(name)
    assert [numbers(part[1]) for part in in_page] == [
        [one if isinstance(one, str) else pytest.approx(one, abs=0.011) for one in numbers(part[0])]
        for part in ours
    ]
    for (kind, _, fill, stroke, width), (_, our_fill, our_stroke, our_width) in zip(
        in_page, ours, strict=True
    ):
        if kind in {"shape", "ink"}:
            assert fill == our_fill == rgb(COLOURS[name] if kind == "shape" else INK)
        else:
            assert fill == our_fill == "none"
            assert width == our_width
            assert our_stroke == rgb(INK if kind == "line" else QUIET)
            # The pages draw signs in the colour of their text.
            assert kind == "sign" or stroke == our_stroke


def test_there_are_symbols_for_all_labels_and_states() -> None:
    assert set(FACES) == set(COLOURS) == set(LABELS)
    assert set(SIGNS) == set(TileState) - {TileState.FACE} | {"abstained", "present"}


def test_bars_stand_in_the_same_order(workbench: Page) -> None:
    script = "import('/static/palette.js').then(({ LABELS, ORDER }) => [LABELS, ORDER])"
    assert workbench.evaluate(script) == [list(LABELS), list(ORDER)]


def tile_cases() -> list[TilePart]:
    """A tile in every state, of every label, and unread for every reason and for none."""
    (tile, *_) = room_message(snapshot(1, 1, plain=True)).tiles
    assert tile.emotion is not None
    change = msgspec.structs.replace
    labels = [change(tile, emotion=change(tile.emotion, label=label)) for label in get_args(LabelName)]
    unread = [change(tile, emotion=None, reason=reason) for reason in (*map(str, Reason), None)]
    states = [change(tile, state=str(state), emotion=None) for state in TileState if state != TileState.FACE]
    return labels + unread + states


def test_a_tile_is_called_the_same(workbench: Page) -> None:
    tiles = tile_cases()
    script = "tiles => import('/static/palette.js').then(({ describe }) => tiles.map(describe))"
    in_page = workbench.evaluate(script, [msgspec.to_builtins(tile) for tile in tiles])
    ours = [look_of(tile) for tile in tiles]
    assert [(one["symbol"], one["word"]) for one in in_page] == [(one.symbol, one.word) for one in ours]


def test_figures_are_the_same_words(workbench: Page) -> None:
    figures = [number / 100 for number in range(-100, 101)]
    in_page = workbench.evaluate(
        """async figures => {
          const { valenceWord, attentionWord } = await import('/static/words.js');
          return figures.map(one => [valenceWord(one), attentionWord(one, 1), attentionWord(one, 2)]);
        }""",
        figures,
    )
    for figure, (valence, one_face, faces) in zip(figures, in_page, strict=True):
        assert valence == valence_text(figure)
        assert f"attention: {one_face}" == attention_text(figure, 1)
        assert f"attention: {faces}" == attention_text(figure, 2)


def drawn_message(rng: random.Random) -> RoomMessage:
    """A room of few participants with labels at random, so that there are ties; some without its tiles."""
    message = room_message(snapshot(1, rng.randint(1, 6), plain=rng.random() < 0.8))
    change = msgspec.structs.replace
    tiles: Sequence[TilePart] = [
        tile if tile.emotion is None else change(tile, emotion=change(tile.emotion, label=rng.choice(LABELS)))
        for tile in message.tiles
    ]
    eighths = rng.choices(LABELS, [6, 3, 1, 1, 1, 1, 1], k=8)
    scores = ScoresPart(**{label: eighths.count(label) / 8 for label in LABELS})
    room = change(message.room, scores=scores, label=rng.choice(LABELS))
    return change(message, room=room, tiles=tuple(tiles) if rng.random() < 0.7 else ())


def test_the_room_is_summed_up_in_the_same_words(workbench: Page) -> None:
    rng = random.Random(4)
    whole = [torn(), excluded(), withheld(), snapshot(1, 0), snapshot(1, 1), snapshot(1, 25)]
    messages = [room_message(one) for one in whole] + [drawn_message(rng) for _ in range(400)]
    in_page = workbench.evaluate(SAID, [msgspec.to_builtins(message) for message in messages])
    for message, said in zip(messages, in_page, strict=True):
        assert said["mood"] == mood_text(message)
        assert said["read"] == [read_text(message.room, inferred=inferred) for inferred in (True, False)]
        assert said["excluded"] == is_everybody_excluded(message)
        parts, _ = parts_of(message)
        values = said["parts"] or {}
        total = sum(values.values()) if message.tiles else 1
        assert {label: value / total for label, value in values.items()} == pytest.approx(parts)


def test_what_is_said_in_place_of_readings_is_the_same(workbench: Page) -> None:
    not_inferred, everybody = workbench.evaluate(
        "import('/static/words.js').then(({ NOT_INFERRED, EXCLUDED }) => [NOT_INFERRED, EXCLUDED[0]])"
    )
    assert not_inferred == NOT_INFERRED
    assert everybody == content_of(room_message(excluded()), ValenceTrend()).mood


def test_a_source_is_judged_the_same_and_said_in_the_same_words(workbench: Page) -> None:
    message = room_message(snapshot(1, 1))
    change = msgspec.structs.replace
    cases: list[tuple[str, RoomMessage]] = []
    for kind, state, paused, failing, width in product(
        ("screen", "webrtc"), ("live", "stalled", "lost"), (False, True), (False, True), (0, 1920)
    ):
        source = change(message.source, state=state, paused=paused, failing=failing)
        cases.append((kind, change(message, source=source, frame=change(message.frame, width=width))))
    given: list[Any] = [[kind, msgspec.to_builtins(one)] for kind, one in cases]
    conditions, marks = workbench.evaluate(
        """async cases => {
          const { STATUS_TEXTS, sourceCondition } = await import('/static/words.js');
          return [cases.map(([kind, message]) => sourceCondition(kind, message)), STATUS_TEXTS];
        }""",
        given,
    )
    assert conditions == [health_of(one, kind).value for kind, one in cases]
    # Whoever is not let in needs another address on a page than the overlay does;
    # and a page is of its agent's version.
    others = {OverlayHealth.LIVE, OverlayHealth.REFUSED, OverlayHealth.UNKNOWN}
    assert marks == {health.value: STATUS_TEXTS[health] for health in OverlayHealth if health not in others}


def test_a_chip_without_a_reading_lies_on_the_same_ground() -> None:
    """On white, less than 72 % leaves its words below a contrast of 4.5 to 1."""
    qt_paint = pytest.importorskip("exporter.native.qt_paint", exc_type=ImportError)
    css = (ROOT / "exporter" / "pages" / "overlay.css").read_text(encoding="utf-8")
    ground = re.search(r'chip\[data-read="no"\] \{\s*background: rgb\(16 18 22 / (\d+)%\)', css)
    assert ground is not None
    assert int(ground[1]) == round(100 * qt_paint.QUIET_GROUND_ALPHA)
