"""The whole of it: ``readtheroom demo`` in a process of its own, and its two pages in a browser."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import until
from tests.paths import ROOT

pytestmark = pytest.mark.browser


CHANGED = """() => {
  const now = [...document.querySelectorAll('.tile .fill')].map(fill => fill.style.transform).join();
  const changed = window.seenBefore !== undefined && window.seenBefore !== now;
  window.seenBefore ??= now;
  return changed;
}"""


@pytest.fixture
def demo() -> Iterator[dict[str, str]]:
    """A running demo of 25; the addresses that it printed, by page."""
    command = [sys.executable, "-m", "agent", "demo", "--no-open", "--port", "0", "--duration", "100"]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout is not None
        printed = (process.stdout.readline().split()[:2] for _ in range(2))
        try:
            yield {page.lower(): address for page, address in printed}
        finally:
            process.terminate()


def test_the_demo_is_read_on_the_dashboard_and_on_the_overlay(
    chromium: Browser, demo: dict[str, str], tmp_path: Path
) -> None:
    context = chromium.new_context(viewport={"width": 1280, "height": 720}, reduced_motion="reduce")
    context.set_default_timeout(30_000)
    page = context.new_page()
    page.goto(demo["dashboard"])
    expect(page.locator("#source-name")).to_contain_text("demo")
    expect(page.locator(".tile")).to_have_count(25, timeout=30_000)
    expect(page.locator(".tile[data-state=read]").nth(4)).to_be_visible(timeout=30_000)
    until(page, CHANGED)
    page.screenshot(path=tmp_path / "dashboard.png")
    page.goto(demo["overlay"])
    expect(page.locator(".chip[data-read=yes]").nth(4)).to_be_visible(timeout=30_000)
    page.screenshot(path=tmp_path / "overlay.png", omit_background=True)
    context.close()
