"""How long reading a face takes, in CPU time of one thread, of several models in turn."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import numpy as np

from models.runtime import LARGEST, Classifier

BATCHES = (1, 25)
ROUNDS = 20

Run = Callable[[int], None]
"""Reads a batch of that many faces, 64 at most."""


def reader(classifier: Classifier) -> Run:
    """Reading with a classifier as the agent does it, from grey levels to probabilities."""
    noise = np.random.default_rng(0).integers(0, 256, (LARGEST, *classifier.card.input.shape), np.uint8)

    def run(batch: int) -> None:
        classifier.classify(noise[:batch])

    return run


def milliseconds(runs: Sequence[Run], batch: int) -> list[float]:
    """The median CPU time in ms to read one face of a batch, for each of several models.

    They take turns, so that what else the machine does falls on all alike. The time is the calling thread's,
    in which LiteRT works when it has one thread: on two cores shared by a dozen busy processes a face of a
    batch of 25 took 2.02 ms by the clock and 0.37 ms of CPU, in 0.82 and 0.80 of the other model's time (by
    models that read no mirror images). A first call of each, which makes room for the batch, is left out.
    """
    times = np.empty((ROUNDS + 1, len(runs)))
    for row in times:
        for index, run in enumerate(runs):
            start = time.thread_time()
            run(batch)
            row[index] = time.thread_time() - start
    median: list[float] = (np.median(times[1:], axis=0) / batch * 1000).tolist()
    return median
