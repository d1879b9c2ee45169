"""The pages where a policy forbids inferring expressions."""

from __future__ import annotations

import re
import time
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Agent, until
from tests.browser.rooms import withheld

pytestmark = pytest.mark.browser


NOT_INFERRED = "Expressions are not inferred here"


ATTENTION_DRAWN = """() => {
  const canvas = document.querySelector('#timeline');
  const colour = getComputedStyle(canvas).getPropertyValue('--attention').trim();
  const wanted = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  let count = 0;
  for (let i = 0; i < data.length; i += 4) count += wanted.every((level, k) => data[i + k] === level);
  return count > 10;
}"""


def test_under_a_policy_only_attention_tiles_and_presence_are_shown(
    chromium: Browser, tmp_path: Path
) -> None:
    """Nothing stands there that can never be filled, and nothing is promised that cannot come."""
    with Agent(policy="eu_education") as served:
        served.publish(withheld())
        page = chromium.new_page(viewport={"width": 1366, "height": 768})
        page.goto(served.url("/"))
        expect(page.locator("#mood")).to_have_text(NOT_INFERRED)
        expect(page.locator("#policy")).to_have_text("EU AI Act: education")
        expect(page.locator("#room-read")).to_have_text("22 faces in sight")
        expect(page.locator("#stack, #legend, #person-bars, #advice")).to_have_count(4)
        for node in page.locator("#stack, #legend, #person-bars, #advice").all():
            expect(node).to_be_hidden()
        shown = page.locator(".gauge:visible")
        expect(shown).to_have_count(1)
        expect(shown).to_contain_text("nearly all faces")
        expect(shown.locator(".explained")).to_be_visible()
        expect(page.locator("#gallery-note")).to_have_text("25 tiles · 1 with the camera off · 1 excluded")
        expect(page.locator(".tile[data-id=t1] .word")).to_have_text("face")
        expect(page.locator("#person-text")).to_contain_text("which way the face looks")
        page.locator(".tile[data-id=t1]").hover()
        expect(page.locator("#person-text")).to_have_text(
            "The face is seen clearly (93 %) and looks at the camera (90 %)."
        )
        page.screenshot(path=tmp_path / "withheld.png")
        page.close()


def test_under_a_policy_the_timeline_shows_attention(chromium: Browser) -> None:
    with Agent(policy="eu_work") as served:
        page = chromium.new_page()
        page.goto(served.url("/"))
        for seq in range(1, 4):
            # The agent keeps a sample a second; times farther apart make wider bands.
            served.publish(replace(withheld(seq), wall=time.time() - 60 + 2 * seq))
            page.wait_for_timeout(1100)
        expect(page.locator("#timeline")).to_have_attribute("aria-label", re.compile("^Attention"))
        expect(page.locator("#time-title")).to_have_text(re.compile("^Attention"))
        until(page, ATTENTION_DRAWN)
        # The agent remembers it too: it is there after a reload.
        page.reload()
        served.publish(withheld(4))
        until(page, "Number(document.querySelector('#timeline').dataset.samples) >= 3")
        page.close()


def test_under_a_policy_the_gauge_says_so(chromium: Browser) -> None:
    with Agent(policy="eu_education") as served:
        served.publish(withheld())
        page = chromium.new_page()
        page.goto(served.url("/overlay?style=gauge"))
        said = f"{NOT_INFERRED} · 22 faces in sight · attention: nearly all faces"
        expect(page.locator("#summary-text")).to_have_text(said)
        expect(page.locator("#summary-shares")).to_be_hidden()
        page.close()
