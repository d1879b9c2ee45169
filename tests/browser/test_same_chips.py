"""Chips of the desktop's overlay and of the page lie at the same places, but for the rules of one alone."""

from __future__ import annotations

import random
from typing import Any, Literal

import pytest
from playwright.sync_api import Page

from exporter.native.chips import CROP_SLACK, ChipPlace, font_size, name_zone, place_chip, sizes_of
from exporter.native.geometry import Rect

pytestmark = pytest.mark.browser

PLACED = """async cases => {
  const { fontSize, nameZone, placeChip, sizesOf } = await import('/static/chip_placement.js');
  return cases.map(({ tile, face, read, word, before }) => ({
    font: fontSize(tile), name: nameZone(tile), sizes: sizesOf(word, read),
    place: placeChip(tile, face, sizesOf(word, read), before),
  }));
}"""

STILL = "turned away"
SIDES = ("left", "top", "width", "height")


def parts(rect: Rect | ChipPlace | None) -> dict[str, Any] | None:
    """A rectangle, or a place, as the page has it."""
    if rect is None:
        return None
    if isinstance(rect, Rect):
        return {side: getattr(rect, side) for side in SIDES}
    return {**(parts(rect.rect) or {}), "form": rect.form, "corner": rect.corner, "font": rect.font}


def drawn_tile(rng: random.Random) -> Rect:
    """From 80x45 to 4K, portrait ones too."""
    width = rng.choice([80, 100, 130, 180, 280, 360, 640, 1900, 3800])
    height = width * rng.choice([9 / 16, 3 / 4, 1, 16 / 9])
    return Rect(rng.uniform(0, 500), rng.uniform(0, 500), width, height)


def face_in(tile: Rect, rng: random.Random) -> Rect:
    size = min(tile.width, tile.height) * rng.uniform(0.15, 0.6)
    left = tile.left + (tile.width - size) * rng.uniform(0.1, 0.9)
    top = tile.top + (tile.height - size) * rng.uniform(0.1, 0.7)
    return Rect(left, top, size, size)


Case = tuple[Rect, Rect | None, bool, ChipPlace | None]


def placed(workbench: Page, cases: list[Case]) -> list[tuple[dict[str, Any], ChipPlace]]:
    """What the page makes of each case, and where the overlay puts its chip."""
    given = [
        {
            "tile": parts(tile),
            "face": parts(face),
            "read": read,
            "word": STILL,
            "before": parts(before),
        }
        for tile, face, read, before in cases
    ]
    ours = [place_chip(tile, face, sizes_of(STILL, read=read), before) for tile, face, read, before in cases]
    return list(zip(workbench.evaluate(PLACED, given), ours, strict=True))


def is_same(theirs: dict[str, Any], ours: ChipPlace) -> bool:
    where = [theirs[side] for side in SIDES]
    return (theirs["form"], theirs["corner"]) == (ours.form, ours.corner) and where == pytest.approx(
        [getattr(ours.rect, side) for side in SIDES], abs=1e-3
    )


def test_letters_names_and_chips_have_the_same_sizes(workbench: Page) -> None:
    rng = random.Random(1)
    cases: list[Case] = [(drawn_tile(rng), None, rng.random() < 0.5, None) for _ in range(200)]
    for (tile, _, read, _), (theirs, _) in zip(cases, placed(workbench, cases), strict=True):
        assert theirs["font"] == pytest.approx(font_size(tile))
        assert theirs["name"] == pytest.approx(parts(name_zone(tile)))
        ours = {form: list(size) for form, size in sizes_of(STILL, read=read).items() if form != "dot"}
        assert theirs["sizes"].keys() == ours.keys()
        for form, size in ours.items():
            assert theirs["sizes"][form] == pytest.approx(size)


def test_without_a_face_chips_lie_at_the_same_places(workbench: Page) -> None:
    rng = random.Random(2)
    cases: list[Case] = [(drawn_tile(rng), None, rng.random() < 0.5, None) for _ in range(500)]
    for case, (theirs, ours) in zip(cases, placed(workbench, cases), strict=True):
        assert is_same(theirs["place"], ours), case


Reason = Literal["crop", "hair", "dot"]


def reason_to_differ(case: Case, theirs: dict[str, Any], ours: ChipPlace) -> Reason | None:
    """Which rule of one of the two alone says that it lies elsewhere."""
    _, face, _, _ = case
    assert face is not None
    if ours.form == "dot":
        return "dot"
    on_page = Rect(*(theirs[side] for side in SIDES))
    crop = face.grown(face.width * CROP_SLACK, face.height * CROP_SLACK)
    if on_page.intersection(crop) > 0 == ours.rect.intersection(crop):
        return "crop"
    left, top = face.left - 0.2 * face.width, face.top - 0.5 * face.height
    head = Rect(left, top, 1.4 * face.width, 1.5 * face.height)
    if ours.corner.startswith("top") and ours.rect.intersection(head) > 0:
        return "hair"
    return None


def test_beside_a_face_they_differ_only_where_one_has_a_rule_of_its_own(workbench: Page) -> None:
    """The overlay keeps off the classifier's crop, and has a dot; the page keeps off the hair."""
    rng = random.Random(3)
    cases: list[Case] = []
    for _ in range(2000):
        tile = drawn_tile(rng)
        cases.append((tile, face_in(tile, rng), rng.random() < 0.5, None))
    differ = []
    for case, (theirs, ours) in zip(cases, placed(workbench, cases), strict=True):
        if not is_same(theirs["place"], ours):
            reason = reason_to_differ(case, theirs["place"], ours)
            assert reason, case
            differ.append(reason)
    assert set(differ) == {"crop", "hair", "dot"}
