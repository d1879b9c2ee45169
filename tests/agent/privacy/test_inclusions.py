"""A choice to read somebody ends where the tile may show somebody else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from agent.composition.analyzer import Shared, open_analyzer
from agent.configuration.config import Config
from agent.privacy.consent import Consent
from agent.privacy.inclusions import Inclusions
from agent.values import Frame, TileState
from tests.agent.privacy.test_consent import shown
from tests.labels import GRID, drawn


def test_a_choice_holds_until_the_tile_is_in_doubt_and_again_when_its_label_is_back() -> None:
    inclusions = Inclusions()
    frame, [one] = shown({"a": "Ada Lovelace"})
    inclusions.add("a", one.unproven)
    inclusions.look(frame, one)
    assert inclusions.holds("a", None)
    assert not inclusions.holds("b", None)
    doubted = replace(one, unproven=1.0)
    for name, holds in (("", False), ("Ben Okri", False), ("Ada Lovelace", True)):
        inclusions.look(shown({"a": name})[0], doubted)
        assert inclusions.holds("a", 1.0) is holds, name
    inclusions.discard("a")
    assert not inclusions.holds("a", 1.0)


def test_a_choice_made_without_a_label_ends_for_good() -> None:
    inclusions = Inclusions()
    frame, [one] = shown({"a": ""})
    inclusions.add("a", one.unproven)
    inclusions.look(frame, one)
    inclusions.look(shown({"a": "Ada Lovelace"})[0], replace(one, unproven=1.0))
    assert not inclusions.holds("a", 1.0)


def test_that_a_choice_ended_is_said_once() -> None:
    warned: list[str] = []
    consent = Consent(False, warn=warned.append)
    frame, [one] = shown({"a": ""})
    consent.excluded(frame, [one])
    consent.include("a")
    assert consent.excluded(frame, [one]) == set()
    for unproven in (1.0, 1.0, 2.0):
        assert consent.excluded(frame, [replace(one, unproven=unproven)]) == {"a"}
    [told] = warned
    assert told.startswith("a is not read any more")
    consent.include("a")
    assert consent.excluded(frame, [replace(one, unproven=2.0)]) == set()


def test_who_comes_back_to_the_tile_of_somebody_chosen_meanwhile_is_not_read() -> None:
    """With names hidden the tile kept the id of the one who left, and the choice was about the other."""
    drawing, bare = drawn(9, names=GRID), drawn(9, names=[""] * 9).pixels
    first, other = drawing.truth[1], drawing.truth[4]
    meanwhile = bare.copy()
    first.box.of(meanwhile)[:] = other.box.of(bare)
    states = []
    with open_analyzer(Config(), shared=Shared(consent=(consent := Consent(False)))) as analyzer:
        for step in range(60):
            pixels = meanwhile if 10 <= step < 35 else drawing.pixels
            readings = analyzer.analyze(Frame(pixels, step * 0.25, 0.0)).readings
            one = next(one for one in readings if (one.row, one.col) == (first.row, first.col))
            if step == 15:
                consent.include(one.id)
            states.append(one.state)
    assert states[34] is TileState.FACE
    assert set(states[35:]) == {TileState.EXCLUDED}


@pytest.mark.parametrize("faded", [1, 6])
@pytest.mark.parametrize("named", [True, False])
def test_who_follows_in_the_place_of_somebody_chosen_is_not_read(named: bool, faded: int) -> None:
    """The picture is another one at once, or fades into it; the newcomer's label cannot be read."""
    drawing, bare = drawn(9, names=GRID), drawn(9, names=[""] * 9).pixels
    before = drawing.pixels if named else bare
    chosen, other = drawing.truth[1], drawing.truth[4]
    states = []
    with open_analyzer(Config(), shared=Shared(consent=(consent := Consent(False)))) as analyzer:
        for step in range(60):
            pixels = before.copy()
            share = min(max(step - 15, 0) / faded, 1.0)
            place = chosen.box.of(pixels)
            if share:
                place[:] = ((1 - share) * chosen.box.of(before) + share * other.box.of(bare)).astype("uint8")
            readings = analyzer.analyze(Frame(pixels, step * 0.25, 0.0)).readings
            one = next(one for one in readings if (one.row, one.col) == (chosen.row, chosen.col))
            if step == 5:
                consent.include(one.id)
            states.append(one.state)
    assert states[15] is TileState.FACE
    assert set(states[50:]) == {TileState.EXCLUDED}
    assert faded > 1 or set(states[16:]) == {TileState.EXCLUDED}
