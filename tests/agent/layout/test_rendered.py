"""Meeting pages and pages of photos as a real Chromium draws them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from agent.layout import find_layout
from tests.agent.layout.measure import matched
from tests.agent.layout.meetings import meeting
from tests.agent.layout.rendering import chromium, render
from tests.agent.layout.websites import website

pytestmark = pytest.mark.browser

MEETINGS = (0, 7, 17, 59)
"""Meet in a browser's window, Teams, tiles above a shared screen, and pages of changing colour (17, 59)."""
SITES = (6, 11, 14, 15, 17, 18, 26)
"""Pages that once passed for a gallery."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium, closed before tests elsewhere need an event loop of their own."""
    with chromium() as opened:
        yield opened


@pytest.mark.parametrize("seed", MEETINGS)
def test_every_tile_of_a_meeting_page(browser: Browser, seed: int) -> None:
    page = render(browser, meeting(seed))
    layout = find_layout(page.pixels)
    assert matched(layout, list(page.tiles)) == len(page.tiles) == len(layout.slots), page.what
    off = {index for index, slot in enumerate(layout.slots) if not slot.camera_on}
    assert off == page.camera_off, page.what


@pytest.mark.parametrize("seed", SITES)
def test_a_page_of_photos_has_no_tiles(browser: Browser, seed: int) -> None:
    page = render(browser, website(seed))
    assert find_layout(page.pixels).slots == (), page.what
