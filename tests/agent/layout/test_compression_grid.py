from __future__ import annotations

import cv2
import numpy as np

from agent.layout.compression_grid import is_grid
from agent.layout.edges import Edges
from agent.layout.lattice import Lattice
from agent.values import Box, Pixels

HALVES = Lattice(((Box(0, 0, 320, 360), Box(320, 0, 320, 360)),), (0, 0))
STACKED = Lattice(((Box(0, 0, 640, 176),), (Box(0, 176, 640, 176),)), (0, 0))


def blurred_photo(step: int = 0) -> Pixels:
    """A photo without any sharp line, as JPEG; its right half and lower half are lighter by ``step``."""
    rng = np.random.default_rng(6)
    photo = cv2.resize(rng.uniform(40, 200, (5, 8, 3)), (640, 360), interpolation=cv2.INTER_CUBIC)
    photo[:, 320:] += step
    photo[176:] += step
    packed = cv2.imencode(".jpg", photo.clip(0, 255).astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, 35])[1]
    return np.asarray(cv2.imdecode(packed, cv2.IMREAD_COLOR), np.uint8)


def test_the_halves_of_a_blurred_photo_are_told_apart_by_compression_only() -> None:
    edges = Edges(blurred_photo())
    # The line between the blocks passes for a side.
    assert edges.vertical.strength(320, 0, 360) > 1.6
    assert is_grid(HALVES, edges)
    assert is_grid(STACKED, edges)


def test_two_videos_that_touch_are_not() -> None:
    edges = Edges(blurred_photo(step=12))
    assert not is_grid(HALVES, edges)
    assert not is_grid(STACKED, edges)


def test_a_gap_or_a_single_cell_needs_no_seam() -> None:
    edges = Edges(blurred_photo())
    assert not is_grid(Lattice(HALVES.rows, (2, 2)), edges)
    assert not is_grid(Lattice(((Box(0, 0, 320, 360),),), (0, 0)), edges)
