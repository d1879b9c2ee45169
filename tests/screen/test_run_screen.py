"""The product's main path: a real gallery picture on a real screen, read by a separate client of the feed."""

from __future__ import annotations

import pytest

from agent.values import Box
from tests.galleries import NAMES, real_gallery
from tests.program import follow, running
from tests.screen.conftest import Desktop

pytestmark = pytest.mark.screen


@pytest.mark.parametrize("name", NAMES)
def test_a_gallery_on_the_screen_is_read_from_the_feed(desktop: Desktop, name: str) -> None:
    gallery = real_gallery(name)
    desktop.clear()
    desktop.show(gallery.pixels)
    with running("run", "--source", "screen", DISPLAY=desktop.name) as (_, port):
        hello, *_, room = follow(port, lambda room: room["room"]["faces"] >= len(gallery.tiles) - 1)
    assert hello["source"] == {"kind": "screen", "name": "monitor 1", "width": 1920, "height": 1080}
    assert len(room["tiles"]) == len(gallery.tiles)
    for index, (tile, true) in enumerate(zip(room["tiles"], gallery.tiles, strict=True)):
        assert Box(*tile["box"]).iou(true) >= 0.8
        assert tile["state"] == ("camera_off" if index in gallery.camera_off else "face")


def test_the_readings_go_when_the_gallery_goes(desktop: Desktop) -> None:
    gallery = real_gallery(NAMES[0])
    desktop.clear()
    desktop.show(gallery.pixels)
    with running("run", "--source", "screen", DISPLAY=desktop.name) as (_, port):
        follow(port, lambda room: len(room["tiles"]) == len(gallery.tiles))
        desktop.clear()
        follow(port, lambda room: room["tiles"] == [])
        desktop.show(gallery.pixels)
        follow(port, lambda room: len(room["tiles"]) == len(gallery.tiles))
