"""One tile of a gallery: the video or its placeholder, with label, icons, border and round corners."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from agent.classroom import chrome
from agent.classroom.byte_cache import MEGABYTE, byte_cache
from agent.classroom.canvas import Colour, mix
from agent.classroom.icons import put_icon
from agent.classroom.scene import Participant, Shown
from agent.classroom.styles import Plan, Style
from agent.classroom.text import fitted, put_mask, put_text, text_mask
from agent.classroom.video import draw_video, still_face
from agent.values import Box, Pixels

RED: Colour = (236, 74, 66)
DISCS: tuple[Colour, ...] = ((92, 106, 196), (186, 84, 60), (40, 130, 110), (130, 86, 160))


def draw_tile(shown: Shown, size: tuple[int, int], plan: Plan) -> tuple[Pixels, Box, Box | None]:
    """One tile of ``size`` (width, height), the video's box in it, and the face's while the camera is on."""
    if shown.camera_on:
        video = _video_box(shown.participant.aspect, size, plan.letterbox)
        edge = plan.style.page if plan.fade_to_page else None
        tile, in_video = draw_video(shown, (video.width, video.height), edge)
        if video.area < size[0] * size[1]:
            barred = chrome.blank(size, plan.bars)
            video.of(barred)[:] = tile
            tile = barred
        face: Box | None = moved(in_video, video)
    else:
        video, face = Box(0, 0, *size), None
        tile = _off_tile(shown.participant, size, plan.style).copy()
    _decorate(tile, shown, plan)
    _round_corners(tile, round(plan.style.radius * plan.unit), plan.style.page)
    return tile, video, face


def moved(inner: Box, outer: Box) -> Box:
    """``inner``, given relative to the corner of ``outer``, in the coordinates of ``outer``."""
    return replace(inner, left=inner.left + outer.left, top=inner.top + outer.top)


def _video_box(aspect: float, size: tuple[int, int], letterbox: bool) -> Box:
    """The video's box in a tile: it fills a tile of similar aspect ratio, and is letterboxed in others."""
    width, height = size
    if aspect < 0.92 * width / height:
        wide = max(round(height * aspect), 2)
        return Box((width - wide) // 2, 0, wide, height)
    if letterbox and aspect > 1.08 * width / height:
        high = max(round(width / aspect), 2)
        return Box(0, (height - high) // 2, width, high)
    return Box(0, 0, width, height)


@byte_cache(12 * MEGABYTE)
def _off_tile(who: Participant, size: tuple[int, int], style: Style) -> Pixels:
    """A tile without video: a profile photo, initials in a disc, or the name."""
    colour = style.off[sum(map(ord, who.name)) % len(style.off)]
    tile = chrome.blank(size, colour)
    if who.photo:
        side = max(size[1] // 2, 4)
        photo = still_face(replace(who, room="wall", at=(0.5, 0.5), near=0.24), (side, side))
        _paste_photo(tile, photo, round_it=style.off_look == "initials")
    elif style.off_look == "initials":
        radius = max(size[1] // 4, 3)
        disc = mix(colour, DISCS[len(who.name) % 4], 0.75)
        cv2.circle(tile, (size[0] // 2, size[1] // 2), radius, disc, -1, cv2.LINE_AA)
        _centred(tile, "".join(part[0] for part in who.name.split()[:2]), radius, (245, 245, 245))
    else:
        height = max(min(size[1] // 7, size[0] // 9), 6)
        ink: Colour = (240, 240, 240) if sum(colour) < 380 else (50, 52, 58)
        _centred(tile, fitted(who.name, height, size[0] * 9 // 10), height, ink)
    return tile


def _centred(tile: Pixels, text: str, height: int, ink: Colour) -> None:
    cover = text_mask(text, height)
    corner = (tile.shape[1] - cover.shape[1]) // 2, (tile.shape[0] - round(height * 1.25)) // 2
    put_mask(tile, cover, corner, ink)


def _paste_photo(tile: Pixels, photo: Pixels, round_it: bool) -> None:
    """Put a square photo in the middle of a tile, as a disc or as it is."""
    side = photo.shape[0]
    part = Box((tile.shape[1] - side) // 2, (tile.shape[0] - side) // 2, side, side).of(tile)
    cover = _corner_mask((side, side), side // 2 if round_it else 0)
    share = cover.astype(np.float32)[..., None] / 255
    part[:] = (part + (photo.astype(np.float32) - part) * share + 0.5).astype(np.uint8)


def _decorate(tile: Pixels, shown: Shown, plan: Plan) -> None:
    """Paint name label, microphone, raised hand and the speaker's border over a tile."""
    height, width = tile.shape[:2]
    size = max(min(round(13 * plan.unit), height // 8), 6)
    if plan.labels:
        _label(tile, shown, plan.style, size)
    if shown.hand:
        side = max(min(round(26 * plan.unit), height // 4), 8)
        disc = Box(width - side - size // 2, size // 2, side, side)
        chrome.rounded(tile, disc, (250, 250, 246), side // 2)
        put_icon(tile, "hand", disc, (226, 160, 40))
    if shown.speaking:
        _border(tile, plan.style, plan.px(plan.style.border_width), round(plan.style.radius * plan.unit))


def _label(tile: Pixels, shown: Shown, style: Style, size: int) -> None:
    """Paint the name at the bottom left, with a crossed-out microphone before it when muted."""
    height, width = tile.shape[:2]
    icon, pad = size if shown.muted else 0, max(size // 3, 2)
    text = fitted(shown.participant.name, size, max(width - icon - 4 * pad, 1))
    wide, high = text_mask(text, size).shape[1] + icon + 2 * pad, round(size * 1.25) + pad
    inset = pad if style.radius or not style.label_box else 0
    box = Box(inset, height - high - inset, wide, high).clipped(width, height)
    under = box.of(tile)
    under[:] = (under * (1 - style.label_box)).astype(np.uint8)
    pale = not style.label_box and not shown.camera_on and sum(style.page) > 380
    if icon:
        put_icon(tile, "muted", Box(box.left + pad // 2, box.top + pad // 2, icon, box.height - pad), RED)
    ink: Colour = (60, 64, 67) if pale else style.text
    put_text(tile, text, (box.left + pad + icon, box.top + pad // 2), size, ink)


def _border(tile: Pixels, style: Style, thick: int, radius: int) -> None:
    """Paint the speaker's border inside the tile's edge."""
    height, width = tile.shape[:2]
    ring = _corner_mask((width, height), radius).copy()
    inner = _corner_mask((max(width - 2 * thick, 1), max(height - 2 * thick, 1)), max(radius - thick, 0))
    ring[thick : height - thick, thick : width - thick] -= inner
    put_mask(tile, ring, (0, 0), style.border)


@lru_cache(maxsize=32)
def _corner_mask(size: tuple[int, int], radius: int) -> NDArray[np.uint8]:
    """Coverage (H, W) of a rounded rectangle that fills ``size`` (width, height)."""
    mask = chrome.blank(size, (0, 0, 0))
    chrome.rounded(mask, Box(0, 0, *size), (255, 255, 255), radius)
    return mask[..., 0].copy()


def _round_corners(tile: Pixels, radius: int, page: Colour) -> None:
    """Paint the page's colour outside the round corners."""
    if radius <= 0:
        return
    height, width = tile.shape[:2]
    outside = 255 - _corner_mask((width, height), radius)
    reach = min(radius + 1, height // 2, width // 2)
    for rows in (slice(0, reach), slice(height - reach, height)):
        for cols in (slice(0, reach), slice(width - reach, width)):
            put_mask(tile[rows, cols], outside[rows, cols], (0, 0), page)
