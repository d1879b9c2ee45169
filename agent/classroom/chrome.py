"""Everything around a gallery on a screen: the bars, a side panel, paging arrows."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from agent.classroom.canvas import Colour, mix
from agent.classroom.icons import put_icon
from agent.classroom.styles import Style
from agent.classroom.text import fitted, put_heading, put_text, text_mask
from agent.values import Box, Pixels

BUTTONS = (
    ("Mute", "microphone"),
    ("Video", "camera"),
    ("People", "people"),
    ("Chat", "chat"),
    ("Share", "share"),
    ("React", "smile"),
    ("More", "more"),
)
SHARE_GREEN: Colour = (84, 190, 90)


def blank(size: tuple[int, int], colour: Colour) -> Pixels:
    """A picture of ``size`` (width, height) in one colour, RGB uint8 (H, W, 3)."""
    picture: Pixels = np.empty((size[1], size[0], 3), np.uint8)
    picture[:] = colour
    return picture


def fill(pixels: Pixels, box: Box, colour: Colour) -> None:
    """Paint a box, clipped to the picture."""
    box.of(pixels)[:] = colour


def rounded(pixels: Pixels, box: Box, colour: Colour, radius: int) -> None:
    """Paint a box with round corners."""
    r = max(min(radius, box.width // 2, box.height // 2), 0)
    cv2.rectangle(pixels, (box.left + r, box.top), (box.right - r - 1, box.bottom - 1), colour, -1)
    cv2.rectangle(pixels, (box.left, box.top + r), (box.right - 1, box.bottom - r - 1), colour, -1)
    for x in (box.left + r, box.right - r - 1):
        for y in (box.top + r, box.bottom - r - 1):
            cv2.circle(pixels, (x, y), r, colour, -1, cv2.LINE_AA)


def title_bar(pixels: Pixels, box: Box, title: str, light: bool) -> None:
    """A window's title bar with its three buttons."""
    back, ink = ((236, 236, 238), (50, 52, 56)) if light else ((44, 44, 48), (214, 214, 218))
    fill(pixels, box, back)
    size = max(box.height // 2 - 2, 6)
    wide = text_mask(title, size).shape[1]
    put_text(pixels, title, (box.left + (box.width - wide) // 2, box.top + box.height // 4), size, ink)
    for index, colour in enumerate(((236, 106, 94), (244, 191, 79), (97, 197, 84))):
        middle = (box.left + box.height * (index + 1) * 3 // 5, box.top + box.height // 2)
        cv2.circle(pixels, middle, max(box.height // 5, 2), colour, -1, cv2.LINE_AA)


def task_bar(pixels: Pixels, box: Box, light: bool) -> None:
    """A desktop's task bar with program icons and a clock."""
    fill(pixels, box, (226, 230, 238) if light else (28, 30, 38))
    size = max(box.height * 3 // 5, 4)
    step = size * 3 // 2
    left = box.left + box.width // 2 - 4 * step
    colours: tuple[Colour, ...] = (
        (70, 130, 220), (240, 190, 70), (80, 170, 110), (200, 90, 80), (130, 110, 200), (90, 160, 190),
        (160, 160, 164),
    )  # fmt: skip
    for index, colour in enumerate(colours):
        icon = Box(left + index * step, box.top + (box.height - size) // 2, size, size)
        rounded(pixels, icon, colour, size // 4)
    ink = (40, 42, 48) if light else (224, 224, 228)
    put_text(
        pixels,
        "10:24",
        (box.right - box.height * 2, box.top + box.height // 4),
        max(box.height * 2 // 5, 6),
        ink,
    )


def tool_bar(pixels: Pixels, box: Box, style: Style) -> None:
    """The meeting's own buttons along the bottom."""
    fill(pixels, box, style.bar)
    size = max(box.height // 5, 5)
    step = max(min(box.width // 10, box.height * 2), 1)
    left = box.left + (box.width - step * len(BUTTONS)) // 2
    for index, (label, icon) in enumerate(BUTTONS):
        middle = left + step * index + step // 2
        side = max(box.height * 2 // 5, 4)
        place = Box(middle - side // 2, box.top + box.height // 7, side, side)
        put_icon(pixels, icon, place, SHARE_GREEN if icon == "share" else style.bar_text)
        wide = text_mask(label, size).shape[1]
        put_text(pixels, label, (middle - wide // 2, box.bottom - size * 8 // 5), size, style.bar_text)
    leave = Box(box.right - box.height * 2, box.top + box.height // 4, box.height * 3 // 2, box.height // 2)
    rounded(pixels, leave, (214, 58, 52), leave.height // 4)
    size = max(leave.height // 2, 5)
    wide = text_mask("Leave", size).shape[1]
    at = leave.left + (leave.width - wide) // 2, leave.top + (leave.height - round(size * 1.25)) // 2
    put_text(pixels, "Leave", at, size, (255, 255, 255))


LINES = ("Good morning!", "Can you see the slide?", "Yes, thank you", "I have a question", "Page 12, right?")
DISCS: tuple[Colour, ...] = ((90, 130, 180), (170, 110, 90), (110, 150, 100))


def side_panel(pixels: Pixels, box: Box, style: Style, people: Sequence[str], chat: bool) -> None:
    """The list of participants, or the chat, beside the gallery."""
    light = sum(style.page) > 380
    back: Colour = (252, 252, 252) if light else (36, 36, 38)
    ink: Colour = (50, 52, 56) if light else (220, 220, 222)
    fill(pixels, box, back)
    size = max(min(box.height // 40, box.width // 14), 6)
    title = "Chat" if chat else f"Participants ({len(people)})"
    put_heading(pixels, title, (box.left + size, box.top + size), size * 5 // 4, ink)
    step = size * (5 if chat else 3)
    for index, name in enumerate(people):
        entry = Box(box.left, box.top + size * 4 + index * step, box.width, step)
        if entry.bottom > box.bottom:
            break
        if chat:
            put_text(
                pixels, fitted(name, size, box.width - 2 * size), (box.left + size, entry.top), size, ink
            )
            _bubble(pixels, entry, LINES[index % 5], (mix(back, ink, 0.1), ink))
        else:
            middle = (box.left + size * 2, entry.top + size)
            cv2.circle(pixels, middle, size, DISCS[index % 3], -1, cv2.LINE_AA)
            at = (box.left + size * 4, entry.top + size // 3)
            put_text(pixels, fitted(name, size, box.width - size * 5), at, size, ink)


def _bubble(pixels: Pixels, entry: Box, text: str, colours: tuple[Colour, Colour]) -> None:
    """One message of a chat, in the given background and text colours."""
    size = entry.height // 5
    bubble = Box(entry.left + size, entry.top + size * 3 // 2, entry.width - 3 * size, size * 9 // 4)
    rounded(pixels, bubble, colours[0], size // 2)
    at = (bubble.left + size // 2, bubble.top + size // 3)
    put_text(pixels, fitted(text, size, bubble.width - size), at, size, colours[1])


def arrow(pixels: Pixels, middle: tuple[int, int], size: int, right: bool, note: str) -> None:
    """A paging arrow on a translucent box, with the page's number under it."""
    box = Box(middle[0] - size // 2, middle[1] - size, size, size * 2).clipped(
        pixels.shape[1], pixels.shape[0]
    )
    under = box.of(pixels)
    under[:] = (under * 0.45).astype(np.uint8)
    lean = size // 6 if right else -size // 6
    tip = np.array(
        [
            (middle[0] - lean, middle[1] - size // 3),
            (middle[0] + lean, middle[1]),
            (middle[0] - lean, middle[1] + size // 3),
        ]
    )
    cv2.polylines(pixels, [tip.astype(np.int32)], False, (240, 240, 240), max(size // 12, 1), cv2.LINE_AA)
    height = max(size // 3, 5)
    wide = text_mask(note, height).shape[1]
    put_text(pixels, note, (middle[0] - wide // 2, middle[1] + size // 2), height, (235, 235, 235))
