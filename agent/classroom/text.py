"""Text as coverage masks, rendered by Pillow with the DejaVu fonts that come with matplotlib."""

from __future__ import annotations

import importlib.util
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from agent.classroom.canvas import Colour
from agent.errors import SourceError
from agent.values import Pixels


@lru_cache(maxsize=64)
def _font(height: int, bold: bool, mono: bool) -> ImageFont.FreeTypeFont:
    name = ("DejaVuSansMono" if mono else "DejaVuSans") + ("-Bold" if bold else "") + ".ttf"
    # Found without importing matplotlib, which takes 0.3 s.
    found = importlib.util.find_spec("matplotlib")
    for folder in (found.submodule_search_locations or []) if found else []:
        path = Path(folder) / "mpl-data" / "fonts" / "ttf" / name
        if path.is_file():
            return ImageFont.truetype(str(path), height)
    # Another font would draw another class, and the measured figures would not hold.
    raise SourceError(f"the font {name} of the drawn class is missing: install matplotlib with its fonts")


@lru_cache(maxsize=2048)
def text_mask(text: str, height: int, bold: bool = False, mono: bool = False) -> NDArray[np.uint8]:
    """The coverage (H, W) uint8 of one line of text, ``height`` pixels high; do not write to it."""
    font = _font(max(height, 4), bold, mono)
    left, _, right, _ = font.getbbox(text)
    image = Image.new("L", (max(int(right - left) + 2, 1), round(height * 1.3) + 1))
    ImageDraw.Draw(image).text((1 - left, 0), text, fill=255, font=font)
    return np.asarray(image, np.uint8)


def put_mask(pixels: Pixels, cover: NDArray[np.uint8], at: tuple[int, int], colour: Colour) -> None:
    """Paint ``colour`` through a coverage mask whose corner is at ``at`` (x, y); clipped to the picture."""
    left, top = at
    x0, y0 = max(left, 0), max(top, 0)
    x1, y1 = min(left + cover.shape[1], pixels.shape[1]), min(top + cover.shape[0], pixels.shape[0])
    if x1 <= x0 or y1 <= y0:
        return
    part = cover[y0 - top : y1 - top, x0 - left : x1 - left].astype(np.float32)[..., None] / 255
    under = pixels[y0:y1, x0:x1]
    under[:] = (under + (np.asarray(colour, np.float32) - under) * part + 0.5).astype(np.uint8)


def put_text(pixels: Pixels, text: str, at: tuple[int, int], height: int, colour: Colour) -> int:
    """Write one line with its top left corner at ``at`` (x, y); returns its width in pixels."""
    cover = text_mask(text, height)
    put_mask(pixels, cover, at, colour)
    return int(cover.shape[1])


def put_heading(pixels: Pixels, text: str, at: tuple[int, int], height: int, colour: Colour) -> None:
    """Write one bold line with its top left corner at ``at`` (x, y)."""
    put_mask(pixels, text_mask(text, height, bold=True), at, colour)


@lru_cache(maxsize=512)
def fitted(text: str, height: int, width: int) -> str:
    """``text``, cut with an ellipsis if it would be wider than ``width`` pixels."""
    font = _font(max(height, 4), False, False)
    room = width - 2
    if font.getlength(text) <= room:
        return text
    # Estimate the cut from the average letter width; the ends of names differ little from it.
    keep = int(len(text) * room / max(font.getlength(text), 1))
    while keep > 0 and font.getlength(text[:keep].rstrip() + "…") > room:
        keep -= 1
    return text[:keep].rstrip() + "…" if keep > 0 else ""
