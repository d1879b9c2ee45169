"""What overlay and report call things, in which order they show labels, and plurals. Pure."""

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
