"""A chip lies inside its tile, off the crop and off the name, wherever there is room for it."""

from __future__ import annotations

from hypothesis import example, given, settings
from hypothesis import strategies as st

from exporter.native.chips import (
    CROP_SLACK,
    FACE_SLACK,
    JITTER,
    SIZES,
    is_near,
    name_zone,
    place_chip,
    sizes_of,
)
from exporter.native.geometry import Rect

TILES = st.builds(Rect, st.floats(0, 800), st.floats(0, 500), st.floats(70, 900), st.floats(45, 600))
SHARES = st.tuples(st.floats(0, 1), st.floats(0, 1), st.floats(0.1, 0.7), st.floats(0.1, 0.7))


def face_in(tile: Rect, share: tuple[float, float, float, float]) -> Rect:
    x, y, across, down = share
    width, height = tile.width * across, tile.height * down
    return Rect(tile.left + x * (tile.width - width), tile.top + y * (tile.height - height), width, height)


@given(TILES, SHARES, st.booleans())
def test_a_chip_never_leaves_its_tile(
    tile: Rect, share: tuple[float, float, float, float], read: bool
) -> None:
    place = place_chip(tile, face_in(tile, share), sizes_of("turned away", read=read))
    slack = 1e-6
    assert tile.grown(slack, slack).intersection(place.rect) > 0.999 * place.rect.area


@given(st.floats(160, 900), st.floats(0.1, 0.33), st.floats(0.3, 0.6))
def test_a_face_of_usual_size_is_never_covered(width: float, share: float, middle: float) -> None:
    tile = Rect(10, 20, width, width * 9 / 16)
    size = width * share
    face = Rect(tile.left + middle * (width - size), tile.top + 0.25 * tile.height, size, size)
    place = place_chip(tile, face, SIZES)
    assert place.rect.intersection(face) == 0
    assert place.rect.intersection(name_zone(tile)) == 0


def test_it_keeps_off_the_crop_where_it_can_and_off_the_face_where_it_cannot() -> None:
    tile = Rect(0, 0, 320, 180)
    small, large = Rect(130, 60, 60, 60), Rect(60, 20, 150, 140)
    free = place_chip(tile, small, SIZES).rect
    assert free.intersection(small.grown(60 * CROP_SLACK, 60 * CROP_SLACK)) == 0
    tight = place_chip(tile, large, SIZES).rect
    assert tight.intersection(large.grown(150 * FACE_SLACK, 140 * FACE_SLACK)) == 0


@settings(deadline=None)
@given(TILES, SHARES, st.floats(-JITTER, JITTER), st.floats(-JITTER, JITTER))
# A box far wider than high: what is little across is much down.
@example(Rect(0, 0, 282, 58), (0.0, 0.75, 0.5, 0.375), 0.0, -0.03125)
def test_a_chip_that_stays_while_the_face_trembles_is_off_the_face_still(
    tile: Rect, share: tuple[float, float, float, float], right: float, down: float
) -> None:
    face = face_in(tile, share)
    trembled = face.shifted(right * 0.999 * face.width, down * 0.999 * face.height)
    assert is_near(trembled, face)
    assert not is_near(face.shifted(2 * JITTER * face.width, 0), face)
    place = place_chip(tile, face, SIZES)
    if place.rect.intersection(face.grown(face.width * CROP_SLACK, face.height * CROP_SLACK)) == 0:
        assert place.rect.intersection(trembled) == 0


def test_on_a_tile_of_a_few_pixels_it_is_a_dot_beside_the_face() -> None:
    tile, face = Rect(0, 0, 40, 22), Rect(15, 6, 10, 10)
    place = place_chip(tile, face, SIZES)
    assert place.form == "dot"
    assert place.rect.intersection(face) == 0
    assert place_chip(Rect(0, 0, 80, 45), Rect(30, 12, 20, 20), SIZES).form == "mini"


def test_a_chip_keeps_its_corner_while_that_is_free() -> None:
    tile = Rect(0, 0, 320, 180)
    left = place_chip(tile, Rect(20, 30, 60, 60), SIZES)
    assert left.corner == "top-right"
    assert place_chip(tile, Rect(130, 60, 60, 60), SIZES, left).corner == "top-right"
    assert place_chip(tile, Rect(130, 60, 60, 60), SIZES).corner == "top-left"
