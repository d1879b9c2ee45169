"""Finds marks of a page that scrolls: rows go on below the picture's lower edge, under a heading."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from agent.colour_distance import colour_distance
from agent.layout.contents import Contents
from agent.layout.lattice import Lattice
from agent.values import Pixels

HEADING = 0.12
"""Minimum height above the first row, as a share of the picture's, in which a page has its address and
heading. In a gallery that somebody cropped, the title of the window covers less."""
CUT = 0.95
"""Maximum height of a cut row, as a share of a whole one."""
LEAST = 3
"""Minimum height in pixels of the visible part of a row."""
LEVELS = 12
"""Maximum difference in levels between the page beside two tiles and the page between them."""
PAGE, PICTURE = 0.9, 0.5
"""Minimum share of page between the cut pictures, and maximum share inside them."""


def scrolls_off(lattice: Lattice, contents: Contents, *, upright: bool) -> bool:
    """Whether the rows go on below the picture, under a heading, and no controls of a call stand beside them.

    A gallery is shown whole, with the controls below or above it. ``upright``: the cells stand upright; then
    a last row that ends exactly at the picture's lower edge counts as cut.
    """
    height = len(contents.pixels)
    inner = lattice.bounds
    if inner.top < HEADING * height:
        return False
    at_end = inner.bottom >= height - 2
    cut = at_end and (upright or lattice.rows[-1][0].height < CUT * lattice.whole.height)
    return (cut or _goes_on(lattice, contents.pixels)) and not in_call(lattice, contents)


def in_call(lattice: Lattice, contents: Contents) -> bool:
    """Whether the bar with the controls of a call stands beside or over a lattice."""
    return any(bar.serves(lattice.bounds) for bar in contents.call_bars())


def _goes_on(lattice: Lattice, pixels: Pixels) -> bool:
    """Whether pictures stand in the columns of the last row at the place of the next one, and are cut."""
    row = lattice.rows[-1]
    middles = [(a.right + b.left) // 2 for a, b in pairwise(row) if b.left > a.right]
    top = row[0].bottom + (lattice.gap[1] if len(lattice.rows) > 1 else lattice.gap[0])
    if not middles or not LEAST <= len(pixels) - top < CUT * lattice.whole.height:
        return False
    page = np.median(pixels[row[0].top : row[0].bottom, middles].reshape(-1, 3), axis=0)
    below = pixels[top + 1 :]
    if _near(below[:, middles], page) < PAGE:
        return False
    # A sample: all pixels would take as long as a tenth of the search for a clear gallery.
    inside = [_near(below[::2, box.left : box.right : 8], page) for box in row]
    return float(np.mean(inside)) <= PICTURE


def _near(pixels: Pixels, colour: NDArray[np.float64]) -> float:
    """The share of a picture, 0..1, that has about one colour."""
    return float((colour_distance(pixels.astype(np.int16), colour) <= LEVELS).mean())
