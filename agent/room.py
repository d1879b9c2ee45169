"""The summary over all tiles: a pure function of one frame's readings.

Its figures are proxies, no more: ``scores``, ``label``, ``valence`` and ``arousal`` average what faces look
like to a classifier, ``attention`` which way heads point. None measures what anybody feels or follows.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from agent.values import LABELS, Reading, Room, TileState


def summarize(readings: Sequence[Reading]) -> Room:
    """Count the tiles and average what was read.

    ``scores``, ``label``, ``valence`` and ``arousal`` are over the faces that were read, each counting the
    same, and None while there is none. ``attention``, 0..1, is the mean of ``facing`` over the tiles with the
    camera on, where a tile without a face counts 0; it is None while no camera is on. Tiles with the camera
    off and excluded tiles are counted in ``tiles`` only: switching a camera off is no inattention.
    """
    faces = [reading for reading in readings if reading.state is TileState.FACE]
    watched = len(faces) + sum(reading.state is TileState.NO_FACE for reading in readings)
    attention = sum(reading.facing for reading in faces) / watched if watched else None
    emotions = [reading.emotion for reading in faces if reading.emotion is not None]
    if not emotions:
        return Room(len(readings), len(faces), 0, attention=attention)
    scores = np.mean([emotion.scores for emotion in emotions], axis=0)
    return Room(
        tiles=len(readings),
        faces=len(faces),
        read=len(emotions),
        scores=tuple(scores.tolist()),
        label=LABELS[int(scores.argmax())],
        valence=float(np.mean([emotion.valence for emotion in emotions])),
        arousal=float(np.mean([emotion.arousal for emotion in emotions])),
        attention=attention,
    )
