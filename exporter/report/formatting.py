"""Texts of the report: reasons, times of day. Colours are in ``report.css``, by name."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from exporter.words import REASONS, STATES

OUTCOME_TEXTS = {
    "unsure": "no expression stood out clearly enough",
    "turned": "the face was turned away from the camera",
    "small": "the face was too small on the screen",
    "blurred": "the picture of the face was blurred",
    "dark": "the picture was too dark",
    "covered": "a mask covered the face",
    "warming_up": "too few pictures of this face so far",
    "private": "a face was in sight, of which no expression is inferred",
    "no_face": "the camera was on, but no face in sight",
    "camera_off": "the camera was off, which says nothing",
}
OUTCOME_WORDS = {outcome: ({**REASONS, **STATES}[outcome], text) for outcome, text in OUTCOME_TEXTS.items()}
"""Why nothing was read: a short word, and the end of a sentence."""


def clock(wall: float, utc_offset: int) -> str:
    """The local time of day, as 09:05."""
    return datetime.fromtimestamp(wall + utc_offset, UTC).strftime("%H:%M")


def zone(utc_offset: int) -> str:
    """The offset of local time from UTC, as UTC, UTC+1 or UTC-3:30."""
    hours, minutes = divmod(abs(utc_offset) // 60, 60)
    if not hours and not minutes:
        return "UTC"
    sign = "+" if utc_offset > 0 else "-"
    return f"UTC{sign}{hours}" + (f":{minutes:02d}" if minutes else "")


def day(wall: float, utc_offset: int) -> str:
    """The local date, as Thursday, 1 January 2026."""
    date = datetime.fromtimestamp(wall + utc_offset, UTC)
    return f"{date:%A}, {date.day} {date:%B %Y}"


def unbroken(text: str) -> str:
    """The text without line breaks between a number and its unit, and inside the number of an article."""
    return re.sub(r"(\d) (?=%|(?:s|min|h)\b)", "\\1\u00a0", text).replace("5(1)(f)", "5(1)\u2060(f)")
