"""The agent beside its rivals: the same frames, in turn, every tile found and read anew by each."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence

import msgspec

from agent.benching.galleries import Gallerist
from agent.benching.measures import Spread, milliseconds, spread
from agent.benching.rivals import MissingRivalError, Read
from agent.config import Config
from agent.opening import open_analyzer
from agent.pipeline import Analyzer
from agent.tracking.layout_watch import CONFIRM
from agent.values import Box, Frame

OURS = "readtheroom"


class Rival(msgspec.Struct, frozen=True):
    """One program on one gallery. ``total`` in ms a frame; ``faces`` found of ``drawn_faces``, on average.

    ``slower`` is its time over that of readtheroom, frame by frame. Where it cannot run, ``missing`` says how
    to install it and the figures are None.
    """

    gallery: str
    name: str
    missing: str | None
    faces: float | None = None
    drawn_faces: float | None = None
    total: Spread | None = None
    slower: Spread | None = None


def compare(
    config: Config, gallery: Gallerist, rivals: Mapping[str, Read | MissingRivalError], frames: int
) -> list[Rival]:
    """Have each read ``frames`` frames of a gallery in turn, so that a busy moment meets all of them."""
    runs = {name: rival for name, rival in rivals.items() if not isinstance(rival, MissingRivalError)}
    seconds: dict[str, list[float]] = {name: [] for name in (OURS, *runs)}
    found: dict[str, list[int]] = {name: [] for name in (OURS, *runs)}
    drawn: list[int] = []
    with open_analyzer(config, reuse=False) as analyzer:
        now = _settle(analyzer, gallery)
        for index in range(frames + 1):
            picture = gallery.at(5.0 + now)
            frame = Frame(picture.pixels, now, now)
            now += 0.2
            for name, spent in seconds.items():
                begun = time.perf_counter()
                boxes = _ours(analyzer, frame) if name == OURS else runs[name](picture.pixels)
                # The first frame warms everybody up.
                if index:
                    spent.append(time.perf_counter() - begun)
                    found[name].append(matched(boxes, picture.faces))
            if index and picture.faces is not None:
                drawn.append(len(picture.faces))
    rows = [_row(gallery.name, name, found[name], drawn, seconds[name], seconds[OURS]) for name in seconds]
    gone = {name: rival for name, rival in rivals.items() if isinstance(rival, MissingRivalError)}
    return [*rows, *(Rival(gallery.name, name, str(rival)) for name, rival in gone.items())]


def matched(boxes: Sequence[Box], faces: Sequence[Box] | None) -> int:
    """How many of the drawn faces have the centre of a found box in them; all boxes where none are known."""
    if faces is None:
        return len(boxes)
    centres = [box.centre for box in boxes]
    return sum(
        any(face.left <= x < face.right and face.top <= y < face.bottom for x, y in centres) for face in faces
    )


def _settle(analyzer: Analyzer, gallery: Gallerist) -> float:
    now = 0.0
    for pause in (*CONFIRM[:-1], 0.2):
        analyzer.analyze(Frame(gallery.at(5.0 + now).pixels, now, now))
        now += pause
    return now


def _ours(analyzer: Analyzer, frame: Frame) -> list[Box]:
    return [one.face.box for one in analyzer.analyze(frame).readings if one.face is not None]


def _row(  # noqa: PLR0917, PLR0913 - the columns of one row
    gallery: str,
    name: str,
    found: Sequence[int],
    drawn: Sequence[int],
    seconds: Sequence[float],
    ours: Sequence[float],
) -> Rival:
    return Rival(
        gallery=gallery,
        name=name,
        missing=None,
        faces=round(sum(found) / len(found), 1),
        drawn_faces=round(sum(drawn) / len(drawn), 1) if drawn else None,
        total=milliseconds(seconds),
        slower=spread([theirs / own for theirs, own in zip(seconds, ours, strict=True)]),
    )
