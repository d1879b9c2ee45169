"""The product's main path: a real gallery picture on a real screen, read by a separate client of the feed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from agent.values import Box
from tests.galleries import NAMES, real_gallery
from tests.program import follow, running
from tests.screen.conftest import Desktop, empty_desktop

pytestmark = pytest.mark.screen


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Desktop, int]]:
    """A desktop that an agent reads, and the port of its feed: one for all tests, it takes 3 s to start."""
    with (
        empty_desktop(tmp_path_factory.mktemp("screen")) as desktop,
        running("run", "--source", "screen", DISPLAY=desktop.name) as (_, port),
    ):
        yield desktop, port


@pytest.mark.parametrize("name", NAMES)
def test_a_gallery_on_the_screen_is_read_from_the_feed_until_it_goes(
    watched: tuple[Desktop, int], name: str
) -> None:
    gallery, (desktop, port) = real_gallery(name), watched
    desktop.clear()
    follow(port, lambda room: room["tiles"] == [])
    desktop.show(gallery.pixels)
    # Not all tiles are looked at in the first frame where the machine is slow.
    filmed = len(gallery.tiles) - len(gallery.camera_off)
    hello, *_, room = follow(port, lambda room: room["room"]["faces"] >= filmed)
    assert hello["source"] == {"kind": "screen", "name": "monitor 1", "width": 1920, "height": 1080}
    assert len(room["tiles"]) == len(gallery.tiles)
    for index, (tile, true) in enumerate(zip(room["tiles"], gallery.tiles, strict=True)):
        assert Box(*tile["box"]).iou(true) >= 0.8
        assert tile["state"] == ("camera_off" if index in gallery.camera_off else "face")
    desktop.clear()
    *_, gone = follow(port, lambda room: room["tiles"] == [])
    assert gone["tiles"] == []
