"""From one face's scores, frame by frame, to a label that a person can follow: calm, but not slow.

Scores are smoothed by elapsed seconds, so that the frame rate does not matter. The label has hysteresis: it
changes when another label has led by a margin for a while. A label that contradicts the displayed scores
lasts at most about a second. Times are arguments; nothing here reads a clock.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from agent.values import LABELS, Emotion, Reason, TileState

AFFECT: dict[str, tuple[float, float]] = {
    "angry": (-0.51, 0.59),
    "disgust": (-0.60, 0.35),
    "fear": (-0.64, 0.60),
    "happy": (0.81, 0.51),
    "sad": (-0.63, -0.27),
    "surprise": (0.40, 0.67),
    "neutral": (0.0, 0.0),
}
"""Valence and arousal of each label, -1..1.

The pleasure and arousal that Russell and Mehrabian (1977, "Evidence for a three-factor theory of emotions",
Journal of Research in Personality 11, 273-294) report for the terms angry, disgusted, fearful, happy, sad and
surprised. The figures are quoted from later papers and programs, not checked against the print. People rated
words for their own states there: that a face looks sad says less. ``neutral`` is not in the list; it is the
origin.
"""

_VALENCES = np.array([AFFECT[label][0] for label in LABELS])
_AROUSALS = np.array([AFFECT[label][1] for label in LABELS])

LARGEST_CLAIM = 0.75
"""Maximum share of the evidence for another label that one frame can give: no frame alone changes it."""

BEHIND = 0.1
"""How far a label's score may be below the largest one before the scores contradict the label."""

LONGEST_WEIGHT = 0.5
"""Maximum seconds that one set of scores counts for in smoothing, however long the gap before it."""

SLOWEST = 15.0
"""Maximum seconds between two sets of scores of a face that is still followed, on an overloaded machine. If
scores always come that rarely, a gap like the last one is no reason to forget: the face would warm up for
ever."""

ROUNDING = 1e-6
"""Tolerance in seconds: sums of frame times miss a limit by rounding, which would cost a whole frame."""


@dataclass(frozen=True, slots=True)
class MoodPace:
    """How readings follow time; seconds and probabilities.

    ``half_life``: an old reading counts half after it (0: no smoothing). ``margin`` and ``evidence``: another
    label takes over when the probability by which it leads, less ``margin``, adds up over time to
    ``evidence`` half-lives (a cumulative sum test, Page 1954). ``min_confidence``: a reading below it for
    ``doubt`` seconds becomes unsure, until it is ``slack`` above it. A label that the scores contradict for
    ``doubt`` seconds is replaced by the largest. ``warming_up``: readings begin this long after a face's
    first scores (0 for single pictures). ``hold``: a reading is kept this long when a face cannot be read for
    a moment. ``stale``: scores older than this are forgotten.

    The defaults were chosen on simulated faces (tests/agent/lesson/test_mood.py) and on FER-2013 faces in
    motion (tests/agent/measure_changes.py). Around them little changes: half-lives of 0.4 to 0.6 s, margins
    of 0.03 to 0.07 and 0.10 to 0.14 s of evidence show 81 to 83 % of all changes in time.
    """

    half_life: float = 0.6
    margin: float = 0.05
    evidence: float = 0.2
    min_confidence: float = 0.4
    slack: float = 0.08
    doubt: float = 1.0
    warming_up: float = 0.4
    hold: float = 0.6
    stale: float = 3.0


@dataclass(frozen=True, slots=True)
class Mood:
    """The present result for one face: an emotion, or the reason why there is none, or neither (no face).

    ``since`` is the Unix time when this label, or this reason, began; without either, this state of the tile.
    """

    emotion: Emotion | None
    reason: Reason | None
    since: float


class MoodTracker:
    """Follows the expression of every tile by its id. A pure state machine; not thread-safe."""

    def __init__(self, pace: MoodPace | None = None) -> None:
        self.pace = pace or MoodPace()
        self._tracks: dict[str, _Track] = {}

    def update(
        self,
        tile: str,
        scores: Sequence[float] | NDArray[np.floating] | None,
        reason: Reason | TileState | None,
        *,
        time: float,
        wall: float,
    ) -> Mood:
        """Take one frame's result for one tile and return the present mood.

        ``scores``: the seven probabilities in the order of LABELS, or None when the face was not read, with
        the ``reason``, or with the state of the tile when there is no face. For a tile that did not change,
        pass its last scores again: they still hold. ``time`` is monotonic seconds, ``wall`` Unix seconds.
        """
        track = self._tracks.get(tile)
        if track is None:
            track = self._tracks[tile] = _Track(wall)
        track.seen = time
        if scores is not None:
            track.take(np.asarray(scores, np.float64), time, self.pace)
        elif time - track.read > self.pace.stale:
            track.restart()
        unread = reason if isinstance(reason, Reason) else None
        emotion, why = track.say(scores is not None, unread, time, self.pace)
        said = emotion.label if emotion else why or reason
        if said != track.said:
            track.said, track.since = said, wall
        return Mood(emotion, why, track.since)

    def forget(self, time: float, after: float | None = None) -> None:
        """Drop every tile without an ``update`` for ``after`` seconds (default: ``stale``)."""
        after = self.pace.stale if after is None else after
        self._tracks = {tile: track for tile, track in self._tracks.items() if time - track.seen <= after}

    def drop(self, tiles: Iterable[str]) -> None:
        """Drop some tiles at once, such as excluded ones."""
        for tile in tiles:
            self._tracks.pop(tile, None)


def emotion_of(scores: NDArray[np.float64], label: int) -> Emotion:
    """Make an emotion of seven probabilities and the index of the label that is shown."""
    valence, arousal = affect(scores)
    values = tuple(float(score) for score in scores)
    return Emotion(LABELS[label], values[label], values, valence, arousal)


def affect(scores: NDArray[np.float64]) -> tuple[float, float]:
    """Valence and arousal, -1..1: the mean of AFFECT over the probabilities of the labels."""
    return float(scores @ _VALENCES), float(scores @ _AROUSALS)


class _Track:
    """The state of one tile. ``total`` and ``weight`` are the decaying sums behind the smoothed scores."""

    def __init__(self, wall: float) -> None:
        self.seen = -math.inf
        self.said: str | None = None
        self.since = wall
        self.gap = 0.0
        self.restart()

    def restart(self) -> None:
        self.total = np.zeros(len(LABELS))
        self.weight = 0.0
        self.begun: float | None = None
        self.read = -math.inf
        self.label: int | None = None
        self.claims = np.zeros(len(LABELS))
        self.sure = False
        self.low_since: float | None = None
        self.contradicted_since: float | None = None

    @property
    def scores(self) -> NDArray[np.float64]:
        return self.total / self.weight

    def take(self, scores: NDArray[np.float64], time: float, pace: MoodPace) -> None:
        """Add scores that have held since the last ones, and decide on label and certainty."""
        if scores.shape != (len(LABELS),):
            raise ValueError(f"scores are {len(LABELS)} probabilities, got shape {scores.shape}")
        step = max(time - self.read, 0.0)
        if step > max(pace.stale, min(2.0 * self.gap, SLOWEST)):
            self.restart()
        # A frame counts for the time before it if frames are always rare, not after a single gap.
        rare = min(step, self.gap or step) >= pace.doubt - ROUNDING
        begins = time - step if rare else time
        self.gap = step if math.isfinite(step) else 0.0
        self._smooth(scores, time, step, pace)
        self.read = time
        settled = self.label is not None and self.warm(pace)
        self._choose(scores, step if settled else None, pace)
        self._give_way(time, begins, pace)
        self._doubt(time, begins, settled, pace)

    def _smooth(self, scores: NDArray[np.float64], time: float, step: float, pace: MoodPace) -> None:
        """Let the old sums decay by the elapsed time, and add the new scores weighted by it."""
        if self.begun is None or pace.half_life == 0:
            self.total, self.weight = scores.copy(), 1.0
        elif step > ROUNDING:
            # A shorter step would weigh nothing, and cause a division by zero.
            keep = 0.5 ** (step / pace.half_life)
            new = 1.0 - 0.5 ** (min(step, LONGEST_WEIGHT) / pace.half_life)
            if self.read == self.begun:
                # The first scores count for as long as the second ones.
                self.total, self.weight = self.total * new, new
            self.total, self.weight = keep * self.total + new * scores, keep * self.weight + new
        # A clock that steps back must not restart the warm-up.
        self.begun = time if self.begun is None else min(self.begun, time)

    def _choose(self, scores: NDArray[np.float64], step: float | None, pace: MoodPace) -> None:
        """Keep the label, or change it if another has enough evidence; ``step`` None: take the largest."""
        enough = pace.evidence * pace.half_life
        if step is None or self.label is None or enough == 0:
            self.label = int(self.scores.argmax())
            return
        gain = (scores - scores[self.label] - pace.margin) * step
        self.claims = np.maximum(self.claims + np.minimum(gain, LARGEST_CLAIM * enough), 0.0)
        rival = int(self.claims.argmax())
        if self.claims[rival] > enough:
            self.label = rival
            self.claims[:] = 0.0

    def _give_way(self, time: float, begins: float, pace: MoodPace) -> None:
        """Change to the largest of the smoothed scores once they have contradicted the label for long enough.

        Evidence for another label takes several frames. At one frame in three seconds, half of the labels
        were contradicted by their own scores.
        """
        scores = self.scores
        largest = int(scores.argmax())
        if self.label is None or scores[largest] - scores[self.label] <= BEHIND:
            self.contradicted_since = None
            return
        if self.contradicted_since is None:
            self.contradicted_since = begins
        if time - self.contradicted_since >= pace.doubt - ROUNDING:
            self.label, self.contradicted_since = largest, None
            self.claims[:] = 0.0

    def _doubt(self, time: float, begins: float, settled: bool, pace: MoodPace) -> None:
        """Become unsure after a while below the limit, and sure again at once above limit plus slack."""
        confidence = float(self.scores[self.label])
        if not settled or confidence >= pace.min_confidence + pace.slack:
            self.sure = confidence >= pace.min_confidence
            self.low_since = None
        elif confidence >= pace.min_confidence:
            self.low_since = None
        elif self.low_since is None:
            self.low_since = begins
        if self.low_since is not None and time - self.low_since >= pace.doubt - ROUNDING:
            self.sure = False

    def warm(self, pace: MoodPace) -> bool:
        """Whether scores have come for long enough."""
        return self.begun is not None and self.read - self.begun >= pace.warming_up - ROUNDING

    def say(
        self, read: bool, reason: Reason | None, time: float, pace: MoodPace
    ) -> tuple[Emotion | None, Reason | None]:
        """The emotion to show, or the reason why none is."""
        if self.label is None:
            return None, reason
        if not read and (reason is None or time - self.read > pace.hold):
            return None, reason
        if not self.warm(pace):
            return None, Reason.WARMING_UP
        if not self.sure:
            return None, Reason.UNSURE
        return emotion_of(self.scores, self.label), None
