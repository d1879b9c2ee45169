"""Where chips go: inside their tile, off the face and off the name, without hopping about."""

from __future__ import annotations

import random
from typing import Any

import pytest
from playwright.sync_api import Page

pytestmark = pytest.mark.browser

PLACE = """async cases => {
  const { nameZone, placeChip, sizesOf } = await import('/static/chip_placement.js');
  return cases.map(({ tile, face, read, before }) =>
    ({ ...placeChip(tile, face, sizesOf("turned away", read), before), name: nameZone(tile) }));
}"""

Rect = dict[str, float]


def rect(left: float, top: float, width: float, height: float) -> Rect:
    return {"left": left, "top": top, "width": width, "height": height}


def shared(a: Rect, b: Rect) -> float:
    wide = min(a["left"] + a["width"], b["left"] + b["width"]) - max(a["left"], b["left"])
    high = min(a["top"] + a["height"], b["top"] + b["height"]) - max(a["top"], b["top"])
    return max(wide, 0) * max(high, 0)


def inside(inner: Rect, outer: Rect) -> bool:
    return (
        inner["left"] >= outer["left"] - 0.01
        and inner["top"] >= outer["top"] - 0.01
        and inner["left"] + inner["width"] <= outer["left"] + outer["width"] + 0.01
        and inner["top"] + inner["height"] <= outer["top"] + outer["height"] + 0.01
    )


def drawn_case(rng: random.Random) -> dict[str, Any]:
    """A tile from 80x45 to 4K, portrait ones too, with a face as faces sit in tiles."""
    width = rng.choice([80, 100, 130, 180, 280, 360, 640, 1900, 3800])
    height = width * rng.choice([9 / 16, 3 / 4, 1, 16 / 9])
    tile = rect(rng.uniform(0, 500), rng.uniform(0, 500), width, height)
    size = min(width, height) * rng.uniform(0.15, 0.5)
    left = tile["left"] + (width - size) * rng.uniform(0.3, 0.7)
    top = tile["top"] + (height - size) * rng.uniform(0.25, 0.6)
    read = rng.random() < 0.7
    return {"tile": tile, "face": rect(left, top, size, size), "read": read, "before": None}


def test_chips_stay_in_the_tile_and_off_face_and_name(workbench: Page) -> None:
    rng = random.Random(5)
    cases = [drawn_case(rng) for _ in range(2000)]
    places = workbench.evaluate(PLACE, cases)
    for case, place in zip(cases, places, strict=True):
        assert inside(place, case["tile"]), case
        assert shared(place, case["face"]) == 0, case
        assert shared(place, place["name"]) == 0, case


def test_a_face_that_fills_its_tile_gets_the_smallest_overlap(workbench: Page) -> None:
    tile = rect(0, 0, 320, 180)
    face = rect(20, 0, 280, 180)
    case = {"tile": tile, "face": face, "read": True, "before": None}
    (place,) = workbench.evaluate(PLACE, [case])
    assert place["form"] == "mini"
    assert inside(place, tile)
    assert shared(place, face) < place["width"] * place["height"]


def test_a_new_chip_is_off_the_hair_too(workbench: Page) -> None:
    case = {"tile": rect(0, 0, 320, 180), "face": rect(80, 48, 70, 70), "read": True, "before": None}
    (place,) = workbench.evaluate(PLACE, [case])
    assert place["corner"] == "top-right"
    (kept,) = workbench.evaluate(PLACE, [case | {"before": place | {"corner": "top-left"}}])
    assert kept["corner"] == "top-left", "a place that covers no face is kept"


def test_a_chip_keeps_its_corner_while_it_is_free(workbench: Page) -> None:
    tile = rect(0, 0, 320, 180)
    before = None
    corners = []
    for step in range(40):
        # The face nods between 60 px and 110 px from the left: under the left corner at first, then not.
        face = rect(60 + 50 * abs(step % 10 - 5) / 5, 25, 80, 80)
        (before,) = workbench.evaluate(PLACE, [{"tile": tile, "face": face, "read": True, "before": before}])
        corners.append(before["corner"])
    assert len(set(corners)) == 1


def test_small_tiles_get_the_small_chip_and_large_ones_the_word(workbench: Page) -> None:
    tiles = [rect(0, 0, 80, 45), rect(0, 0, 280, 158), rect(0, 0, 3800, 2100)]
    cases = [{"tile": tile, "face": None, "read": True, "before": None} for tile in tiles]
    places = workbench.evaluate(PLACE, cases)
    assert [place["form"] for place in places] == ["mini", "full", "full"]
    assert places[0]["width"] <= 20
    assert all(place["font"] >= 9 for place in places)


def test_the_frame_lies_on_the_page_as_asked(workbench: Page) -> None:
    script = """async ([frame, page, fit]) => {
      const { frameToPage, toPage } = await import('/static/chip_placement.js');
      const map = frameToPage(frame, page, fit);
      return map && toPage({ left: 0, top: 0, width: frame.width, height: frame.height }, map);
    }"""
    frame = {"width": 1920, "height": 1080}
    square = {"width": 800, "height": 800}
    assert workbench.evaluate(script, [frame, square, "contain"]) == rect(0, 175, 800, 450)
    assert workbench.evaluate(script, [frame, square, "fill"]) == rect(0, 0, 800, 800)
    assert workbench.evaluate(script, [{"width": 0, "height": 0}, square, "contain"]) is None
