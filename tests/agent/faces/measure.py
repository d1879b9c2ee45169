"""Prints how faces of the real galleries fare under hard conditions, and how often something else is one.

Run from the root: ``python -m tests.agent.faces.measure [NAME...]``, where names choose conditions.

``found``: a careful search finds the face (overlapping by 0.4) at the confidence that a new face needs;
``quick``: an ordinary one does. ``other``: it finds another. ``read``: nothing speaks against reading it.
``kept``: of those read whose clean picture is read confidently, how many get the same label. ``shift`` and
``scale``: how far the crop is off, in parts of its side, and the logarithm of the factor by which (medians
and, after the stroke, 90th percentiles). ``inputs``: detector inputs for each tile, careful and quick;
``asked``: how often the second detector was, in the careful search.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np

from agent.composition.models import open_classifier, open_finder
from agent.configuration.config import Config
from agent.faces.crops import Framing, crop_face, placement
from agent.faces.detector import SECOND_SIDE, MediaPipeFaceFinder
from agent.faces.face_track import DetectionThresholds
from agent.faces.masks import is_masked
from agent.faces.quality import QualityLimits, abstain, facing
from agent.faces.search import Second, find_faces
from agent.values import Face, Pixels, Reason
from models.card import load_card
from models.runtime import LiteRTClassifier
from models.weights import EXPRESSION

from . import coverings, empty, people
from .people import Change, Portrait

CONFIDENT = 0.6
"""A clean picture's label counts from this probability on."""


def conditions(crowd: Sequence[Portrait]) -> dict[str, Change]:
    """Every hard condition by name; ``crowd`` are those who may stand beside or hang on the wall."""
    others = [person for person in crowd if not person.masked]
    singles: dict[str, Change] = {
        "clean": lambda person, _: person,
        "over-exposed": people.lit(1.9, 0.7),
        "blown out": people.lit(2.6, 0.6, 0.1),
        "washed out": people.lit(0.3, 1, 0.62, 0.01),
        "dim": people.lit(0.3, 1.2, 0, 0.01),
        "dark": people.lit(0.12, 1.3, 0.01, 0.01),
        "backlit": people.backlit,
        "half lit": people.half_lit,
        "warm": people.tinted(1.25, 0.8, 0.4),
        "cool": people.tinted(0.8, 0.92, 1.12),
        "blue screen": people.tinted(0.35, 0.55, 1.3),
        "noisy": people.lit(0.6, 1, 0.05, 0.09),
        "mask": coverings.masked,
        "hand": coverings.handed,
        "badges": coverings.badged,
        "mirrored": people.mirrored,
        "tilted 20": people.tilted(20),
        "tilted -20": people.tilted(-20),
        "tilted 35": people.tilted(35),
        "blurred": people.blurred(0.05),
        "very blurred": people.blurred(0.1),
        "shaken": people.shaken,
        "jpeg 30-50": people.compressed,
        "at the edge": people.scaled(0.4, (0.12, 0.5)),
        "cut by the edge": people.cut,
        "far, 1/6": people.scaled(0.167, (0.5, 0.5)),
        "far, 1/9": people.scaled(0.11, (0.4, 0.45)),
        "close-up": people.scaled(0.9, (0.5, 0.5)),
        "huge": people.scaled(1.3, (0.5, 0.5)),
        "two people": coverings.beside(others, 0.95, 1.9),
        "one behind": coverings.beside(others, 0.6, 1.3),
        "poster": coverings.poster(others, 0.5),
        "virtual": coverings.elsewhere,
        "rounded": coverings.rounded,
        "profile photo": coverings.photographed,
    }
    tiny = {f"7x7 {name}": coverings.small(change) for name, change in singles.items() if name in TINY}
    return {
        **singles,
        "7x7 tiles": people.tiny,
        **tiny,
        "7x7 jpeg after": _then(people.tiny, people.compressed),
    }


TINY = (
    "over-exposed",
    "washed out",
    "dim",
    "dark",
    "backlit",
    "mask",
    "virtual",
    "tilted 20",
    "far, 1/6",
    "blurred",
)


def _then(*changes: Change) -> Change:
    def change(person: Portrait, rng: np.random.Generator) -> Portrait:
        for one in changes:
            person = one(person, rng)
        return person

    return change


@dataclass
class Eyes:
    """The parts that find and read faces, and how many inputs the detector was given."""

    finder: MediaPipeFaceFinder
    classifier: LiteRTClassifier
    framing: Framing
    limits: QualityLimits
    fresh: float = DetectionThresholds().new
    inputs: int = 0
    asked: int = 0

    def find(self, pictures: Sequence[Pixels], careful: bool) -> list[Face | None]:
        """The faces that count as new ones."""
        found = find_faces(pictures, self._detect, careful, second=Second(self._ask, SECOND_SIDE))
        return [face if face is not None and face.confidence >= self.fresh else None for face in found]

    def scores(self, picture: Pixels, face: Face) -> np.ndarray:
        return np.asarray(self.classifier.classify(crop_face(picture, face, self.framing)[None])[0])

    def reason(self, picture: Pixels, face: Face) -> str | None:
        crop = crop_face(picture, face, self.framing)
        reason = abstain(face, crop, facing(face), self.limits)
        if reason is None and is_masked(picture, face):
            reason = Reason.COVERED
        return None if reason is None else reason.value

    def _ask(self, pixels: Pixels) -> list[Face]:
        self.asked += 1
        return self.finder.ask(pixels)

    def _detect(self, pixels: Pixels) -> list[Face]:
        self.inputs += 1
        return self.finder.detect(pixels)


@dataclass
class Row:
    """What became of the faces under one condition."""

    faces: int = 0
    found: int = 0
    quick: int = 0
    other: int = 0
    read: int = 0
    kept: int = 0
    confident: int = 0
    width: list[float] = field(default_factory=list)
    shift: list[float] = field(default_factory=list)
    scale: list[float] = field(default_factory=list)
    reasons: dict[str, int] = field(default_factory=dict)
    inputs: tuple[float, float] = (0, 0)
    asked: int = 0


def fare(eyes: Eyes, crowd: Sequence[Portrait], change: Change) -> Row:
    """Change every portrait in one way and look for the faces."""
    changed = [change(person, np.random.default_rng(index)) for index, person in enumerate(crowd)]
    pictures = [person.pixels for person in changed]
    row = Row(faces=len(crowd))
    eyes.inputs = eyes.asked = 0
    careful = eyes.find(pictures, True)
    spent, row.asked = eyes.inputs, eyes.asked
    quick = eyes.find(pictures, False)
    row.inputs = (spent / len(crowd), (eyes.inputs - spent) / len(crowd))
    for before, person, slow, fast in zip(crowd, changed, careful, quick, strict=True):
        row.width.append(person.face.box.width)
        row.quick += fast is not None and fast.box.iou(person.face.box) >= 0.4
        if slow is None:
            continue
        if slow.box.iou(person.face.box) < 0.4:
            row.other += 1
            continue
        row.found += 1
        _compare(eyes, row, before, person, slow)
    return row


def _compare(eyes: Eyes, row: Row, before: Portrait, person: Portrait, face: Face) -> None:
    """How the crop is framed, whether it is read, and whether the label is the clean picture's."""
    a, b = placement(face, eyes.framing)
    true_a, true_b = placement(person.face, eyes.framing)
    middle, true_middle = a * (0.5 + 0.5j) + b, true_a * (0.5 + 0.5j) + true_b
    row.shift.append(abs(middle - true_middle) / abs(true_a))
    row.scale.append(abs(math.log(abs(a) / abs(true_a))))
    reason = eyes.reason(person.pixels, face)
    if reason is not None:
        row.reasons[reason] = row.reasons.get(reason, 0) + 1
        return
    row.read += 1
    clean = eyes.scores(before.pixels, before.face)
    if clean.max() >= CONFIDENT:
        row.confident += 1
        row.kept += int(eyes.scores(person.pixels, face).argmax() == clean.argmax())


def line(name: str, row: Row) -> str:
    """One row of the table."""
    spread = [
        f"{np.median(values):.3f}/{np.percentile(values, 90):.3f}" if values else "-"
        for values in (row.shift, row.scale)
    ]
    reasons = " ".join(f"{reason} {count}" for reason, count in row.reasons.items())
    return (
        f"{name:18} {np.median(row.width):4.0f} px  found {row.found:2}/{row.faces} quick {row.quick:2} "
        f"other {row.other:2}  shift {spread[0]:11} scale {spread[1]:11} read {row.read:2} "
        f"kept {row.kept:2}/{row.confident:2}  inputs {row.inputs[0]:.2f} {row.inputs[1]:.2f} "
        f"asked {row.asked:2}  {reasons}"
    )


def nobody(crowd: list[Portrait]) -> Mapping[str, list[Pixels]]:
    """Tiles without a face, by kind; each also under other light and as small as in a 7x7."""
    kinds = {
        "parts of rooms": list(empty.backgrounds(crowd)),
        "left chairs": list(empty.left_chairs(crowd)),
        "backs of heads": list(empty.backs_of_heads(crowd)),
        "drawn rooms": list(empty.drawn_rooms(48)),
    }
    for name, pictures in list(kinds.items()):
        kinds[f"{name}, 7x7"] = [
            np.asarray(cv2.resize(one, (88, 50), interpolation=cv2.INTER_AREA), np.uint8) for one in pictures
        ]
        kinds[f"{name}, dark"] = [(one * 0.15).astype(np.uint8) for one in pictures]
        kinds[f"{name}, bright"] = [(one * 0.4 + 150).astype(np.uint8) for one in pictures]
    return kinds


def main(names: Sequence[str]) -> None:
    config = Config()
    with open_finder(config) as finder, open_classifier(config) as classifier:
        limits = QualityLimits(min_face_px=classifier.card.abstention.min_face_px)
        eyes = Eyes(finder, classifier, Framing.of(load_card(EXPRESSION).framing), limits)
        crowd = people.portraits(finder)
        for name, change in conditions(crowd).items():
            if not names or any(one in name for one in names):
                print(line(name, fare(eyes, crowd, change)), flush=True)
        total = [0, 0, 0]
        for name, pictures in nobody(crowd).items():
            if names and not any(one in name for one in names):
                continue
            eyes.inputs = 0
            careful = sum(face is not None for face in eyes.find(pictures, True))
            spent = eyes.inputs
            quick = sum(face is not None for face in eyes.find(pictures, False))
            total = [total[0] + len(pictures), total[1] + careful, total[2] + quick]
            false = f"false {careful} (quick {quick})"
            print(f"{name:24} {len(pictures):3} tiles, {false}, inputs {spent / len(pictures):.2f}")
        print(f"without a face: {total[0]} tiles, false {total[1]} (quick {total[2]})")


if __name__ == "__main__":
    main(sys.argv[1:])
