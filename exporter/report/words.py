"""What the report calls things: labels, reasons, times. Colours are in ``report.css``, by these names."""

from __future__ import annotations

from datetime import UTC, datetime

ORDER = ("happy", "surprise", "neutral", "sad", "fear", "disgust", "angry")
"""From pleasant to unpleasant, as on the dashboard, so that a shift of the room reads as a shift."""

FATE_WORDS = {
    "unsure": ("unsure", "no expression stood out clearly enough"),
    "turned": ("turned away", "the face was turned away from the camera"),
    "small": ("too small", "the face was too small on the screen"),
    "blurred": ("blurred", "the picture of the face was blurred"),
    "dark": ("too dark", "the picture was too dark"),
    "covered": ("covered", "a mask covered the face"),
    "warming_up": ("just seen", "too few pictures of this face so far"),
    "private": ("private", "the privacy settings keep the reading back"),
    "no_face": ("no face", "the camera was on, but no face in sight"),
    "camera_off": ("camera off", "the camera was off, which says nothing"),
}
"""Why nothing was read: a short word, and the end of a sentence."""


def clock(wall: float, utc_offset: int) -> str:
    """The local time of day, as 09:05."""
    return datetime.fromtimestamp(wall + utc_offset, UTC).strftime("%H:%M")


def zone(utc_offset: int) -> str:
    """By how much local time was ahead of UTC, as UTC, UTC+1 or UTC-3:30."""
    hours, minutes = divmod(abs(utc_offset) // 60, 60)
    if not hours and not minutes:
        return "UTC"
    sign = "+" if utc_offset > 0 else "-"
    return f"UTC{sign}{hours}" + (f":{minutes:02d}" if minutes else "")


def day(wall: float, utc_offset: int) -> str:
    """The local date, as Thursday, 1 January 2026."""
    date = datetime.fromtimestamp(wall + utc_offset, UTC)
    return f"{date:%A}, {date.day} {date:%B %Y}"


def length(seconds: float) -> str:
    """A duration, as 1 h 5 min, 12 min or 40 s."""
    minutes = round(seconds / 60)
    if minutes >= 60:
        return f"{minutes // 60} h {minutes % 60} min"
    return f"{minutes} min" if seconds >= 90 else f"{round(seconds)} s"


def percent(share: float) -> str:
    """A share, as 42 %."""
    return f"{share * 100:.0f} %"


def counted(number: int, one: str, many: str | None = None) -> str:
    """A number with its noun, as 1 alert, 3 alerts."""
    return f"{number} {one if number == 1 else many or one + 's'}"
