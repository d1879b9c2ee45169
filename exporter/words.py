"""What overlay, report and alerts call things, in which order labels are shown, times and plurals. Pure."""

from __future__ import annotations

ORDER = ("happy", "surprise", "neutral", "sad", "fear", "disgust", "angry")
"""The order of bars and stacks: from pleasant to unpleasant, so that a shift of the room reads as a shift."""

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
"""Why a face is not read (``private``: a policy forbids it); the pages say the same (``palette.js``)."""

STATES = {"no_face": "no face", "camera_off": "camera off", "excluded": "excluded"}
"""What a tile without a face shows."""


def counted(number: int, one: str) -> str:
    """A number with its noun: ``1 camera``, ``3 cameras``."""
    return f"{number} {noun(number, one)}"


def noun(number: int, one: str) -> str:
    """The noun alone, where the number stands elsewhere: ``camera`` for 1, ``cameras`` for all others."""
    return one if number == 1 else f"{one}s"


def duration(seconds: float) -> str:
    """Seconds as somebody would say them, never more than they are: ``90 s``, ``12 min``, ``1 h 5 min``."""
    # A sum of frames' times may be less than the whole seconds that it stands for by a rounding error.
    whole = int(seconds + 1e-6)
    if whole < 120:
        return f"{whole} s"
    minutes = whole // 60
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"
