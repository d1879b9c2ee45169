"""The figures behind a report's charts. Pure: arrays in, arrays out.

Figures are weighted by time, not by frames (see ``exporter.recorder.presence``), so that changes of the rate
and pauses do not distort them. Participants are never compared or ranked: their order is that of the gallery.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from agent.values import LABELS
from exporter.recorder import presence
from exporter.recorder.packing import NOTHING, REASONS, STATES, UNKNOWN
from exporter.recorder.session import Figures, RecordedSession

STRIP_BINS = 260

READ = len(LABELS)
"""First outcome code without a reading: codes below it are labels, others say why there is no label."""

OUTCOMES: tuple[str, ...] = (*LABELS, *REASONS, "no_face", "camera_off")


@dataclass(frozen=True, slots=True, eq=False)
class RoomTimeline:
    """The room over time in B bins: ``edges`` (B + 1,) in seconds; the others are means, NaN in a gap.

    ``scores`` (B, 7); ``figures`` (B, 4) valence, arousal, attention, motivation; ``counts`` (B, 3) tiles,
    faces, read.
    """

    edges: Figures
    scores: Figures
    figures: Figures
    counts: Figures


@dataclass(frozen=True, slots=True)
class Run:
    """A time from ``start`` to ``end`` (seconds) with one outcome; ``code`` is an index of OUTCOMES."""

    start: float
    end: float
    code: int


@dataclass(frozen=True, slots=True)
class ParticipantTimeline:
    """One participant's runs; ``row`` and ``col`` are the most frequent place in the gallery, from 0."""

    id: str
    row: int
    col: int
    runs: tuple[Run, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Summary:
    """Summary figures of a session.

    ``time`` (len(OUTCOMES),) is the tile time of each outcome in seconds. ``scores`` (7,) are the room's
    means over time, or None. ``read`` and ``faces`` are the median numbers of faces read and found, over
    frames with at least one. ``width`` is the median width of the faces read in pixels, or None. ``seen`` are
    the seconds in which frames came.
    """

    time: Figures
    scores: Figures | None
    read: int
    faces: int
    width: float | None
    seen: float

    @property
    def watched(self) -> float:
        """Tile time with the camera on."""
        return float(self.time[:-1].sum())

    @property
    def read_share(self) -> float | None:
        """The share of the time with the camera on in which an expression was read."""
        return float(self.time[:READ].sum()) / self.watched if self.watched else None


def weights(session: RecordedSession) -> Figures:
    """How many seconds each frame stands for, (N,)."""
    return presence.weights(session.seconds, session.details.hz)


def people(session: RecordedSession) -> list[int]:
    """The numbers of those who were there for long enough to count."""
    found: list[int] = presence.present(weights(session), session.frame_of, session.said["who"]).tolist()
    return found


def room_timeline(session: RecordedSession, bins: int) -> RoomTimeline:
    """The room over time, averaged in bins of equal length."""
    edges = _edges(session, bins)
    spread = _spread(session, edges)
    counts = session.counts[:, :3].astype(float)
    return RoomTimeline(
        edges,
        _means(session.scores, spread, bins),
        _means(session.figures, spread, bins),
        _means(counts, spread, bins),
    )


def participant_timelines(session: RecordedSession, bins: int = STRIP_BINS) -> list[ParticipantTimeline]:
    """The lesson of each of ``people``, in the order of the gallery: what showed longest in each bin."""
    edges = _edges(session, bins)
    numbers = people(session)
    if not numbers:
        return []
    chosen = np.isin(session.said["who"], numbers)
    said, frame_of = session.said[chosen], session.frame_of[chosen]
    spread = _spread(session, edges)
    who = np.searchsorted(numbers, said["who"])
    reading, part = spread.of(frame_of)
    cell = (who[reading] * bins + spread.bin[part]) * len(OUTCOMES) + _codes(said)[reading]
    time = np.bincount(cell, spread.seconds[part], len(numbers) * bins * len(OUTCOMES))
    time = time.reshape(len(numbers), bins, len(OUTCOMES))
    winner = np.where(time.sum(2) > 0, time.argmax(2), -1)
    rows, cols = _places(said, who, len(numbers))
    found = [
        ParticipantTimeline(
            session.participants[number], int(rows[index]), int(cols[index]), _runs(winner[index], edges)
        )
        for index, number in enumerate(numbers)
    ]
    return sorted(found, key=lambda timeline: (timeline.row, timeline.col))


def summarize(session: RecordedSession) -> Summary:
    """The session in a few numbers."""
    weight = weights(session)
    said = session.said
    time = np.bincount(_codes(said), weight[session.frame_of], len(OUTCOMES)).astype(np.float64)
    known = ~np.isnan(session.scores[:, 0])
    scores = None
    if known.any():
        scores = np.average(session.scores[known], axis=0, weights=np.maximum(weight[known], 1e-9))
    widths = said["width"][(said["label"] != NOTHING) & (said["width"] != UNKNOWN)]
    return Summary(
        time=time,
        scores=scores,
        read=_median(session.counts[:, 2]),
        faces=_median(session.counts[:, 1]),
        width=float(np.median(widths)) if len(widths) else None,
        seen=float(weight.sum()),
    )


def _median(counts: NDArray[np.int64]) -> int:
    """Of those above 0."""
    return int(np.median(counts[counts > 0])) if (counts > 0).any() else 0


def margin(share: float, count: int) -> float:
    """Half the width, 0..1, of the 95 % interval of a share among ``count`` independent faces (Wald)."""
    return float(1.96 * np.sqrt(share * (1 - share) / count)) if count else 1.0


def bins_for(session: RecordedSession, most: int) -> int:
    """The number of bins of a session's chart: ``most``, or fewer so that each bin has two frames.

    Finer bins would show each frame as a step.
    """
    if len(session.seconds) < 2:
        return 1
    step = float(np.median(np.diff(session.seconds)))
    span = float(session.seconds[-1] - session.seconds[0])
    return max(min(most, int(span / (2 * step))), 1) if step > 0 else 1


def _edges(session: RecordedSession, bins: int) -> Figures:
    start, end = float(session.seconds[0]), float(session.seconds[-1])
    return np.linspace(start, max(end, start + 1.0 / session.details.hz), bins + 1)


@dataclass(frozen=True, slots=True, eq=False)
class _Spread:
    """The time of each of N frames in each bin that it overlaps, in P parts, sorted by frame.

    ``frame``, ``bin`` and ``seconds`` (P,); ``counts`` (N,) is the number of parts of each frame. A frame's
    values hold until the next frame, so a late frame leaves no gap unless its weight ends before.
    """

    frame: NDArray[np.int64]
    bin: NDArray[np.int64]
    seconds: Figures
    counts: NDArray[np.int64]

    def of(self, frames: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The parts of each of these frames: the index in ``frames`` and the part, one row for each part."""
        counts = self.counts[frames]
        first = np.cumsum(self.counts) - self.counts
        return np.repeat(np.arange(len(frames)), counts), _ranges(first[frames], counts)


def _spread(session: RecordedSession, edges: Figures) -> _Spread:
    begin = session.seconds
    end = begin + weights(session)
    first, last = _bin_of(begin, edges), _bin_of(end, edges)
    counts = last - first + 1
    frame, place = np.repeat(np.arange(len(begin)), counts), _ranges(first, counts)
    # The last frame stands for time after the last edge.
    until = np.append(edges[1:-1], np.inf)
    seconds = np.minimum(end[frame], until[place]) - np.maximum(begin[frame], edges[place])
    # A frame that stands for no time (two with one time stamp) still says something, where it is.
    least = np.where(place == first[frame], 1e-9, 0.0)
    return _Spread(frame, place, np.maximum(seconds, least), counts)


def _ranges(first: NDArray[np.int64], counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """``first`` and the numbers after it, as many as ``counts`` says, one such range after the other."""
    before = np.cumsum(counts) - counts
    numbers: NDArray[np.int64] = np.arange(int(counts.sum())) + np.repeat(first - before, counts)
    return numbers


def _bin_of(seconds: Figures, edges: Figures) -> NDArray[np.int64]:
    bins = len(edges) - 1
    share = (seconds - edges[0]) / (edges[-1] - edges[0])
    place: NDArray[np.int64] = np.clip(share * bins, 0, bins - 1).astype(np.int64)
    return place


def _means(values: Figures, spread: _Spread, bins: int) -> Figures:
    """The weighted mean of each column in each bin, NaN where there is nothing."""
    means = np.full((bins, values.shape[1]), np.nan)
    for column in range(values.shape[1]):
        value = values[spread.frame, column]
        known = ~np.isnan(value)
        place, weigh = spread.bin[known], spread.seconds[known]
        total = np.bincount(place, weigh, bins)
        total_value = np.bincount(place, weigh * value[known], bins)
        np.divide(total_value, total, out=means[:, column], where=total > 0)
    return means


def _codes(said: NDArray[np.void]) -> NDArray[np.int64]:
    """The outcome of each reading, as an index of OUTCOMES."""
    state = said["state"].astype(np.int64)
    reason = np.where(said["reason"] == NOTHING, OUTCOMES.index("unsure") - READ, said["reason"])
    without = READ + reason
    for name in ("no_face", "camera_off"):
        without = np.where(state == STATES.index(name), OUTCOMES.index(name), without)
    return np.where(said["label"] != NOTHING, said["label"], without).astype(np.int64)


def _places(
    said: NDArray[np.void], who: NDArray[np.int64], count: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The most frequent row and column of each participant."""
    place = said["row"].astype(np.int64) * 256 + said["col"]
    known, index = np.unique(place, return_inverse=True)
    often = np.bincount(who * len(known) + index, minlength=count * len(known)).reshape(count, len(known))
    most = known[often.argmax(1)]
    return most // 256, most % 256


def _runs(codes: NDArray[np.int64], edges: Figures) -> tuple[Run, ...]:
    """Neighbouring bins with one code as one run; bins without any (-1) are left out."""
    cuts = np.flatnonzero(np.diff(codes)) + 1
    starts, ends = [0, *cuts.tolist()], [*cuts.tolist(), len(codes)]
    return tuple(
        Run(float(edges[start]), float(edges[end]), int(codes[start]))
        for start, end in zip(starts, ends, strict=True)
        if codes[start] >= 0
    )
