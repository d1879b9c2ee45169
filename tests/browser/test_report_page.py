"""The report in a real browser: nothing in it is wider than a phone."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import msgspec
import pytest
from playwright.sync_api import Browser

from exporter.recorder.packing import SessionEvent
from exporter.report.page import render
from tests.browser.conftest import Scheme
from tests.browser.test_palette import contrast
from tests.exporter.recorder.lessons import session
from tests.paths import ROOT

pytestmark = pytest.mark.browser

WORD = "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichen" * 2


@pytest.mark.parametrize("width", [320, 390, 1280])
@pytest.mark.parametrize("live", [True, False])
def test_a_long_word_widens_no_page(chromium: Browser, tmp_path: Path, width: int, live: bool) -> None:
    one = session(tmp_path, frames=100)
    events = tuple(
        SessionEvent(kind, kind, WORD[:60] if kind == "alert" else "", WORD, (), "room", 1.0, 9.0)
        for kind in ("marker", "alert", "advice")
    )
    facts = msgspec.structs.replace(one.details, is_live=live, source_name=WORD)
    path = tmp_path / "report.html"
    path.write_text(render(dataclasses.replace(one, events=events, details=facts)), encoding="utf-8")
    page = chromium.new_page(viewport={"width": width, "height": 800})
    page.goto(path.as_uri())
    widest = page.evaluate("document.documentElement.scrollWidth")
    # The name of an alert is not squeezed to a letter a line either.
    name = page.locator(".events tr:nth-child(2) td:nth-child(3)").bounding_box()
    page.close()
    assert widest == width
    assert name is not None
    assert name["width"] > 80


def close_markers(tmp_path: Path) -> Path:
    """The report of a lesson with two markers at nearly the same time."""
    one = session(tmp_path, frames=100)
    events = tuple(
        SessionEvent("marker", "marker", "", text, (), "room", since, None)
        for text, since in (("New topic", 5.0), ("group work", 5.1))
    )
    path = tmp_path / "report.html"
    path.write_text(render(dataclasses.replace(one, events=events)), encoding="utf-8")
    return path


def test_the_line_of_a_marker_that_was_moved_aside_is_no_wedge(chromium: Browser, tmp_path: Path) -> None:
    page = chromium.new_page()
    page.goto(close_markers(tmp_path).as_uri())
    lines = page.locator(".marker path")
    assert lines.count() == 2
    assert "L" in (lines.nth(1).get_attribute("d") or "")
    assert lines.evaluate_all("lines => lines.map(line => getComputedStyle(line).fill)") == ["none", "none"]
    page.close()


def test_on_a_phone_charts_scroll_and_their_letters_can_be_read(chromium: Browser, tmp_path: Path) -> None:
    page = chromium.new_page(viewport={"width": 390, "height": 800})
    page.goto(close_markers(tmp_path).as_uri())
    heights = page.locator(".chart:not(.shares) text").evaluate_all(
        "all => all.map(one => one.getBoundingClientRect().height)"
    )
    assert heights
    assert min(heights) >= 8
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    page.close()


CONTRASTS = """() => {
  const level = (part) => { const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4; };
  const light = (colour) => { const [r, g, b] = colour.match(/[\\d.]+/g).map(Number).map(level);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const ground = (node) => { for (; node; node = node.parentElement) {
      const colour = getComputedStyle(node).backgroundColor;
      if (!colour.endsWith(', 0)')) return colour; }
    return 'rgb(255, 255, 255)'; };
  const words = 'h1, h2, h3, p, li, td, th, dt, dd, small, figcaption, .chart text';
  const told = [...document.querySelectorAll(words)];
  return told.filter((node) => node.textContent.trim() && !node.closest('.shares, .marker')).map((node) => {
    const style = getComputedStyle(node);
    const [one, other] = [light(node.closest('svg') ? style.fill : style.color), light(ground(node))];
    return [(Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05), node.textContent]; });
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_word_can_be_read_by_day_and_by_night_and_paper_is_white(
    chromium: Browser, tmp_path: Path, scheme: Scheme
) -> None:
    page = chromium.new_page(color_scheme=scheme)
    page.goto(close_markers(tmp_path).as_uri())
    page.screenshot(path=tmp_path / "report.png", full_page=True)
    low = [(text, round(ratio, 2)) for ratio, text in page.evaluate(CONTRASTS) if ratio < 4.5]
    shown = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    page.emulate_media(media="print", color_scheme=scheme)
    printed = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    page.close()
    assert low == []
    assert (shown == "rgb(255, 255, 255)") == (scheme == "light")
    assert printed == "rgb(255, 255, 255)"


def test_only_shapes_that_close_are_filled(chromium: Browser, tmp_path: Path) -> None:
    page = chromium.new_page()
    page.goto(close_markers(tmp_path).as_uri())
    filled = page.evaluate(
        """() => [...document.querySelectorAll('.chart path')]
             .filter((path) => !/z$/i.test(path.getAttribute('d')) && getComputedStyle(path).fill !== 'none')
             .map((path) => path.outerHTML)"""
    )
    page.close()
    assert filled == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_shares_are_readable_on_every_colour(chromium: Browser, scheme: Scheme) -> None:
    page = chromium.new_page(color_scheme=scheme)
    page.goto((ROOT / "exporter/report/sample.html").as_uri())
    pairs = page.evaluate(
        """() => [...document.querySelectorAll('.chart .on')].map(text => [text, text.ownerSVGElement
          .querySelector('.fill.' + text.classList[1])].map(node => getComputedStyle(node).fill))"""
    )
    page.close()
    assert pairs
    hexed = [["#" + bytes(map(int, re.findall(r"\d+", one))).hex() for one in pair] for pair in pairs]
    assert min(contrast(*pair) for pair in hexed) >= 4.5
