"""Measures the CPU time for reading a face, of one thread, for several models in turns."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import numpy as np

from models.runtime import LARGEST, Classifier

BATCHES = (1, 25)
ROUNDS = 20

Run = Callable[[int], None]
"""A function that reads a batch of the given number of faces, at most 64."""


def reader(classifier: Classifier) -> Run:
    """A function that reads faces with a classifier as the agent does, from grey levels to probabilities."""
    noise = np.random.default_rng(0).integers(0, 256, (LARGEST, *classifier.card.input.shape), np.uint8)

    def run(batch: int) -> None:
        classifier.classify(noise[:batch])

    return run


def milliseconds(runs: Sequence[Run], batch: int) -> list[float]:
    """The median CPU time in ms to read one face of a batch, for each of several models.

    The models are timed in turns, so that other load affects all of them equally. The time is that of the
    calling thread, in which LiteRT works if it has one thread. On two cores shared by a dozen busy processes,
    a face of a batch of 25 took 2.02 ms of wall time and 0.37 ms of CPU time; relative to the other model
    these were 0.82 and 0.80 (models without mirror images). Each model's first call, which resizes the input,
    is not counted.
    """
    times = np.empty((ROUNDS + 1, len(runs)))
    for row in times:
        for index, run in enumerate(runs):
            start = time.thread_time()
            run(batch)
            row[index] = time.thread_time() - start
    median: list[float] = (np.median(times[1:], axis=0) / batch * 1000).tolist()
    return median
