"""Meetings as they stand on screens: windows on wallpapers, things over tiles, badges, captions.

Another hand than ``meetings``: the layout search was not tuned on what is drawn here.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from agent.classroom.scene import random_class
from tests.agent.layout.rendering import Markup

Area = tuple[float, float, float, float]
"""Left, top, width and height in CSS pixels."""

SIZES = ((1280, 720), (1366, 768), (1920, 1080), (1440, 900), (1680, 1050), (1512, 982), (1280, 800))
CSS = """html,body{margin:0;height:100%;overflow:hidden}body{font-family:'DejaVu Sans',sans-serif;color:#eee}
div,span,img{position:absolute;box-sizing:border-box}.tile{overflow:hidden}img{object-fit:cover}
.name{white-space:nowrap;overflow:hidden;text-overflow:ellipsis}"""


@dataclass(frozen=True)
class Looks:
    """What tiles of one program look like; lengths in CSS pixels.

    ``off`` are the backgrounds of tiles without video, ``plate`` the style of names, ``avatar`` what such
    tiles show: ``name``, ``disc`` or ``photo``.
    """

    page: str
    gap: float
    radius: float
    off: tuple[str, ...]
    plate: str
    ring: str
    avatar: tuple[str, ...] = ("disc",)
    bars: str = "#000"


ZOOM = Looks("#1a1a1a", 6, 0, ("#222222",), "left:0;bottom:0;background:rgba(0,0,0,.55);padding:3px 6px",
            "#c8e650",  ("name", "name", "photo"), "#222222")  # fmt: skip
ZOOM_NEW = Looks("#0b0b0c", 8, 12, ("#242424",), "left:6px;bottom:6px;background:rgba(0,0,0,.6);"
                 "padding:2px 6px;border-radius:6px", "#23d959", ("name", "photo"), "#000")  # fmt: skip
MEET = Looks("#131314", 12, 16, ("#3c4043", "#33456b", "#5b3a42", "#2f4d3c"), "left:14px;bottom:10px;"
             "text-shadow:0 0 3px #000", "#a8c7fa", ("disc", "photo"), "#28292c")  # fmt: skip
TEAMS = Looks("#1b1b1b", 4, 6, ("#2b2b2b", "linear-gradient(150deg,#3d3e66,#26263a)", "#33344a"),
              "left:8px;bottom:8px;background:rgba(20,20,20,.7);padding:2px 8px;border-radius:4px", "#8f96ff",
              ("disc", "photo"), "#2b2b2b")  # fmt: skip
TEAMS_LIGHT = Looks(
    "#ebebeb", 4, 6, ("#dcdce8", "#f5f5f5", "#cfd3e6"), TEAMS.plate, "#5b5fc7", ("disc",), "#f5f5f5"
)
JITSI = Looks("#040404", 8, 6, ("#3d3d3d", "#292929"), "left:6px;bottom:6px;background:rgba(0,0,0,.65);"
              "padding:2px 8px;border-radius:4px", "#4c9aff", ("disc",), "#000")  # fmt: skip
WEBEX = Looks("#121212", 8, 8, ("#2e2e2e", "#3a3f45"), "left:8px;bottom:8px;background:rgba(0,0,0,.8);"
              "padding:2px 8px;border-radius:10px", "#30c2a8", ("disc",), "#000")  # fmt: skip
BBB = Looks("#06172a", 6, 5, ("#0f2d4d",), "left:5px;bottom:5px;background:rgba(0,0,0,.5);padding:1px 6px;"
            "border-radius:3px", "#3a8ee6", ("disc",), "#000")  # fmt: skip


class Scene:
    """One screen that is being built: what is drawn, the people in it, and the choices.

    ``off_share`` is the part of tiles without video, ``named`` whether tiles carry names.
    """

    def __init__(
        self, size: tuple[float, float], rng: Generator, people: Sequence[str], photos: Sequence[str]
    ) -> None:
        self.width, self.height = size
        self.rng = rng
        self.people = [people[int(k)] for k in rng.permutation(len(people))]
        self.photos = [photos[int(k)] for k in rng.permutation(len(photos))]
        self.names = [one.name for one in random_class(int(rng.integers(1 << 20)), 49)]
        self.parts: list[str] = []
        self.shown = 0
        self.off_share = 0.16
        self.named = True

    def chance(self, share: float) -> bool:
        """True in ``share`` of all cases."""
        return bool(self.rng.random() < share)

    def box(self, area: Area, style: str, inner: str = "", cls: str = "") -> None:
        """A rectangle."""
        self.parts.append(_div(area, style, inner, cls))

    def photo(self, area: Area, style: str = "") -> None:
        """A photo that fills its area."""
        source = self.photos[int(self.rng.integers(len(self.photos)))]
        self.parts.append(f"<img src='{source}' style='{_at(area)};{style}'>")

    def text(self, x: float, y: float, words: str, style: str = "") -> None:
        """Words at a place."""
        self.parts.append(
            f"<span style='left:{x:.1f}px;top:{y:.1f}px;white-space:nowrap;{style}'>{words}</span>"
        )

    def tiles(
        self, count: int, area: Area, looks: Looks, shape: float = 16 / 9, last: str = "centre"
    ) -> list[Area]:
        """Draw ``count`` equal tiles as large as an area allows; gives their places."""
        places = grid(count, area, looks.gap, shape, last)
        for place in places:
            self.tile(place, looks)
        return places

    def tile(self, place: Area, looks: Looks) -> None:
        """Draw one tile: video, perhaps between bars, or a camera that is off."""
        index, (_, _, wide, high) = self.shown, place
        self.shown += 1
        off = self.chance(self.off_share) if index else False
        name = self.names[index % len(self.names)]
        if self.chance(0.12):
            name += " (he/him) - Class 9b, Group " + str(index)
        size = min(max(high / 10, 8), 14)
        inner, back = self._content(index, off, name, place, looks)
        plate = (
            f"<span class=name style='{looks.plate};font-size:{size:.1f}px;max-width:92%'>"
            f"{self._muted(size)}{name}</span>"
        )
        badge = ""
        if self.chance(0.06) and high > 60:
            # A raised hand; few machines have a font with it.
            badge = (
                f"<span style='left:6px;top:6px;width:{high / 6:.0f}px;height:{high / 6:.0f}px;"
                "border-radius:45%;background:#f9c74f'></span>"
            )
        if self.chance(0.06) and wide > 150:
            badge += (
                "<span style='right:8px;top:8px;width:44px;height:22px;border-radius:6px;background:#0e71eb;"
                "color:#fff;font-size:11px;text-align:center;line-height:22px'>Mute</span>"
            )
        style = f"background:{back};border-radius:{looks.radius}px;"
        if index and self.chance(0.07):
            ring = f"border-radius:{looks.radius}px;box-shadow:inset 0 0 0 3px {looks.ring}"
            badge += f"<div style='inset:0;{ring}'></div>"
        shown = plate if self.named else ""
        self.parts.append(_div(place, style, inner + shown + badge, "tile", f"data-off={int(off)}"))

    def _muted(self, size: float) -> str:
        if not self.chance(0.5):
            return ""
        return f"<b style='color:#f55;font-size:{size:.0f}px;padding-right:4px'>/</b>"

    def _content(self, index: int, off: bool, name: str, place: Area, looks: Looks) -> tuple[str, str]:
        _, _, wide, high = place
        if not off:
            fit = "contain" if self.chance(0.12) else "cover"
            at = f"{self.rng.uniform(35, 65):.0f}% {self.rng.uniform(20, 50):.0f}%"
            source = self.people[index % len(self.people)]
            return (
                f"<img src='{source}' style='width:100%;height:100%;object-fit:{fit};object-position:{at}'>",
                looks.bars,
            )
        back, kind = str(self.rng.choice(looks.off)), str(self.rng.choice(looks.avatar))
        if kind == "name":
            first = name.split(" ", maxsplit=1)[0]
            words = f"font-size:{min(wide / 12, high / 5):.0f}px;line-height:{high:.0f}px"
            return (
                f"<span style='left:0;width:100%;text-align:center;{words}'>{first}</span>",
                back,
            )
        side = min(wide, high) * (0.45 if kind == "disc" else 0.5)
        place_of = _at(((wide - side) / 2, (high - side) / 2, side, side))
        if kind == "photo":
            source = self.people[int(self.rng.integers(len(self.people)))]
            return (
                f"<img src='{source}' style='{place_of};border-radius:{'50%' if self.chance(0.5) else '0'}'>",
                back,
            )
        tint = f"hsl({int(self.rng.integers(360))},45%,45%)"
        return (
            f"<span style='{place_of};border-radius:50%;background:{tint};color:#fff;text-align:center;"
            f"line-height:{side:.0f}px;font-size:{side * 0.42:.0f}px'>{name[0]}</span>"
        ), back


def grid(count: int, area: Area, gap: float, shape: float, last: str = "centre") -> list[Area]:
    """Places of ``count`` equal tiles, as large as the area allows."""
    left, top, width, height = area
    best = (0.0, 1)
    for cols in range(1, count + 1):
        rows = math.ceil(count / cols)
        best = max(
            best, (min((width - (cols - 1) * gap) / cols, (height - (rows - 1) * gap) / rows * shape), cols)
        )
    wide, cols = best
    high, rows = wide / shape, math.ceil(count / cols)
    places = []
    for index in range(count):
        row, col = divmod(index, cols)
        mine = min(cols, count - row * cols) if last == "centre" else cols
        x = left + (width - mine * (wide + gap) + gap) / 2 + col * (wide + gap)
        places.append((x, top + (height - rows * (high + gap) + gap) / 2 + row * (high + gap), wide, high))
    return places


def _at(area: Area) -> str:
    left, top, width, height = area
    return f"left:{left:.2f}px;top:{top:.2f}px;width:{width:.2f}px;height:{height:.2f}px"


def _div(area: Area, style: str, inner: str = "", cls: str = "", more: str = "") -> str:
    return f"<div class='{cls}' {more} style='{_at(area)};{style}'>{inner}</div>"


def scene(
    seed: int, people: Sequence[str], photos: Sequence[str], kinds: dict[str, Callable[[Scene], str]]
) -> Markup:
    """A random screen of one of ``kinds``, in turn; ``people`` and ``photos`` are addresses of pictures."""
    rng = np.random.default_rng((seed, 61))
    kind = list(kinds)[seed % len(kinds)]
    size = SIZES[int(rng.integers(len(SIZES)))]
    ratio = float(rng.choice([1.0, 1.0, 1.0, 1.25, 1.5]))
    if size[0] / ratio < 1100:
        ratio = 1.0
    stage = Scene((size[0] / ratio, size[1] / ratio), rng, people, photos)
    words = kinds[kind](stage)
    html = f"<!doctype html><meta charset=utf-8><style>{CSS}</style>{''.join(stage.parts)}"
    return Markup(html, size, ratio, f"{kind} {size[0]}x{size[1]} at {ratio}: {words}")
