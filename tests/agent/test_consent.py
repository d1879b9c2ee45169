"""Who is read: the decisions, and that the real pipeline leaves alone who is not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from agent.classroom.gallery import Gallery, Plan
from agent.classroom.script import Script
from agent.classroom.styles import style_named
from agent.config import Config, ConsentConfig
from agent.consent import Consent
from agent.errors import ConfigError
from agent.names import Roll, plain
from agent.ocr import TesseractNames
from agent.opening import open_analyzer, open_consent
from agent.values import Box, Frame, Pixels, Reason, Slot, Tile, TileState

BLANK = Frame(np.zeros((40, 400, 3), np.uint8), 0.0, 0.0)
ROLL = Roll(frozenset({plain("Ann Lee")}), frozenset({plain("Ben Okafor")}))


def tile(name: str, place: int = 0) -> Tile:
    box = Box(place * 100, 0, 90, 40)
    return Tile(name, Slot(box, 0, place, box, True), False, True)


def consent_where(names: dict[str, str | None], *, default: bool) -> tuple[Consent, list[Tile]]:
    """Tiles whose labels say these names, and consent that has tried to read all of them."""
    tiles = [tile(one, place) for place, one in enumerate(names)]
    by_place = {one.slot.col: names[one.id] for one in tiles}
    consent = Consent(default, ROLL, lambda _, slot: by_place[slot.col])
    for _ in tiles:
        consent.excluded(BLANK, tiles)
    return consent, tiles


@pytest.mark.parametrize(
    ("default", "excluded"),
    [(True, {"out", "perhaps", "unread"}), (False, {"out", "perhaps", "unread", "other"})],
)
def test_the_list_decides_and_in_doubt_nobody_is_read(default: bool, excluded: set[str]) -> None:
    names = {"in": "Ann Lee", "out": "Ben Okafor", "perhaps": "Ben 0k", "other": "Mia Lind", "unread": None}
    consent, tiles = consent_where(names, default=default)
    assert consent.excluded(BLANK, tiles) == excluded
    for one in tiles:
        consent.include(one.id)
    # The teacher knows who it is; but who opted out stays out.
    assert consent.excluded(BLANK, tiles) == {"out"}
    for one in tiles:
        consent.exclude(one.id)
    assert consent.excluded(BLANK, tiles) == set(names)


def test_nobody_is_read_before_the_name_is() -> None:
    tiles = [tile("a", 0), tile("b", 1)]
    consent = Consent(True, ROLL, lambda *_: "Mia Lind")
    assert consent.excluded(BLANK, tiles) == {"b"}
    assert consent.excluded(BLANK, tiles) == set()


def test_a_name_that_could_not_be_read_is_tried_again_later() -> None:
    said: list[str | None] = [None, "Mia Lind"]
    consent = Consent(True, ROLL, lambda *_: said.pop(0))
    for time, excluded in ((0.0, {"a"}), (1.0, {"a"}), (5.0, set())):
        assert consent.excluded(replace(BLANK, time=time), [tile("a")]) == excluded


def test_ids_that_were_never_shown_take_no_memory() -> None:
    consent = Consent()
    for number in range(1000):
        consent.exclude(f"x{number}")
    assert consent.excluded(BLANK, [tile("x1")]) == set()


def drawn(count: int) -> Pixels:
    scene = Script(5, count).scene_at(0.0)
    scene = replace(scene, shown=tuple(replace(one, camera_on=True) for one in scene.shown))
    return Gallery(Plan(style_named("zoom"), (1280, 720))).draw(scene).pixels


def test_who_is_excluded_is_neither_looked_for_nor_read_nor_remembered() -> None:
    pixels, consent = drawn(4), Consent()
    with open_analyzer(Config(), reuse=False, consent=consent) as analyzer:
        for step in range(4):
            before = analyzer.analyze(Frame(pixels, step * 0.3, step * 0.3))
        assert analyzer.stages.searched == 4
        chosen = before.readings[1]
        assert chosen.emotion is not None or chosen.reason is not None
        consent.exclude(chosen.id)
        after = analyzer.analyze(Frame(pixels, 1.2, 1.2))
        assert analyzer.stages.searched == 3
        assert analyzer.stages.classified <= 3
        out = after.readings[1]
        assert (out.id, out.state, out.reason) == (chosen.id, TileState.EXCLUDED, Reason.PRIVATE)
        assert (out.face, out.emotion, out.facing, out.speaking) == (None, None, 0.0, False)
        assert (after.room.tiles, after.room.faces) == (4, 3)
        consent.include(chosen.id)
        again = analyzer.analyze(Frame(pixels, 1.5, 1.5))
    # Nothing of before is known: it warms up again.
    assert again.readings[1].reason is not Reason.PRIVATE
    assert again.readings[1].emotion is None


def test_with_default_exclude_all_tiles_are_shown_and_none_is_looked_at() -> None:
    config = Config(consent=ConsentConfig(default="exclude"))
    with open_analyzer(config) as analyzer:
        snapshot = analyzer.analyze(Frame(drawn(4), 0.0, 0.0))
        assert (analyzer.stages.searched, analyzer.stages.classified) == (0, 0)
    assert [one.state for one in snapshot.readings] == [TileState.EXCLUDED] * 4


def test_who_was_excluded_and_comes_back_under_another_id_is_known_by_the_label() -> None:
    pixels, first, second = drawn(4), Consent(), []
    with open_analyzer(Config(), consent=first) as analyzer:
        shown = analyzer.analyze(Frame(pixels, 0.0, 0.0)).readings
    for one in shown:
        box = Slot(one.box, one.row, one.col, one.box, True)
        second.append(Tile(f"new-{one.id}", box, False, True))
    first.exclude(shown[2].id)
    frame = Frame(pixels, 0.3, 0.3)
    old = [Tile(one.id.removeprefix("new-"), one.slot, False, True) for one in second]
    assert first.excluded(frame, old) == {shown[2].id}
    assert first.excluded(frame, second) == {second[2].id}


def test_tesseract_reads_a_label_and_nothing_where_there_is_none() -> None:
    pixels = drawn(4)
    with open_analyzer(Config(), single=True) as analyzer:
        one = analyzer.analyze(Frame(pixels, 0.0, 0.0)).readings[0]
    read = TesseractNames()
    slot = Slot(one.box, 0, 0, one.box, True)
    name = read(pixels, slot)
    assert name is not None
    assert plain(name).split()[0].isalpha()
    assert read(np.full_like(pixels, 60), slot) is None
    assert read(pixels, Slot(Box(0, 0, 3, 3), 0, 0, Box(0, 0, 3, 3), True)) is None


def test_a_list_without_tesseract_refuses_to_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "list.txt"
    path.write_text("- Ben Okafor\n")
    monkeypatch.setenv("PATH", str(tmp_path))
    config = Config(consent=ConsentConfig(list=str(path)))
    with pytest.raises(ConfigError, match=r"not installed: install it \(Debian.*tesseract-ocr"):
        open_consent(config)
    path.write_text("+ Ann Lee\n")
    with pytest.raises(ConfigError, match=r"names only who opted in.*consent\.default to exclude"):
        open_consent(config)
