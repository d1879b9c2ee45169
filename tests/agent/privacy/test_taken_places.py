"""Who takes the place of somebody else: nobody excluded is read there, and a wrong seat heals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np
import pytest

from agent.composition.analyzer import Shared, open_analyzer
from agent.configuration.config import Config
from agent.privacy.consent import Consent
from agent.privacy.consent_list import ConsentList, OcrResult
from agent.privacy.listed_names import AGAIN, LONGEST, ListedNames
from agent.privacy.name_matching import normalise_name
from agent.values import Box, Frame, Pixels, Reading, Slot, Snapshot, TileState
from tests.agent.privacy.test_consent import BLANK, LISTED, said, shown, tile
from tests.labels import GRID, drawn

BEFORE = {"a": "Ada Lovelace", "b": "Ben Okri", "c": "Chen Wei"}


def excluding_b() -> tuple[Consent, list[str]]:
    """Consent that has seen three, of whom the second is excluded, and what it warned of."""
    warned: list[str] = []
    consent = Consent(warn=warned.append)
    consent.excluded(*shown(BEFORE))
    consent.exclude("b")
    assert consent.excluded(*shown(BEFORE)) == {"b"}
    assert not warned
    return consent, warned


def test_a_new_name_in_the_place_of_who_is_excluded_is_left_alone_until_that_one_is_back() -> None:
    consent, warned = excluding_b()
    renamed = {"a": "Ada Lovelace", "d": "Zoe Quist", "c": "Chen Wei"}
    for _ in range(3):
        assert consent.excluded(*shown(renamed)) == {"d"}
    [told] = warned
    assert told.startswith("d is not read: it took the place of b, who is excluded")
    assert "include d" in told
    # And once more under yet another name.
    again = {"a": "Ada Lovelace", "e": "Fay Weldon", "c": "Chen Wei"}
    assert consent.excluded(*shown(again)) == {"e"}
    # Both in sight: these are two.
    assert consent.excluded(*shown({**again, "b": "Ben Okri"})) == {"b"}
    assert consent.excluded(*shown(again)) == set()
    # The one that was not in sight together with her may still be her.
    assert consent.excluded(*shown(renamed)) == {"d"}


def test_who_is_left_alone_for_the_place_is_read_when_included() -> None:
    consent, _ = excluding_b()
    renamed = {"a": "Ada Lovelace", "d": "Zoe Quist", "c": "Chen Wei"}
    assert consent.excluded(*shown(renamed)) == {"d"}
    consent.include("d")
    assert consent.excluded(*shown(renamed)) == set()
    consent, _ = excluding_b()
    assert consent.excluded(*shown(renamed)) == {"d"}
    consent.include("b")
    assert consent.excluded(*shown(renamed)) == set()


def test_whoever_was_known_may_take_the_place_of_who_is_excluded() -> None:
    consent, warned = excluding_b()
    assert consent.excluded(*shown({"a": "Ada Lovelace", "c": "Chen Wei"})) == set()
    assert not warned


def test_somebody_new_elsewhere_is_read_and_the_log_says_that_it_may_be_who_is_excluded() -> None:
    consent, warned = excluding_b()
    after = {"a": "Ada Lovelace", "c": "Chen Wei", "": "", "f": "Zoe Quist"}
    frame, tiles = shown(after)
    for _ in range(2):
        assert consent.excluded(frame, [tiles[0], tiles[1], tiles[3]]) == set()
    [told] = warned
    assert told.startswith("somebody new came while b, who is excluded, is out of sight")


def test_under_a_list_a_name_counts_no_more_when_its_id_is_in_doubt() -> None:
    names: list[str | None] = ["Ann Lee", None, "Mia Lind"]
    consent = Consent(False, ListedNames(LISTED, lambda *_: [said(names.pop(0))]))
    one = tile("a")
    assert consent.excluded(replace(BLANK, time=0.0), [one]) == set()
    one = replace(one, unproven=1.0)
    for time in (1.0, 2.0, 6.0, 7.0):
        assert consent.excluded(replace(BLANK, time=time), [one]) == {"a"}
    assert not names


def test_who_opted_out_stays_out_when_the_id_is_in_doubt() -> None:
    names: list[str | None] = ["Ben Okafor", "Mia Lind"]
    consent = Consent(True, ListedNames(LISTED, lambda *_: [said(names.pop(0))]))
    for unproven in (None, 1.0):
        assert consent.excluded(BLANK, [replace(tile("a"), unproven=unproven)]) == {"a"}


def test_an_id_in_doubt_with_the_label_of_who_is_excluded_is_left_alone() -> None:
    consent, _ = excluding_b()
    frame, tiles = shown({"a": "Ben Okri", "c": "Chen Wei"})
    assert consent.excluded(frame, tiles) == set()
    assert consent.excluded(frame, [replace(tiles[0], unproven=1.0), tiles[1]]) == {"a"}
    # A label that shows nothing later does not tell that it was another one.
    frame, tiles = shown({"a": "", "c": "Chen Wei"})
    assert consent.excluded(frame, [replace(tiles[0], unproven=2.0), tiles[1]]) == {"a"}


def names_read(*moved_at: float, names: Sequence[str | None], until: int) -> dict[int, bool]:
    """When the name of a tile was read, and whether the tile was then left alone; every second one frame."""
    answers, tried = list(names), list[int]()

    def read(*_: object) -> list[list[OcrResult]]:
        tried.append(now)
        return [said(answers.pop(0) if len(answers) > 1 else answers[0])]

    consent, one, found = Consent(True, ListedNames(LISTED, read)), tile("a"), {}
    for now in range(until):
        if now in moved_at:
            box = one.slot.box.shifted(300, 0)
            one = replace(one, slot=replace(one.slot, box=box))
        left_out = bool(consent.excluded(replace(BLANK, time=float(now)), [one]))
        if tried and tried[-1] == now:
            found[now] = left_out
    return found


def test_a_known_name_is_read_again_seldom_and_soon_after_its_tile_moved() -> None:
    assert names_read(names=["Mia Lind"], until=400) == {0: False, 160: False, 320: False}
    assert names_read(3, 50, names=["Mia Lind"], until=100) == {0: False, 5: False, 50: False}
    assert (AGAIN, LONGEST) == (5.0, 160.0)


@pytest.mark.parametrize(
    ("answers", "left_out"),
    [
        # Not certain once is nothing new.
        (["Mia Lind", None], {0: False, 160: False}),
        (["Mia Lind", "Ben Okafor"], {0: False, 160: True}),
        # Two names, of which one is wrong: the third attempt says which.
        (["Mia Lind", "Ben 0k", "Mia Lind"], {0: False, 160: True, 165: False}),
        (["Mia Lind", "Ben 0k", "Ben 0k"], {0: False, 160: True, 165: True}),
    ],
)
def test_a_name_that_is_another_when_it_is_read_again_heals(
    answers: list[str | None], left_out: dict[int, bool]
) -> None:
    assert names_read(names=answers, until=300) == left_out


def reading_at(snapshot: Snapshot, row: int, col: int) -> Reading:
    return next(one for one in snapshot.readings if (one.row, one.col) == (row, col))


def test_who_was_excluded_by_a_click_is_not_read_after_a_new_name() -> None:
    names = [
        f"{one} Sample" for one in ("Ada", "Bruno", "Cleo", "Dario", "Emil", "Fay", "Gus", "Hal", "Ines")
    ]
    before = drawn(9, names=names).pixels
    after = drawn(9, names=[*names[:4], "Zed Q Marlowe", *names[5:]]).pixels
    consent = Consent()
    with open_analyzer(Config(), shared=Shared(consent=consent)) as analyzer:
        shots = [analyzer.analyze(Frame(before, step * 0.25, 0.0)) for step in range(8)]
        chosen = reading_at(shots[-1], 1, 1)
        assert chosen.state is TileState.FACE
        consent.exclude(chosen.id)
        analyzer.analyze(Frame(before, 2.0, 0.0))
        shots = [analyzer.analyze(Frame(after, 2.25 + step * 0.25, 0.0)) for step in range(32)]
    assert reading_at(shots[-1], 1, 1).id != chosen.id
    assert {reading_at(one, 1, 1).state for one in shots} == {TileState.EXCLUDED}
    assert sum(one.state is TileState.EXCLUDED for one in shots[-1].readings) == 1


def test_who_opted_out_and_takes_a_place_while_the_window_is_resized_is_not_read() -> None:
    drawing = drawn(9, names=GRID[7:])
    last, other = drawing.truth[-1], drawing.truth[1]
    place = last.row, last.col
    without: Pixels = drawing.pixels.copy()
    last.box.of(without)[:] = other.box.of(drawing.pixels)
    names = {(one.row, one.col): one.name for one in drawing.truth}

    def read(_: Pixels, slots: Sequence[Slot]) -> list[list[OcrResult]]:
        return [said(names[slot.row, slot.col]) for slot in slots]

    names[place] = other.name
    listed = ConsentList(frozenset(), frozenset({normalise_name(last.name)}))
    consent = Consent(True, ListedNames(listed, read, at_once=True))
    size = drawing.pixels.shape[1] * 5 // 4, drawing.pixels.shape[0] * 5 // 4
    with open_analyzer(Config(), shared=Shared(consent=consent)) as analyzer:
        for step in range(12):
            before = analyzer.analyze(Frame(in_window(without), step * 0.25, 0.0))
        assert not any(one.state is TileState.EXCLUDED for one in before.readings)
        names[place] = last.name
        larger = np.asarray(cv2.resize(drawing.pixels, size), np.uint8)
        for step in range(12):
            after = analyzer.analyze(Frame(in_window(larger), 3.0 + step * 0.25, 0.0))
            assert reading_at(after, *place).state is TileState.EXCLUDED
    assert sum(one.state is TileState.EXCLUDED for one in after.readings) == 1


def test_who_was_excluded_while_no_name_showed_is_not_read_when_names_show() -> None:
    bare, named = drawn(9, names=[""] * 9).pixels, drawn(9, names=GRID).pixels
    consent, time = Consent(), 0.0
    with open_analyzer(Config(), shared=Shared(consent=consent)) as analyzer:

        def show(pixels: Pixels, frames: int) -> Snapshot:
            nonlocal time
            for _ in range(frames):
                time += 0.25
                snapshot = analyzer.analyze(Frame(pixels, time, 0.0))
            return snapshot

        chosen = reading_at(show(bare, 8), 1, 1)
        consent.exclude(chosen.id)
        show(bare, 4)
        assert not show(np.full_like(bare, 90), 24).readings
        back = reading_at(show(named, 8), 1, 1)
    assert back.id != chosen.id
    assert back.state is TileState.EXCLUDED


def test_who_takes_a_listed_place_while_names_are_hidden_is_not_read() -> None:
    drawing, bare = drawn(9, names=GRID), drawn(9, names=[""] * 9).pixels
    listed, other = drawing.truth[1], drawing.truth[4]
    names = {(one.row, one.col): one.name for one in drawing.truth}

    def read(_: Pixels, slots: Sequence[Slot]) -> list[list[OcrResult]]:
        return [said(names.get((slot.row, slot.col))) for slot in slots]

    only = ConsentList(frozenset({normalise_name(listed.name)}), frozenset())
    consent = Consent(False, ListedNames(only, read, at_once=True))
    swapped: Pixels = bare.copy()
    listed.box.of(swapped)[:] = other.box.of(bare)
    states = []
    with open_analyzer(Config(), shared=Shared(consent=consent)) as analyzer:
        for step, pixels in enumerate([drawing.pixels] * 8 + [bare] * 8 + [swapped] * 16):
            if step == 8:
                names.clear()
            snapshot = analyzer.analyze(Frame(pixels, step * 0.25, 0.0))
            states.append(reading_at(snapshot, listed.row, listed.col).state)
    # Hidden names alone put nothing in doubt.
    assert states[7] is states[15] is TileState.FACE
    assert set(states[16:]) == {TileState.EXCLUDED}


def in_window(pixels: Pixels) -> Pixels:
    """A screen with a window on it."""
    screen: Pixels = np.full((1000, 1800, 3), 60, np.uint8)
    Box(40, 30, pixels.shape[1], pixels.shape[0]).of(screen)[:] = pixels
    return screen
