"""Whatever a source shows, the whole pipeline answers with a sound snapshot."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.analysis.pipeline import Analyzer
from agent.composition.analyzer import open_analyzer
from agent.configuration.config import Config
from agent.values import Frame, Pixels, TileState

SIDES = st.one_of(st.integers(1, 12), st.integers(13, 260))
KINDS = ("noise", "flat", "stripes", "grid")


def picture(kind: str, height: int, width: int, seed: int) -> Pixels:
    """A picture RGB uint8 (height, width, 3) that no camera would take."""
    rng = np.random.default_rng(seed)
    pixels = np.full((height, width, 3), rng.integers(0, 256, 3), np.uint8)
    if kind == "noise":
        return rng.integers(0, 256, pixels.shape, np.uint8)
    step = int(rng.integers(1, 60))
    if kind in {"stripes", "grid"}:
        pixels[:, ::step] = rng.integers(0, 256, 3)
    if kind == "grid":
        pixels[:: int(rng.integers(1, 60))] = rng.integers(0, 256, 3)
        cells = rng.integers(0, 256, (height // step + 1, width // step + 1, 3), np.uint8)
        pixels[::2] = cells.repeat(step, axis=0).repeat(step, axis=1)[:height:2, :width]
    return pixels


@pytest.fixture(scope="module")
def analyzer() -> Iterator[Analyzer]:
    with open_analyzer(Config()) as made:
        yield made


FRAMES = st.lists(
    st.tuples(st.sampled_from(KINDS), SIDES, SIDES, st.integers(0, 999), st.floats(-3, 9)), max_size=3
)


@given(FRAMES)
@settings(max_examples=25, deadline=None)
def test_any_frames_in_any_order_of_time_give_sound_snapshots(
    analyzer: Analyzer, frames: list[tuple[str, int, int, int, float]]
) -> None:
    for kind, height, width, seed, now in frames:
        snapshot = analyzer.analyze(Frame(picture(kind, height, width, seed), now, 1e9 + now))
        assert (snapshot.width, snapshot.height) == (width, height)
        assert snapshot.room.tiles == len(snapshot.readings)
        for reading in snapshot.readings:
            assert reading.box == reading.box.clipped(width, height)
            assert (reading.face is not None) == (reading.state is TileState.FACE)
