"""The dashboard's chart of the last minutes: what it remembers, and the flags of markers in it."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from playwright.sync_api import Page, expect

from agent.values import (
    Marker,
)
from tests.browser.conftest import Agent, OpenPage, ready, until
from tests.browser.rooms import lesson, snapshot

pytestmark = pytest.mark.browser


INK = """() => {
  const canvas = document.querySelector('#timeline');
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  let coloured = 0;
  for (let i = 0; i < data.length; i += 4) {
    const [r, g, b, a] = data.subarray(i, i + 4);
    if (a > 200 && Math.max(r, g, b) - Math.min(r, g, b) > 80) coloured += 1;
  }
  return coloured;
}"""


def test_the_timeline_moves(open_page: OpenPage, agent: Agent) -> None:
    now = time.time()
    agent.publish(snapshot(1, wall=now - 120))
    page = ready(open_page("/?hz=60"))
    for seq in range(2, 32):
        agent.publish(snapshot(seq, wall=now - 120 + seq * 4))
        until(page, "seq => Number(document.querySelector('#timeline').dataset.samples) >= seq", seq)
    until(page, f"() => ({INK})() > 2000")
    before = page.locator("#timeline").screenshot()
    until(
        page,
        """() => { const canvas = document.querySelector('#timeline'), now = canvas.toDataURL();
                   const moved = window.seenBefore && window.seenBefore !== now;
                   window.seenBefore ??= now; return moved; }""",
    )
    assert page.locator("#timeline").screenshot() != before


def test_what_the_timeline_remembers(workbench: Page) -> None:
    answer = workbench.evaluate(
        """async () => {
          const { SPAN_MS, bands, remember, runs } = await import('/static/timeline.js');
          const { ORDER } = await import('/static/palette.js');
          const even = Object.fromEntries(ORDER.map(label => [label, 1 / 7]));
          let samples = [];
          for (let time = 0; time <= 2 * SPAN_MS; time += 100) {
            samples = remember(samples, { time, scores: even });
          }
          const gap = [0, 500, 1000, 9000, 9500].map(time => ({ time, scores: even }));
          gap.splice(1, 0, { time: 250, scores: null });
          return {
            kept: samples.length,
            oldest: 2 * SPAN_MS - samples[0].time <= SPAN_MS + 4000,
            newest: samples.at(-1).time,
            runs: runs(gap).map(run => run.length),
            top: bands(even).angry[1],
            none: bands(Object.fromEntries(Object.keys(even).map(l => [l, 0]))).angry,
            restarted: remember(samples, { time: 5, scores: even }).length,
          };
        }"""
    )
    assert 600 <= answer["kept"] <= 610
    assert answer["oldest"]
    assert answer["newest"] == 600_000
    assert answer["runs"] == [1, 2, 2]
    assert answer["top"] == pytest.approx(1)
    assert answer["none"] == [0, 0]
    assert answer["restarted"] == 1


def test_the_timeline_is_there_after_a_reload(open_page: OpenPage, agent: Agent, tmp_path: Path) -> None:
    """A sample a second is kept."""
    for seq in range(1, 6):
        agent.publish_earlier(snapshot(seq, wall=time.time() - 60 + 2 * seq), 2.0 * (6 - seq))
    page = ready(open_page("/"))
    agent.publish(snapshot(6))
    until(page, "Number(document.querySelector('#timeline').dataset.samples) >= 5")
    page.reload()
    agent.publish(snapshot(7))
    until(page, "Number(document.querySelector('#timeline').dataset.samples) >= 5")
    # It is drawn twice a second.
    page.wait_for_timeout(1100)
    assert page.evaluate(INK) > 100
    page.screenshot(path=tmp_path / "reloaded.png")


def test_what_the_agent_remembers_fills_gaps_and_nothing_else(workbench: Page) -> None:
    times = workbench.evaluate(
        """async () => {
          const { filled } = await import('/static/timeline.js');
          const at = times => times.map(time => ({ time: 1000 * time, scores: null }));
          const times = samples => samples.map(({ time }) => time / 1000);
          return {
            fresh: times(filled([], at([1, 2, 3]), 2500)),
            gap: times(filled(at([1, 2, 20, 21]), at([0, 1, 2, 3, 10, 19, 20, 21]), 22000)),
            none: times(filled(at([1, 2]), [], 3000)),
          };
        }"""
    )
    assert times == {"fresh": [1, 2], "gap": [1, 2, 10, 20, 21], "none": [1, 2]}


def dark(png: bytes) -> int:
    """How many pixels of a screenshot are nearly black."""
    picture = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_COLOR)
    assert picture is not None
    return int((picture.max(axis=2) < 45).sum())


def test_markers_stand_in_the_timeline(open_page: OpenPage, agent: Agent) -> None:
    agent.publish(snapshot(1))
    page = open_page("/")
    until(page, "document.querySelector('#timeline').dataset.flags === '0'")
    before = dark(page.locator("#timeline").screenshot())
    agent.publish(lesson(2))
    until(page, "document.querySelector('#timeline').dataset.flags === '2'")
    assert dark(page.locator("#timeline").screenshot()) > before + 300


@pytest.mark.parametrize("size", [(1366, 768), (390, 1600)])
def test_a_long_marker_is_cut_in_its_flag_and_whole_in_its_tooltip(
    open_page: OpenPage, agent: Agent, tmp_path: Path, size: tuple[int, int]
) -> None:
    """Its flag stays in the plot, one set a second later below it; on a low chart they are numbers alone."""
    from_right, most = (24, 0.06) if size[0] > 1000 else (60, 0.5)
    now = time.time()
    long = ("work in groups of four, each with one page of the text " * 2)[:80]
    agent.publish(replace(snapshot(1), markers=(Marker(long, now - 2), Marker("New topic", now - 1))))
    page = open_page("/", size=size)
    until(page, "document.querySelector('#timeline').dataset.flags === '2'")
    canvas = page.locator("#timeline")
    box = canvas.bounding_box()
    assert box is not None
    assert dark(canvas.screenshot()) < most * box["width"] * box["height"]
    for down, said in ((12, long), (32, "New topic")):
        page.mouse.move(box["x"] + box["width"] - from_right, box["y"] + down)
        assert (canvas.get_attribute("title") or "").endswith(said)
    page.mouse.move(box["x"] + 100, box["y"] + 12)
    expect(canvas).to_have_attribute("title", "")
    page.screenshot(path=tmp_path / "markers.png")


def test_flags_stay_in_the_plot_and_off_each_other(workbench: Page) -> None:
    answer = workbench.evaluate(
        """async () => {
          const { flagPlaces, flagText } = await import('/static/timeline.js');
          const plot = { left: 38, width: 400 };
          const flags = [[40, 90], [60, 90], [70, 90], [300, 90], [437, 90], [437, 900]];
          return {
            short: flagText('New topic', 3),
            long: flagText('x'.repeat(80), 12),
            places: flagPlaces(flags.map(([at, width]) => ({ at, width })), plot),
          };
        }"""
    )
    assert answer["short"] == "3 New topic"
    assert answer["long"] == f"12 {'x' * 19}…"
    places = [one and (one["left"], one["row"]) for one in answer["places"]]
    assert places == [(40, 0), (60, 1), None, (300, 0), (348, 1), None]
