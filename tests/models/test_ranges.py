"""The ranges that activations are quantised in, from those of single faces."""

from __future__ import annotations

import numpy as np

from models.quantize import FITTING, _fitted, _gathered


def test_odd_faces_widen_no_range() -> None:
    """Of 100 faces one has activations ten times as large: the other 99 keep their resolution."""
    known = {"min": np.full((1, 1, 1, 1), -2, np.float32), "max": np.full((1, 1, 1, 1), 4, np.float32)}
    ranges = known
    for index in range(99):
        odd = 10 if index == 50 else 1
        ranges = _gathered(ranges, {key: value * odd for key, value in known.items()})
    assert ranges["max"].shape == (100, 1, 1, 1)
    assert ranges["max"].max() == 40
    assert 100 - FITTING > 1
    fitted = _fitted({"layer": ranges})["layer"]
    assert fitted["min"].shape == fitted["max"].shape == (1, 1, 1, 1)
    assert fitted["max"].dtype == np.float32
    assert (fitted["min"].item(), fitted["max"].item()) == (-2, 4)


def test_a_range_that_all_faces_share_stays_whole() -> None:
    one = {"min": np.full((5, 1), -1, np.float32), "max": np.full((5, 1), 127 / 128, np.float32)}
    assert {key: value.item() for key, value in _fitted({"input": one})["input"].items()} == {
        "min": -1,
        "max": 127 / 128,
    }
