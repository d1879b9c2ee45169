from __future__ import annotations

from dataclasses import replace

import pytest

from agent.tracking.gallery_check import is_meeting_gallery
from agent.values import Box, Slot, Tile


def gallery(count: int, named: int, on: int | None = None) -> list[Tile]:
    """So many tiles of 100x100, of which the first ``named`` have a name and the first ``on`` a picture."""
    places = [Box(100 * place, 0, 100, 100) for place in range(count)]
    shown = count if on is None else on
    slots = [
        Slot(box, 0, place, box, camera_on=place < shown, named=place < named)
        for place, box in enumerate(places)
    ]
    return [Tile(str(place), slot, False, True) for place, slot in enumerate(slots)]


def believed(tiles: list[Tile], faces: int, covered: float) -> bool:
    """Whether they are believed to be a gallery with faces in the first few, if they cover so much."""
    area = round(sum(tile.slot.box.area for tile in tiles) / covered)
    return is_meeting_gallery(tiles, [str(place) for place in range(faces)], area)


@pytest.mark.parametrize(
    ("named", "covered", "fewest"),
    [(12, 0.5, 3), (8, 0.5, 3), (12, 0.1, 7), (7, 0.5, 9), (0, 0.5, 9), (0, 0.1, 9)],
    ids=["names", "most names", "small", "too few names", "no names", "small without names"],
)
def test_the_less_speaks_for_a_gallery_the_more_faces_it_takes(
    named: int, covered: float, fewest: int
) -> None:
    tiles = gallery(12, named)
    assert believed(tiles, fewest, covered)
    assert not believed(tiles, fewest - 1, covered)


@pytest.mark.parametrize(("named", "covered", "fewest"), [(0, 0.5, 7), (0, 0.1, 7), (12, 0.1, 3)])
def test_the_controls_of_a_call_speak_for_a_gallery(named: int, covered: float, fewest: int) -> None:
    tiles = [replace(tile, slot=replace(tile.slot, in_call=True)) for tile in gallery(12, named)]
    assert believed(tiles, fewest, covered)
    assert not believed(tiles, fewest - 1, covered)


def test_a_large_gallery_with_names_beside_the_controls_of_a_call_needs_no_face() -> None:
    tiles = [replace(tile, slot=replace(tile.slot, in_call=True)) for tile in gallery(12, 12)]
    assert believed(tiles, 0, 0.5)


def test_cameras_that_are_off_are_no_missing_faces() -> None:
    tiles = gallery(12, 0, on=3)
    assert believed(tiles, 3, 0.5)
    assert not believed(tiles, 2, 0.5)


@pytest.mark.parametrize("named", [0, 12])
def test_without_any_face_there_is_no_gallery(named: int) -> None:
    assert not believed(gallery(12, named), 0, 0.5)
    assert not believed(gallery(12, named, on=0), 0, 0.5)


def test_one_person_is_a_gallery() -> None:
    assert believed(gallery(1, 0), 1, 1.0)
