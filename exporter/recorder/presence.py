"""Participants' time in sight; an id seen only for an instant, as while a page turns, is not counted.

Time is counted, not frames: a frame stands for the time until the next frame, at most for ``longest_step``.
"""

from __future__ import annotations

import sqlite3

import numpy as np
from numpy.typing import NDArray

from agent.steps import longest_step
from exporter.recorder.packing import RECORD, SEEN

SHORTEST_STAY = 1.0
"""Minimum seconds in sight for an id to count; in a session shorter than two seconds, half the session."""


def weights(seconds: NDArray[np.float64], hz: float) -> NDArray[np.float64]:
    """Seconds for which each frame stands, float64 (N,); ``seconds`` (N,) are the frames' times, N >= 1."""
    steps = np.diff(seconds, append=seconds[-1] + 1.0 / hz)
    return np.clip(steps, 0.0, longest_step(hz))


def present(
    weight: NDArray[np.float64], frame_of: NDArray[np.int64], who: NDArray[np.uint16]
) -> NDArray[np.int64]:
    """The numbers, ascending, of the participants who were in sight for long enough to count.

    ``weight`` (N,) are the frames' seconds; ``frame_of`` and ``who`` (M,) are each reading's frame and
    participant number.
    """
    stay = np.bincount(who, weight[frame_of])
    least = min(SHORTEST_STAY, float(weight.sum()) / 2)
    # The tolerance covers rounding errors of the sums.
    return np.flatnonzero(stay >= max(least - 1e-6, 1e-9))


def count_people(connection: sqlite3.Connection, hz: float) -> int:
    """The number of participants of an open recording who were in sight for long enough to count.

    Raises ValueError or TypeError for damaged readings, and sqlite3.Error. An hour of 49 tiles at 5 Hz takes
    45 ms.
    """
    seconds, who = [], []
    for at, said in connection.execute(f"SELECT seconds, said FROM frames WHERE {SEEN} ORDER BY number"):  # noqa: S608
        seconds.append(at)
        who.append(np.frombuffer(said, RECORD)["who"].copy())
    if not seconds:
        return 0
    frame_of = np.repeat(np.arange(len(who)), [len(one) for one in who])
    return len(present(weights(np.array(seconds, float), hz), frame_of, np.concatenate(who)))
