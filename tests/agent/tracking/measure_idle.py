"""Prints what a screen without a gallery costs: CPU seconds for a minute, while it stands still and not.

Run as ``python -m tests.agent.tracking.measure_idle [PAGES]``; PAGES random desktops, documents, films.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator

import numpy as np

from agent.composition.analyzer import open_analyzer
from agent.configuration.config import Config
from agent.values import Frame, Pixels
from tests.agent.classroom.variations import random_page

HZ = 5


def cost(frames: Iterator[Pixels]) -> float:
    """CPU seconds that it takes to read a minute of frames."""
    with open_analyzer(Config()) as analyzer:
        begun = time.process_time()
        for step, pixels in enumerate(frames):
            analyzer.analyze(Frame(pixels, step / HZ, step / HZ))
        return time.process_time() - begun


def still(pixels: Pixels) -> Iterator[Pixels]:
    """A minute of a page RGB uint8 (H, W, 3) that stays as it is."""
    return (pixels for _ in range(60 * HZ))


def scrolled(pixels: Pixels) -> Iterator[Pixels]:
    """A minute in which the page never stands still."""
    return (np.ascontiguousarray(np.roll(pixels, 9 * step, axis=0)) for step in range(60 * HZ))


def main(pages: int) -> None:
    """Print a line for each page."""
    for seed in range(pages):
        pixels, kind = random_page(seed)
        print(
            f"{kind}: {cost(still(pixels)):.1f} s still, {cost(scrolled(pixels)):.1f} s scrolled", flush=True
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 8)
