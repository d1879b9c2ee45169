"""Words that overlay, report and alerts share: reasons, states, label order, durations, plurals. Pure."""

from __future__ import annotations

ORDER = ("happy", "surprise", "neutral", "sad", "fear", "disgust", "angry")
"""The order of bars and stacks, from pleasant to unpleasant: a change in the room shows as a shift."""

REASONS = {
    "small": "too small",
    "blurred": "blurred",
    "turned": "turned away",
    "dark": "too dark",
    "unsure": "unsure",
    "warming_up": "warming up",
    "private": "face",
    "covered": "covered",
}
"""Texts for why a face is not read (``private``: a policy forbids it); ``palette.js`` has the same texts."""

STATES = {"no_face": "no face", "camera_off": "camera off", "excluded": "excluded"}
"""Texts for tiles without a face."""


def counted(number: int, one: str) -> str:
    """A number with its noun: ``1 camera``, ``3 cameras``."""
    return f"{number} {noun(number, one)}"


def noun(number: int, one: str) -> str:
    """The noun without its number: ``camera`` for 1, ``cameras`` for all other numbers."""
    return one if number == 1 else f"{one}s"


def percent(share: float) -> str:
    """A share of 0 to 1 as readable text: ``52 %``, as the pages write it."""
    return f"{100 * share:.0f} %"


def duration(seconds: float) -> str:
    """Seconds as readable text, rounded down: ``90 s``, ``12 min``, ``1 h 5 min``."""
    # A sum of frame durations may fall short of a whole second by a rounding error.
    whole = int(seconds + 1e-6)
    if whole < 120:
        return f"{whole} s"
    minutes = whole // 60
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"
