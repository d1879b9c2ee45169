"""When names are read off labels, and what the list says of a tile meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from agent.privacy.consent_list import Listed, OcrResult
from agent.privacy.listed_names import AGAIN, ListedNames
from agent.values import Box, Pixels, Slot
from tests.agent.privacy.test_consent import BLANK, LISTED, said, tile


class Unreadable:
    """Reads no name, and notes the columns of the tiles that it was given."""

    def __init__(self) -> None:
        self.tried: list[int] = []

    def __call__(self, _: Pixels, slots: Sequence[Slot]) -> list[list[OcrResult]]:
        self.tried += [slot.col for slot in slots]
        return [[] for _ in slots]


def test_until_a_name_is_known_it_may_be_one_that_opted_out() -> None:
    names = ListedNames(LISTED, lambda _, slots: [said("Mia Lind") for _ in slots])
    assert names.listed("a") is Listed.PERHAPS_OUT
    names.update(BLANK, [tile("a", 0), tile("b", 1)])
    assert (names.listed("a"), names.listed("b")) == (Listed.UNKNOWN, Listed.PERHAPS_OUT)


def test_all_names_are_read_at_once_where_nobody_waits_for_the_next_frame() -> None:
    unreadable = Unreadable()
    ListedNames(LISTED, unreadable, at_once=True).update(BLANK, [tile("a", 0), tile("b", 1)])
    assert unreadable.tried == [0, 1]


def test_a_name_that_could_not_be_read_is_tried_again_later() -> None:
    said_then: list[str | None] = [None, "Mia Lind"]
    names = ListedNames(LISTED, lambda *_: [said(said_then.pop(0))])
    found = []
    for time in (0.0, 1.0, AGAIN):
        names.update(replace(BLANK, time=time), [tile("a")])
        found.append(names.listed("a"))
    assert found == [Listed.PERHAPS_OUT, Listed.PERHAPS_OUT, Listed.UNKNOWN]


def test_a_name_that_changed_is_certain_only_once_it_was_read_again() -> None:
    said_then = ["Mia Lind", "Ann Lee", "Ann Lee"]
    names, one = ListedNames(LISTED, lambda *_: [said(said_then.pop(0))]), tile("a")
    found = []
    # The tile moves each time, so that its name is read again soon.
    for step in range(3):
        moved = replace(one, slot=replace(one.slot, box=Box(500 * step, 0, 90, 40)))
        names.update(replace(BLANK, time=step * AGAIN), [moved])
        found.append(names.listed("a"))
    assert found == [Listed.UNKNOWN, Listed.PERHAPS_OUT, Listed.IN]


def test_a_doubt_forgets_every_name_but_one_that_opted_out() -> None:
    for name, after in (("Ann Lee", Listed.PERHAPS_OUT), ("Ben Okafor", Listed.OUT)):
        names = ListedNames(LISTED, lambda *_, name=name: [said(name)])
        names.update(BLANK, [tile("a")])
        names.doubt("a")
        names.doubt("never-shown")
        assert names.listed("a") is after


def test_names_that_were_never_tried_come_before_those_that_could_not_be_read() -> None:
    unreadable, tiles = Unreadable(), [tile(str(place), place) for place in range(8)]
    names = ListedNames(LISTED, unreadable)
    # Slower than the attempts come round again: the first would be tried for ever.
    for step in range(8):
        names.update(replace(BLANK, time=step * AGAIN), tiles)
    assert unreadable.tried == list(range(8))


def test_a_name_that_cannot_be_read_is_tried_ever_more_seldom_until_its_tile_changes() -> None:
    unreadable, one, tried = Unreadable(), tile("a"), []
    names = ListedNames(LISTED, unreadable)
    for now in range(410):
        if now == 400:
            one = replace(one, slot=replace(one.slot, box=Box(0, 0, 400, 300)))
        before = len(unreadable.tried)
        names.update(replace(BLANK, time=float(now)), [one])
        tried += [now] * (len(unreadable.tried) - before)
    assert tried == [0, 5, 15, 35, 75, 155, 315, 400, 405]
