"""The agent reads the same with the overlay on its picture as without it."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from agent.analysis.overlay_mask import OverlayMask
from agent.composition.analyzer import open_analyzer
from agent.configuration.config import Config
from agent.values import Box, Frame, Pixels, Reading, Snapshot, SourceStatus
from exporter.native.geometry import Monitor, Rect
from exporter.native.scene import OverlayScene, Style
from exporter.protocol.messages import room_message
from tests.galleries import NAMES, real_gallery

LEAST_SURE = 0.55
"""Below this a little more or less makes the difference between a label and "unsure"."""

DRIFT = {"chips": 0.12, "borders": 0.2}
"""How far scores may differ: chips keep off the crop, a border may run through that of a large face."""


def read(pixels: Pixels) -> Snapshot:
    with open_analyzer(Config(), "picture", reuse=False) as analyzer:
        return analyzer.analyze(Frame(pixels, 0.0, 0.0))


def sure(reading: Reading) -> bool:
    return reading.emotion is not None and reading.emotion.confidence >= LEAST_SURE


@pytest.fixture(scope="module", params=NAMES)
def bare(request: pytest.FixtureRequest) -> tuple[Pixels, Snapshot]:
    """A desktop with a gallery in its middle, and what is read in it."""
    gallery = real_gallery(request.param).pixels
    pixels = np.full((gallery.shape[0] + 80, gallery.shape[1] + 120, 3), 48, np.uint8)
    pixels[40:-40, 60:-60] = gallery
    return pixels, read(pixels)


@pytest.mark.parametrize("style", ["chips", "borders"])
def test_a_picture_that_is_drawn_on_reads_like_the_bare_one(
    bare: tuple[Pixels, Snapshot], style: Style
) -> None:
    pixels, wanted = bare
    height, width = pixels.shape[:2]
    status = SourceStatus(place=Box(0, 0, width, height))
    scene = OverlayScene(style, animations=False)
    scene.connection.opened()
    message = room_message(dataclasses.replace(wanted, source=status))
    scene.receive(message, [Monitor(Rect(0, 0, width, height))], 0.0)
    covered = [Box(*box) for box in scene.covered([], 0.0)]
    assert len(covered) >= sum(reading.emotion is not None for reading in wanted.readings)
    drawn_on = pixels.copy()
    for box in covered:
        box.of(drawn_on)[:] = np.random.default_rng(1).integers(0, 256, (box.height, box.width, 3), np.uint8)
    mask = OverlayMask()
    mask.put(covered)
    cleaned = read(mask.clean(Frame(drawn_on, 0.0, 0.0)).pixels)
    assert [one.box for one in cleaned.readings] == [one.box for one in wanted.readings]
    for one, two in zip(cleaned.readings, wanted.readings, strict=True):
        assert (one.state, one.face is None) == (two.state, two.face is None)
        if sure(one) or sure(two):
            assert one.emotion is not None
            assert two.emotion is not None
            assert one.emotion.label == two.emotion.label
            assert np.abs(np.subtract(one.emotion.scores, two.emotion.scores)).max() < DRIFT[style]
