"""What the model's measured accuracy means for a session's numbers, in plain sentences. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from agent.values import LABELS
from exporter.recorder.session import RecordedSession
from exporter.report.figures import Summary, margin
from exporter.words import percent

AT_WIDTH = re.compile(r"^accuracy_at_(\d+)_px$")


WITHOUT_EXPRESSIONS = (
    "“Attention” is which way heads point. A head can point to the camera while its owner thinks of "
    "something else, and away from it while taking notes.",
    "It was not measured how well faces of people of different age or skin are found, or with masks and "
    "glasses. Expect it to be uneven.",
)


def accuracy_at(figures: Mapping[str, float], width: float | None) -> tuple[int, float] | None:
    """The measured accuracy at the next smaller measured face size: (pixels, accuracy).

    For faces smaller than all of them, that of the smallest; None where no size or no width is known.
    """
    sizes = {int(match[1]): value for name, value in figures.items() if (match := AT_WIDTH.match(name))}
    if not sizes or width is None:
        return None
    below = [size for size in sizes if size <= width]
    size = max(below) if below else min(sizes)
    return size, sizes[size]


def sentences(session: RecordedSession, summary: Summary) -> list[str]:
    """Sentences on the reliability of the numbers, the most important first."""
    if not session.details.infers:
        return list(WITHOUT_EXPRESSIONS)
    figures = session.details.model.figures
    told = [*_of_the_model(figures, summary.width), *_of_this_room(figures, summary)]
    told += _of_single_labels(figures)
    told.append(
        "It was not measured how well the model serves people of different age, skin or culture, or with "
        "masks and glasses. Expect it to be uneven."
    )
    return told


def _of_the_model(figures: Mapping[str, float], width: float | None) -> Iterator[str]:
    """The model's accuracy on test photographs, and at the size of the faces here."""
    accuracy, at = figures.get("accuracy"), accuracy_at(figures, width)
    if accuracy is not None:
        yield (
            f"On test photographs with known labels the model is right about {round(accuracy * 100)} faces "
            "of 100; a single person gives such a photograph its label about 56 times of 100, the majority "
            "of ten people 64 times. A meeting's small, compressed pictures are harder, so expect less."
        )
    if at is not None and width is not None:
        size, share = at
        yield (
            f"Half of the faces read here were narrower than {width:.0f} pixels. On test photographs "
            f"reduced to {size} pixels the model is right about {round(share * 100)} of 100."
        )


def _of_single_labels(figures: Mapping[str, float]) -> Iterator[str]:
    """The labels that the model misses most often, by the figures of its card."""
    recalls = {label: figures[f"recall_{label}"] for label in LABELS if f"recall_{label}" in figures}
    if len(recalls) >= 3:
        first, second, third = sorted(recalls, key=recalls.__getitem__)[:3]
        found = {label: round(share * 100) for label, share in recalls.items()}
        yield (
            f"Of 100 faces that show “{first}” the model recognises about {found[first]}, of “{second}” "
            f"{found[second]}, of “{third}” {found[third]}: these labels are missed most often. "
            "Their absence here shows nothing."
        )
    elif "worst_recall" in figures:
        yield (
            "The expression that is recognised worst is found in about "
            f"{round(figures['worst_recall'] * 100)} of 100 cases. That one is absent here shows nothing."
        )


def _of_this_room(figures: Mapping[str, float], summary: Summary) -> Iterator[str]:
    """What the accuracy means for the number of faces read."""
    if not summary.read:
        return
    at = accuracy_at(figures, summary.width)
    expected = figures.get("accuracy") if at is None else at[1]
    if expected is not None:
        wrong = round(summary.read * (1 - expected))
        yield (
            f"Of the {summary.read} faces read at a typical moment, about {wrong} may carry a wrong label. "
            "Mistakes do not cancel out: some people are misread all lesson long."
        )
    half = margin(0.3, summary.read)
    yield (
        f"Even if every label were right, a share of 30 % among {summary.read} faces is known to "
        f"± {half * 100:.0f} points only. Ups and downs smaller than that mean nothing."
    )


def abstention_sentence(summary: Summary) -> str:
    """The share of the time in which an expression was read."""
    share = summary.read_share
    if share is None:
        return "No tile had its camera on, so nothing was read."
    return (
        f"With the camera on, an expression was read {percent(share)} of the time. The rest is left open on "
        "purpose: better nothing than a guess."
    )
