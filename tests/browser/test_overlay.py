"""The overlay against the real server: chips where they belong, quiet ones, faded ones."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import FloatRect, Page, expect

from agent.values import LABELS, Box, Reason, SourceState, TileState
from tests.browser.conftest import Agent, OpenPage, until
from tests.browser.rooms import grid, reading, snapshot, torn

pytestmark = pytest.mark.browser

SETTLED = (
    """() => document.getAnimations().length === 0 && !document.querySelector('.chip.new, .chip.gone')"""
)

CHIPS = """() => [...document.querySelectorAll('.chip')].map(chip => {
  const { left, top, width, height } = chip.getBoundingClientRect();
  const word = chip.querySelector('.word');
  return { id: chip.dataset.id, left, top, width, height, form: chip.dataset.form, read: chip.dataset.read,
           word: word.textContent, symbol: chip.querySelector('[data-symbol]').dataset.symbol,
           outline: chip.querySelector('.shape')?.getAttribute('d') ?? null,
           clipped: word.scrollWidth > word.clientWidth + 1, label: [...chip.classList].join(' ') };
})"""


def chips(page: Page) -> dict[str, dict[str, Any]]:
    until(page, SETTLED)
    return {chip["id"]: chip for chip in page.evaluate(CHIPS)}


def place(page: Page, selector: str) -> FloatRect:
    found = page.locator(selector).bounding_box()
    assert found is not None, selector
    return found


def overlap(chip: dict[str, Any], box: Box) -> float:
    wide: float = min(chip["left"] + chip["width"], box.right) - max(chip["left"], box.left)
    high: float = min(chip["top"] + chip["height"], box.bottom) - max(chip["top"], box.top)
    return max(wide, 0.0) * max(high, 0.0)


@pytest.mark.parametrize(
    ("count", "size"), [(25, (1920, 1080)), (49, (1920, 1080)), (49, (640, 400)), (1, (1280, 720))]
)
def test_each_chip_is_in_its_tile_and_off_the_face(
    open_page: OpenPage, agent: Agent, tmp_path: Path, count: int, size: tuple[int, int]
) -> None:
    shown = snapshot(1, count, size)
    agent.publish(shown)
    page = open_page("/overlay", size=size)
    expect(page.locator(".chip").first).to_be_visible()
    found = chips(page)
    visible = [one for one in shown.readings if one.state in (TileState.FACE, TileState.NO_FACE)]
    assert set(found) == {one.id for one in visible}
    for one in visible:
        chip = found[one.id]
        assert overlap(chip, one.box) == pytest.approx(chip["width"] * chip["height"], rel=0.01), one.id
        assert one.face is None or overlap(chip, one.face.box) == 0, one.id
        assert not chip["clipped"] or chip["form"] == "mini", chip
    assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")
    page.screenshot(path=tmp_path / "overlay.png", omit_background=True)


def test_each_label_has_its_word_symbol_and_colour(open_page: OpenPage, agent: Agent) -> None:
    shown = snapshot(1, 9, plain=True)
    agent.publish(shown)
    page = open_page("/overlay", size=(1920, 1080))
    expect(page.locator(".chip")).to_have_count(9)
    found = chips(page)
    for one in shown.readings:
        assert one.emotion is not None
        chip = found[one.id]
        assert chip["word"] == chip["symbol"] == one.emotion.label
        assert f"label-{one.emotion.label}" in chip["label"]
    assert len({chip["outline"] for chip in found.values()}) == len(LABELS)


def test_an_abstention_is_told_quietly_and_in_words(open_page: OpenPage, agent: Agent) -> None:
    agent.publish(snapshot(1))
    page = open_page("/overlay", size=(1920, 1080))
    expect(page.locator(".chip")).to_have_count(23)
    found = chips(page)
    assert found["t5"]["word"] == "too small"
    assert found["t12"]["word"] == "turned away"
    assert found["t14"]["word"] == "no face"
    assert {found[name]["read"] for name in ("t5", "t12", "t14")} == {"no"}
    assert found["t5"]["height"] < found["t1"]["height"]
    assert "t8" not in found, "a camera that is off gets no chip"
    assert "t22" not in found, "an excluded participant gets no chip"


def test_the_page_is_transparent(open_page: OpenPage, agent: Agent) -> None:
    agent.publish(snapshot(1, 0))
    page = open_page("/overlay", size=(320, 180))
    until(page, "document.body.dataset.connection === 'live'")
    until(page, SETTLED)
    corner = page.evaluate(
        """() => [document.documentElement, document.body, document.querySelector('#chips')]
                  .map(node => getComputedStyle(node).backgroundColor)"""
    )
    assert corner == ["rgba(0, 0, 0, 0)"] * 3


@pytest.mark.parametrize("motion", [True, False])
def test_a_chip_follows_its_tile(open_page: OpenPage, agent: Agent, motion: bool) -> None:
    places = grid(4, 1280, 720)
    first = tuple(reading(i, *place, plain=True) for i, place in enumerate(places))
    agent.publish(snapshot(1, size=(1280, 720), readings=first))
    page = open_page("/overlay", size=(1280, 720), motion=motion)
    expect(page.locator(".chip")).to_have_count(4)
    page.evaluate("document.querySelector('[data-id=t1]').dataset.kept = 'yes'")
    turned = (*places[1:], places[0])
    agent.publish(
        snapshot(
            2, size=(1280, 720), readings=tuple(reading(i, *p, plain=True) for i, p in enumerate(turned))
        )
    )
    box = places[1][2]
    glide = page.evaluate("getComputedStyle(document.querySelector('.chip')).transitionDuration")
    assert (glide != "0s") is motion
    until(
        page,
        "left => document.querySelector('.chip[data-id=t1]').getBoundingClientRect().left > left",
        box.left,
    )
    chip = chips(page)["t1"]
    assert overlap(chip, box) == pytest.approx(chip["width"] * chip["height"], rel=0.01)
    assert page.locator(".chip[data-id=t1]").get_attribute("data-kept") == "yes", "moved, not drawn anew"
    agent.publish(snapshot(3, size=(1280, 720), readings=first[1:]))
    expect(page.locator(".chip")).to_have_count(3)


@pytest.mark.parametrize(("fit", "top"), [("contain", 175), ("fill", 0)])
def test_boxes_are_scaled_as_the_frame_lies_on_the_page(
    open_page: OpenPage, agent: Agent, fit: str, top: int
) -> None:
    whole = reading(0, 0, 0, Box(0, 0, 1920, 1080), plain=True)
    agent.publish(snapshot(1, readings=(replace(whole, face=None),)))
    page = open_page(f"/overlay?fit={fit}", size=(800, 800))
    expect(page.locator(".chip")).to_have_count(1)
    assert top < chips(page)["t1"]["top"] < top + 60


@pytest.mark.parametrize("style", ["chips", "borders"])
def test_styles(open_page: OpenPage, agent: Agent, tmp_path: Path, style: str) -> None:
    agent.publish(snapshot(1, 9, plain=True))
    page = open_page(f"/overlay?style={style}", size=(1920, 1080))
    expect(page.locator(".chip")).to_have_count(9)
    assert not any(chip["clipped"] for chip in chips(page).values())
    expect(page.locator(".frame:visible")).to_have_count(9 if style == "borders" else 0)
    assert page.locator(".meter:visible").count() == 9, "every chip shows its confidence once"
    if style == "borders":
        hues = {
            frame.evaluate("one => getComputedStyle(one).boxShadow") for frame in page.locator(".frame").all()
        }
        assert len(hues) > 2, "the edges have the expressions' colours"
        assert all(hue.count("inset") == 2 for hue in hues)
    page.screenshot(path=tmp_path / f"{style}.png", omit_background=True)


def test_a_chip_that_says_nothing_has_no_bar(open_page: OpenPage, agent: Agent) -> None:
    unsure = replace(reading(0, 0, 0, Box(0, 0, 640, 360), plain=True), emotion=None, reason=Reason.UNSURE)
    agent.publish(snapshot(1, readings=(unsure,)))
    page = open_page("/overlay")
    expect(page.locator(".chip[data-read=no]")).to_have_count(1)
    expect(page.locator(".chip .word")).to_be_visible()
    expect(page.locator(".chip .meter")).to_be_hidden()


def test_without_animations_nothing_glides_or_fades(open_page: OpenPage, agent: Agent) -> None:
    agent.publish(snapshot(1, 4, plain=True))
    page = open_page("/overlay?animations=false&style=borders", motion=True)
    expect(page.locator(".chip")).to_have_count(4)
    for moving in page.locator(".chip, .frame, #chips, #summary").all():
        expect(moving).to_have_css("transition-duration", "0s")


def test_the_gauge_is_the_room_alone(open_page: OpenPage, agent: Agent, tmp_path: Path) -> None:
    """Whoever chooses it wants no single student on the screen."""
    agent.publish(snapshot(1))
    page = open_page("/overlay?style=gauge", size=(1280, 720))
    expect(page.locator("#summary")).to_contain_text("19 of 22 faces read")
    expect(page.locator(".chip, .frame")).to_have_count(0)
    assert not any(f"t{number}" in page.content() for number in range(1, 26))
    said = page.locator("#summary-mark [class*=symbol-]").get_attribute("class") or ""
    widths = page.evaluate("""() => Object.fromEntries([...document.querySelectorAll('#summary-shares .part')]
        .map(part => [part.className.slice(11), part.getBoundingClientRect().width]))""")
    assert widths[said.rpartition("-")[2]] == max(widths.values()) > 40
    page.screenshot(path=tmp_path / "gauge.png", omit_background=True)
    agent.publish(snapshot(2, 0))
    expect(page.locator("#summary")).to_have_text("No gallery in sight")


def test_the_gauge_says_that_it_counts_faces(open_page: OpenPage, agent: Agent) -> None:
    agent.publish(torn())
    page = open_page("/overlay?style=gauge", size=(1280, 720))
    expect(page.locator("#summary-text")).to_contain_text("Most faces: neutral · 5 of 5 faces read")


@pytest.mark.parametrize(("size", "lines"), [((1366, 768), 1), ((1280, 720), 1), ((350, 700), 3)])
def test_the_gauge_keeps_its_symbol_beside_its_words(
    open_page: OpenPage, agent: Agent, tmp_path: Path, size: tuple[int, int], lines: int
) -> None:
    agent.publish(snapshot(1))
    page = open_page("/overlay?style=gauge", size=size)
    expect(page.locator("#summary")).to_contain_text("19 of 22 faces read · valence")
    mark, text, bar, badge = (
        place(page, part) for part in ("#summary-mark", "#summary-text", "#summary-shares", "#summary")
    )
    line = page.evaluate("parseFloat(getComputedStyle(document.querySelector('#summary')).lineHeight)")
    assert text["height"] <= lines * line + 1
    assert mark["x"] + mark["width"] <= text["x"]
    assert text["y"] - 1 <= mark["y"] <= text["y"] + text["height"], "the symbol stands beside the words"
    assert bar["y"] >= text["y"] + text["height"]
    assert badge["x"] + badge["width"] / 2 == pytest.approx(size[0] / 2, abs=1), "in the page's middle"
    page.screenshot(path=tmp_path / "gauge.png")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ("style=guage", "There is no style “guage” but chips, borders, gauge: this is chips"),
        ("fit=cover", "There is no fit “cover” but contain, fill: this is contain"),
    ],
)
def test_an_option_that_there_is_not_is_named(
    open_page: OpenPage, agent: Agent, tmp_path: Path, options: str, said: str
) -> None:
    agent.publish(snapshot(1, 4, plain=True))
    page = open_page(f"/overlay?{options}", size=(1280, 720))
    expect(page.locator(".chip")).to_have_count(4)
    expect(page.locator("#mark")).to_have_text(said)
    page.screenshot(path=tmp_path / "unknown.png", omit_background=True)


def test_chips_fade_when_nothing_comes(open_page: OpenPage, agent: Agent) -> None:
    agent.publish(snapshot(1))
    page = open_page("/overlay", clock=True)
    until(page, "document.body.dataset.connection === 'live'")
    expect(page.locator("#mark")).to_be_hidden()
    page.clock.fast_forward(3500)
    until(page, "document.body.dataset.connection === 'stale'")
    expect(page.locator("#chips")).to_have_css("opacity", "0.3")
    expect(page.locator("#mark")).to_contain_text("No news")
    agent.publish(snapshot(2))
    expect(page.locator("#chips")).to_have_css("opacity", "1")


@pytest.mark.parametrize(("state", "opacity"), [(SourceState.STALLED, "0.3"), (SourceState.LOST, "0")])
def test_a_source_in_trouble_is_marked(
    open_page: OpenPage, agent: Agent, state: SourceState, opacity: str
) -> None:
    agent.publish(snapshot(1, state=state))
    page = open_page("/overlay")
    expect(page.locator("#mark")).to_be_visible()
    expect(page.locator("#chips")).to_have_css("opacity", opacity)
    assert ("lost" in page.locator("#mark").inner_text()) is (state is SourceState.LOST)


def test_text_from_the_feed_is_never_markup(open_page: OpenPage, agent: Agent) -> None:
    evil = "<img src=x onerror=alert(1)>"
    one = replace(reading(0, 0, 0, Box(0, 0, 400, 300), plain=True), id=evil)
    agent.publish(snapshot(1, readings=(one,)))
    page = open_page("/overlay")
    expect(page.locator(".chip")).to_have_count(1)
    assert page.locator("#chips img").count() == 0
    assert page.locator(".chip").get_attribute("data-id") == evil


def test_opened_by_itself_the_page_says_for_a_while_what_it_is_for(open_page: OpenPage, agent: Agent) -> None:
    agent.publish(snapshot(1, 4))
    page = open_page("/overlay", clock=True)
    note = page.locator("#note")
    expect(note).to_contain_text("This page is for OBS")
    page.clock.run_for(16_000)
    expect(note).to_be_hidden()
    page.add_init_script("window.obsstudio = {}")
    page.reload()
    expect(note).to_be_hidden()
