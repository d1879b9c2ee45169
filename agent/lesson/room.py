"""The summary over all tiles: a pure function of one frame's readings.

Its figures are proxies, no more: ``scores``, ``label``, ``valence`` and ``arousal`` average how a classifier
reads the faces, ``attention`` where the heads point, ``motivation`` both (see ``agent.lesson.motivation``).
None measures what anybody feels or follows.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from agent.values import LABELS, Reading, Room, TileState

Z = 1.959964
"""The two-sided 95 % quantile of the normal distribution."""


def summarize(readings: Sequence[Reading]) -> Room:
    """Count the tiles and average what was read.

    ``scores``, ``label``, ``valence``, ``arousal`` and ``motivation`` are averages over the faces that were
    read, with equal weights, and None without any; for ``intervals`` see ``intervals_of``. ``attention``,
    0..1, is the mean of ``facing`` over the tiles with the camera on, where a tile without a face counts 0;
    it is None while no camera is on. Tiles with the camera off and excluded tiles count in ``tiles`` only:
    switching a camera off is no inattention.
    """
    faces = [reading for reading in readings if reading.state is TileState.FACE]
    watched = len(faces) + sum(reading.state is TileState.NO_FACE for reading in readings)
    attention = sum(reading.facing for reading in faces) / watched if watched else None
    emotions = [reading.emotion for reading in faces if reading.emotion is not None]
    if not emotions:
        return Room(len(readings), len(faces), 0, attention=attention)
    each = np.array([emotion.scores for emotion in emotions])
    scores = each.mean(axis=0)
    indices = [one.motivation for one in faces if one.emotion is not None and one.motivation is not None]
    taking_part = sum(reading.state is not TileState.EXCLUDED for reading in readings)
    return Room(
        tiles=len(readings),
        faces=len(faces),
        read=len(emotions),
        scores=tuple(scores.tolist()),
        label=LABELS[int(scores.argmax())],
        valence=float(np.mean([emotion.valence for emotion in emotions])),
        arousal=float(np.mean([emotion.arousal for emotion in emotions])),
        attention=attention,
        motivation=float(np.mean(indices)) if indices else None,
        intervals=intervals_of(each, taking_part),
    )


def intervals_of(scores: NDArray[np.float64], population: int) -> tuple[tuple[float, float], ...]:
    """95 % confidence interval, 0..1, of each label's share among all who take part, not only those read.

    ``scores`` is (read, 7), each row the probabilities of one face; ``population`` counts the tiles that are
    not excluded, camera on or off. There are two uncertainties: who was read, and how each face was read. For
    a share p, the variance p (1 - p) of one draw is that of the scores between faces plus the mean of s (1 -
    s) within them. Reading everybody removes the first (finite population correction), never the second. The
    sum gives an effective number of faces, from which Wilson's interval (1927) follows; it stays within 0..1
    and is honest for few faces. It assumes that the scores are calibrated (the model's card has the error)
    and that unread faces are like the others. Where either is wrong, it is too narrow.
    """
    read = len(scores)
    share = scores.mean(axis=0)
    within = (scores * (1.0 - scores)).mean(axis=0)
    between = scores.var(axis=0) * max(1.0 - read / max(population, 1), 0.0)
    return tuple(
        _wilson(p, read * p * (1.0 - p) / v if v > 1e-9 else math.inf)
        for p, v in zip(share.tolist(), (within + between).tolist(), strict=True)
    )


def _wilson(share: float, count: float) -> tuple[float, float]:
    """Wilson's score interval of a share seen in ``count`` draws; a point for infinitely many."""
    if math.isinf(count) or count <= 0:
        return share, share
    spread = Z * Z / count
    middle = (share + spread / 2) / (1 + spread)
    half = Z * math.sqrt(share * (1 - share) / count + spread / (4 * count)) / (1 + spread)
    return max(middle - half, 0.0), min(middle + half, 1.0)
