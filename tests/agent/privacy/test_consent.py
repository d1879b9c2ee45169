"""Who is read: the decisions, and that the real pipeline leaves alone who is not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from agent.composition.analyzer import Shared, open_analyzer
from agent.composition.offline import read_file
from agent.composition.session import open_consent
from agent.configuration.config import Config, ConsentConfig
from agent.errors import ConfigError
from agent.privacy.consent import Consent
from agent.privacy.consent_list import ConsentList, OcrResult, load_consent_list
from agent.privacy.listed_names import AGAIN, ListedNames
from agent.privacy.name_matching import normalise_name
from agent.values import Box, Frame, Pixels, Reason, Slot, Tile, TileState
from tests.agent.tracking.drawing import Seen, draw, slots_for
from tests.galleries import real_gallery
from tests.labels import GRID, drawn, need_tesseract

BLANK = Frame(np.zeros((40, 400, 3), np.uint8), 0.0, 0.0)
LISTED = ConsentList(frozenset({normalise_name("Ann Lee")}), frozenset({normalise_name("Ben Okafor")}))


def tile(name: str, place: int = 0) -> Tile:
    box = Box(place * 100, 0, 90, 40)
    return Tile(name, Slot(box, 0, place, box, True), False, True)


def said(name: str | None) -> list[OcrResult]:
    """A label on which this name is read twice, or never with certainty."""
    return [OcrResult("ee a", sure=False)] if name is None else [OcrResult(name)] * 2


def consent_where(names: dict[str, str | None], *, default: bool) -> tuple[Consent, list[Tile]]:
    """Tiles whose labels say these names, and consent that has tried to read all of them."""
    tiles = [tile(one, place) for place, one in enumerate(names)]
    by_place = {one.slot.col: names[one.id] for one in tiles}
    consent = Consent(
        default, ListedNames(LISTED, lambda _, slots: [said(by_place[slot.col]) for slot in slots])
    )
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
    consent = Consent(True, ListedNames(LISTED, lambda _, slots: [said("Mia Lind") for _ in slots]))
    assert consent.excluded(BLANK, tiles) == {"b"}
    assert consent.excluded(BLANK, tiles) == set()


def test_ids_that_were_never_shown_take_no_memory() -> None:
    consent = Consent()
    for number in range(1000):
        consent.exclude(f"x{number}")
    assert consent.excluded(BLANK, [tile("x1")]) == set()


def test_who_is_excluded_is_neither_looked_for_nor_read_nor_remembered() -> None:
    pixels, consent = drawn(4).pixels, Consent()
    with open_analyzer(Config(), reuse=False, shared=Shared(consent=consent)) as analyzer:
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
        snapshot = analyzer.analyze(Frame(drawn(4).pixels, 0.0, 0.0))
        assert (analyzer.stages.searched, analyzer.stages.classified) == (0, 0)
    assert [one.state for one in snapshot.readings] == [TileState.EXCLUDED] * 4


def test_who_was_excluded_and_comes_back_under_another_id_is_known_by_the_label() -> None:
    pixels, first, second = drawn(4).pixels, Consent(), []
    with open_analyzer(Config(), shared=Shared(consent=first)) as analyzer:
        shown = analyzer.analyze(Frame(pixels, 0.0, 0.0)).readings
    for one in shown:
        box = Slot(one.box, one.row, one.col, one.box, True)
        second.append(Tile(f"new-{one.id}", box, False, True))
    first.exclude(shown[2].id)
    frame = Frame(pixels, 0.3, 0.3)
    old = [Tile(one.id.removeprefix("new-"), one.slot, False, True) for one in second]
    assert first.excluded(frame, old) == {shown[2].id}
    assert first.excluded(frame, second) == {second[2].id}


def returning(consent: Consent) -> Callable[..., frozenset[str]]:
    """Shows the same drawn participant under other ids, several at a time, and tells who is excluded."""
    pixels = drawn(4).pixels
    with open_analyzer(Config()) as analyzer:
        shown = analyzer.analyze(Frame(pixels, 0.0, 0.0)).readings[2]
    slot = Slot(shown.box, shown.row, shown.col, shown.box, True)
    frame = Frame(pixels, 0.3, 0.3)
    return lambda *ids: consent.excluded(frame, [Tile(one, slot, False, True) for one in ids])


def test_who_was_taken_in_again_is_read_under_every_later_id() -> None:
    consent = Consent()
    show = returning(consent)
    show("t1")
    consent.exclude("t1")
    assert show("t1") == {"t1"}
    consent.include("t1")
    assert show("t2") == set()


def test_who_came_back_and_was_then_taken_in_is_read_under_every_later_id() -> None:
    consent = Consent()
    show = returning(consent)
    show("t1")
    consent.exclude("t1")
    assert show("t1") == {"t1"}
    assert show("t2") == {"t2"}
    consent.exclude("t2")
    assert show("t2") == {"t2"}
    assert show("t3") == {"t3"}
    consent.include("t3")
    assert show("t3") == set()
    assert show("t4") == set()


def test_two_of_one_name_are_told_apart_by_their_ids() -> None:
    consent = Consent()
    show = returning(consent)
    show("t1")
    consent.exclude("t1")
    show("t1")
    assert show("t1", "t2") == {"t1", "t2"}
    consent.include("t2")
    assert show("t1", "t2") == {"t1"}
    # Who of the two comes back nobody can tell: the safe side.
    assert show("t1", "t3") == {"t1", "t3"}
    assert consent.excluded(*shown({"t2": "", "t4": ""})) == {"t4"}


def shown(names: dict[str, str]) -> tuple[Frame, list[Tile]]:
    """Tiles with these ids, whose labels say these names, "" on a label that cannot be read."""
    seen = [Seen(name, index) for index, name in enumerate(names.values())]
    slots = slots_for(len(names))
    return Frame(draw(seen), 0.0, 0.0), [
        Tile(name, slot, False, True) for name, slot in zip(names, slots, strict=True)
    ]


def test_while_an_excluded_one_without_a_label_is_away_new_tiles_are_left_alone() -> None:
    warned: list[str] = []
    consent = Consent(warn=warned.append)
    before = {"a": "", "b": "", "c": "Ada Lovelace"}
    assert consent.excluded(*shown(before)) == set()
    consent.exclude("b")
    assert consent.excluded(*shown(before)) == {"b"}
    assert consent.excluded(*shown(before)) == {"b"}
    [told] = warned
    assert told.startswith("b is excluded and has no plain name label")
    # Who was in sight together with her is somebody else.
    assert consent.excluded(*shown({"a": "", "c": "Ada Lovelace"})) == set()
    after = {"d": "", "c": "Ada Lovelace", "e": "", "f": "Ben Okri"}
    # No label tells that a tile is not the one whose label never showed.
    assert consent.excluded(*shown(after)) == {"d", "e", "f"}
    assert "b, who is excluded and has no plain name label" in warned[-1]
    assert "3 new tiles" in warned[-1]
    assert consent.excluded(*shown({**after, "e": "Chen Wei"})) == {"d", "e", "f"}
    consent.include("d")
    assert consent.excluded(*shown(after)) == {"e", "f"}
    # Who is in sight together with the one excluded is somebody else.
    assert consent.excluded(*shown({"b": "", **after})) == {"b"}
    assert consent.excluded(*shown(after)) == set()


def test_while_an_excluded_one_with_a_label_is_away_a_tile_is_left_alone_until_its_label_shows() -> None:
    consent = Consent()
    before = {"a": "Ada Lovelace", "b": "Ben Okri"}
    consent.excluded(*shown(before))
    consent.exclude("b")
    assert consent.excluded(*shown(before)) == {"b"}
    assert consent.excluded(*shown({"a": "Ada Lovelace", "c": "", "d": ""})) == {"c", "d"}
    assert consent.excluded(*shown({"c": "Chen Wei", "d": "Ben Okri"})) == {"d"}
    # She is in sight as d: another without a label is not her.
    assert consent.excluded(*shown({"d": "Ben Okri", "e": ""})) == {"d"}
    consent.include("d")
    assert consent.excluded(*shown({"d": "Ben Okri", "e": ""})) == set()
    assert consent.excluded(*shown({"e": "", "f": ""})) == set()


def test_who_was_excluded_in_a_gallery_without_names_is_not_read_after_a_glance_at_something_else() -> None:
    gallery, consent = drawn(16, names=[""] * 16), Consent()
    desktop: Pixels = np.full_like(gallery.pixels, 90)
    with open_analyzer(Config(), shared=Shared(consent=consent)) as analyzer:
        before = [analyzer.analyze(Frame(gallery.pixels, step * 0.3, 0.0)) for step in range(4)][-1]
        chosen = before.readings[1]
        consent.exclude(chosen.id)
        for step in range(4, 24):
            away = analyzer.analyze(Frame(gallery.pixels if step < 8 else desktop, step * 0.3, 0.0))
        after = [analyzer.analyze(Frame(gallery.pixels, 8.0 + step * 0.3, 0.0)) for step in range(4)][-1]
    assert not away.readings
    # Some videos show something like a faint label, by which their ids come back.
    known = {one.id for one in before.readings} - {chosen.id}
    new = [one for one in after.readings if one.id not in known]
    assert chosen.box in {one.box for one in new}
    assert len(new) > len(known) / 2
    assert all(one.state is TileState.EXCLUDED for one in new)


OUT = (GRID[2], GRID[4], GRID[7], GRID[9], GRID[10], GRID[15])
"""Six of whom Tesseract makes "eee aye d f" and the like where it is given more than the names."""


def config_with(tmp_path: Path, *entries: str) -> Config:
    """A configuration with this list of consent, which needs Tesseract; everybody else is read."""
    need_tesseract("eng")
    path = tmp_path / "out.txt"
    path.write_text("\n".join(entries), encoding="utf-8")
    return Config(consent=ConsentConfig(list=str(path)))


def test_on_a_real_gallery_nobody_who_opted_out_is_ever_read_and_most_others_are(tmp_path: Path) -> None:
    pixels = real_gallery("grid-4x4.jpg").pixels
    config = config_with(tmp_path, *(f"- {name}" for name in OUT))
    read: set[str] = set()
    with open_analyzer(config, reuse=False, shared=Shared(consent=open_consent(config))) as analyzer:
        # As live: one name in a frame, and each that could not be read again after some seconds.
        for step in range(20):
            snapshot = analyzer.analyze(Frame(pixels, step * AGAIN / 8, 0.0))
            named = dict(zip(GRID, snapshot.readings, strict=True))
            assert all(named[name].state is TileState.EXCLUDED for name in OUT)
            assert all(named[name].face is None and named[name].emotion is None for name in OUT)
            read |= {name for name, one in named.items() if one.state is TileState.FACE}
    assert len(read) >= 7
    assert read.isdisjoint(OUT)


@pytest.mark.parametrize("name", ["grid-4x4.jpg", "tablet-2x2.png"])
def test_of_a_single_picture_all_names_are_read_at_once(tmp_path: Path, name: str) -> None:
    gallery, config = real_gallery(name), config_with(tmp_path, "- Margaret Ramsey")
    [(_, snapshot)] = read_file(config, str(gallery.path), lambda *_: None)
    left_out = {place for place, one in enumerate(snapshot.readings) if one.state is TileState.EXCLUDED}
    if name == "grid-4x4.jpg":
        assert GRID.index("Margaret Ramsey") in left_out
        assert len(left_out) <= 4
    else:
        # Of letters 5 px high too little is certain: whoever cannot be told is left alone.
        assert len(left_out) >= 3


def test_a_recording_has_all_its_names_read_in_its_first_frame_and_a_live_source_one(tmp_path: Path) -> None:
    config, frame = config_with(tmp_path, "- Zzyzx Qwk"), Frame(drawn(9).pixels, 0.0, 0.0)
    tiles = {}
    for live in (False, True):
        with open_analyzer(config, shared=Shared(consent=open_consent(config, live=live))) as analyzer:
            shown = analyzer.analyze(frame).readings
        tiles[live] = sum(one.state is not TileState.EXCLUDED for one in shown)
    assert tiles[False] >= 7
    assert tiles[True] <= 1


def test_a_list_of_who_said_no_without_marks_is_refused(tmp_path: Path) -> None:
    config = config_with(tmp_path, "# who said no", "- Ann Lee", "Ben Okafor")
    with pytest.raises(ConfigError, match=r"out\.txt, line 3: 'Ben Okafor' has no mark"):
        open_consent(config)
    open_consent(Config(consent=ConsentConfig(list=config.consent.list, default="exclude")))
    listed = load_consent_list(Path(config.consent.list or ""))
    assert listed == ConsentList(frozenset({"ben okafor"}), frozenset({"ann lee"}))


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


def test_what_was_said_of_who_is_excluded_by_now_is_not_said_again() -> None:
    """While no frame comes the last snapshot is repeated: it was made before the teacher's click."""
    pixels = real_gallery("grid-4x4.jpg").pixels
    consent = Consent()
    with open_analyzer(Config(), shared=Shared(consent=consent)) as analyzer:
        for step in range(6):
            before = analyzer.analyze(Frame(pixels, step / 5, 0.0))
        chosen = next(one for one in before.readings if one.emotion is not None)
        assert analyzer.again(before).readings == before.readings
        consent.exclude(chosen.id)
        after = analyzer.again(before)
    assert (after.room.read, after.room.faces) == (before.room.read - 1, before.room.faces - 1)
    for old, new in zip(before.readings, after.readings, strict=True):
        if old.id != chosen.id:
            assert new == old
            continue
        assert (new.id, new.box, new.state, new.reason) == (
            old.id,
            old.box,
            TileState.EXCLUDED,
            Reason.PRIVATE,
        )
        assert (new.face, new.emotion, new.facing, new.motivation) == (None, None, 0.0, None)
