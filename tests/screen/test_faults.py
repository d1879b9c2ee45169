"""The display goes and comes back under a running agent: the feed says so, and goes on by itself."""

from __future__ import annotations

import pytest

from tests.galleries import NAMES, real_gallery
from tests.program import follow, running
from tests.screen.conftest import Desktop

pytestmark = pytest.mark.screen


def test_a_display_that_dies_is_lost_in_the_feed_and_live_when_it_is_back(desktop: Desktop) -> None:
    gallery = real_gallery(NAMES[0])
    desktop.clear()
    desktop.show(gallery.pixels)
    with running("run", "--source", "screen", "--monitor", "1", DISPLAY=desktop.name) as (process, port):
        follow(port, lambda room: room["room"]["faces"] > 0)
        desktop.stop()
        *_, lost = follow(port, lambda room: room["source"]["state"] == "lost")
        assert lost["tiles"] == []
        assert lost["room"]["faces"] == 0
        desktop.start_again()
        desktop.clear()
        desktop.show(gallery.pixels)
        *_, back = follow(port, lambda room: room["room"]["faces"] > 0)
        assert back["source"]["state"] == "live"
        assert len(back["tiles"]) == len(gallery.tiles)
        assert process.poll() is None
