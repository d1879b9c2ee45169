"""Rounds numbers and formats times for the feed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

DECIMALS = 4


def iso_time(wall: float) -> str:
    """A Unix time in seconds as ISO-8601 in UTC, rounded to the millisecond."""
    text = datetime.fromtimestamp(round(wall, 3), UTC).isoformat(timespec="milliseconds")
    return text.removesuffix("+00:00") + "Z"


def rounded_scores(scores: Sequence[float]) -> tuple[float, ...]:
    """Probabilities rounded to four decimals by ``score_steps``; raises its errors."""
    return tuple(steps / 10**DECIMALS for steps in score_steps(scores))


def score_steps(scores: Sequence[float]) -> tuple[int, ...]:
    """Probabilities as multiples of 0.0001 that sum to 10,000, by the largest-remainder method.

    Figures that must agree with the scores, such as a label's confidence, must be copied from these and not
    rounded separately. Rounding never swaps the order of two scores. Raises ValueError if ``scores`` do not
    sum to 1 within 0.001, or one is negative.
    """
    total = sum(scores)
    if not abs(total - 1.0) < 1e-3 or min(scores) < 0:
        raise ValueError(f"seven probabilities that sum to 1 were expected, got {list(scores)}")
    steps = 10**DECIMALS
    exact = [score / total * steps for score in scores]
    units = [int(value) for value in exact]
    by_remainder = sorted(range(len(exact)), key=lambda index: units[index] - exact[index])
    for index in by_remainder[: steps - sum(units)]:
        units[index] += 1
    return tuple(units)


def rounded(value: float, decimals: int = DECIMALS) -> float:
    """A number rounded for the feed. Raises ValueError unless its absolute value is below 1e12."""
    number = float(value)
    if not -1e12 < number < 1e12:
        raise ValueError(f"the feed carries finite numbers only, got {value!r}")
    # Adding zero turns -0.0 into 0.0.
    return round(number, decimals) + 0.0
