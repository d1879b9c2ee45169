"""Labels and lists in plain English, for the texts that people read."""

from __future__ import annotations

from collections.abc import Sequence

LOOKS = {
    "angry": "angry",
    "disgust": "disgusted",
    "fear": "fearful",
    "happy": "happy",
    "sad": "sad",
    "surprise": "surprised",
    "neutral": "neutral",
}
"""Adjective for a face with each label: it describes the expression, never the person."""


def listing(words: Sequence[str], last: str = "and") -> str:
    """Words as a list: ``sad, fearful or angry``."""
    return f" {last} ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
