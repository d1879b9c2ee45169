"""Forced colours, as Windows' contrast themes ask for: what is a colour alone, such as a bar, is seen."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from exporter.report.page import render
from tests.browser.conftest import Agent, until
from tests.browser.rooms import snapshot
from tests.exporter.recorder.lessons import session

pytestmark = pytest.mark.browser

UNSEEN = """(names) => names.filter((name) => {
  const grounds = [...document.querySelectorAll(name)].map((node) => getComputedStyle(node).backgroundColor);
  const canvas = getComputedStyle(document.documentElement).backgroundColor;
  const gone = ['rgba(0, 0, 0, 0)', 'rgb(255, 255, 255)', canvas];
  return !grounds.length || grounds.every((ground) => gone.includes(ground));
})"""


@pytest.mark.parametrize(
    ("path", "names"),
    [
        ("/", [".lamp", ".stack .part", ".gauge .track", ".gauge .fill", ".tile .bar .fill", ".row .fill"]),
        ("/overlay", [".chip", ".chip .level", "#note"]),
    ],
)
def test_bars_and_lamps_of_a_page_are_seen(
    chromium: Browser, agent: Agent, path: str, names: list[str]
) -> None:
    agent.publish(snapshot(1))
    page = chromium.new_page(forced_colors="active", reduced_motion="reduce")
    page.goto(agent.url(path))
    until(page, "(name) => document.querySelectorAll(name).length > 20", ".tile, .chip")
    unseen = page.evaluate(UNSEEN, names)
    page.close()
    assert unseen == []


def test_the_keys_of_a_report_are_seen(chromium: Browser, tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    path.write_text(render(session(tmp_path, frames=100)), encoding="utf-8")
    page = chromium.new_page(forced_colors="active")
    page.goto(path.as_uri())
    unseen = page.evaluate(UNSEEN, [".legend i.happy", ".legend i.faces", ".bar i"])
    page.close()
    assert unseen == []
