"""Meeting pages as web programs lay them out, in HTML and CSS, with everything around the tiles."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from agent.classroom.scene import random_class
from tests.agent.layout.rendering import Markup, people

SIZES = ((1280, 720), (1366, 768), (1920, 1080), (1440, 900), (1536, 864), (1024, 768), (2560, 1440))
RATIOS = (1.0, 1.0, 1.25, 1.5, 2.0)


@dataclass(frozen=True)
class Skin:
    """The looks of one program, lengths in CSS pixels; several values are choices.

    ``pill`` is the background of names, ``off`` that of tiles without video, ``ring`` the speaker's border.
    """

    page: tuple[str, ...]
    gap: tuple[int, ...]
    radius: tuple[int, ...]
    pill: str
    off: tuple[str, ...]
    ring: str
    ink: str = "#fff"
    top: tuple[int, ...] = (0,)
    bottom: tuple[int, ...] = (72,)
    panel: str = "#2a2b2e"
    margin: int = 12


SKINS = {
    "meet": Skin(
        ("#202124", "#131314", "#ffffff"), (8, 12, 16), (8, 12, 16), "transparent",
        ("#3c4043", "#4a4458", "linear-gradient(160deg,#51618a,#2c3446)", "#5f4b3a"), "#8ab4f8", top=(0, 8),
        bottom=(80,), panel="#ffffff", margin=16,
    ),
    "teams": Skin(
        ("#1f1f1f", "#f5f5f5", "#292929", "#11100f"), (4, 8), (4, 6, 8), "rgba(0,0,0,.55)",
        ("#292929", "linear-gradient(180deg,#3b3a52,#262533)", "#403f3d", "#e3e3ee"), "#7f85f5", top=(48, 60),
        bottom=(0, 8), panel="#2d2c2c", margin=8,
    ),
    "jitsi": Skin(
        ("#040404", "#0f2a3d", "linear-gradient(180deg,#1b2a4a,#0c1220)"), (4, 5, 10), (4, 8),
        "rgba(0,0,0,.6)", ("#292929", "#3d3d3d"), "#246fe5", bottom=(0, 70), margin=4,
    ),
    "zoom": Skin(
        ("#1a1a1a", "#000000", "#242424"), (2, 4, 6), (0, 8, 12), "rgba(0,0,0,.6)", ("#222222", "#2b2b2b"),
        "#23d959", top=(0, 36), bottom=(52,), margin=4,
    ),
    "discord": Skin(
        ("#000000", "#1e1f22", "#313338"), (8,), (8, 12), "rgba(0,0,0,.6)",
        ("#5865f2", "#57606f", "#3ba55d", "#8a4b3c"), "#3ba55d", top=(48,), panel="#2b2d31",
    ),
    "rounded": Skin(
        ("linear-gradient(135deg,#c9d6ff,#e2e2e2)", "linear-gradient(120deg,#3a1c71,#d76d77)", "#2f4858",
         "#e8dcca", "linear-gradient(90deg,#0f2027,#2c5364)"),
        (10, 16, 20), (12, 16, 24), "rgba(255,255,255,.85)", ("#ffffff", "#dfe6ee", "#394b59"), "#ffb703",
        ink="#222", top=(0, 56), margin=20, panel="#ffffff",
    ),
}  # fmt: skip

ARRANGEMENTS = ("plain", "plain", "plain", "panel", "strip-right", "strip-top", "browser")


def meeting(seed: int, faces: Sequence[str] | None = None, shape: tuple[int, int] = (320, 180)) -> Markup:
    """A random meeting page; ``faces`` are addresses of pictures (drawn people without them)."""
    rng = np.random.default_rng((seed, 51))
    name = list(SKINS)[seed % len(SKINS)]
    skin = SKINS[name]
    size, ratio = SIZES[int(rng.integers(len(SIZES)))], float(rng.choice(RATIOS))
    if size[0] / ratio < 900:
        ratio = 1.0
    way = str(rng.choice(ARRANGEMENTS))
    most = 7 if way.startswith("strip") else 49
    count = int(
        rng.choice(
            [n for n in (2, 3, 4, 5, 6, 7, 9, 10, 12, 14, 16, 20, 23, 25, 30, 36, 42, 49) if n <= most]
        )
    )
    sources = list(faces) if faces is not None else people(rng, count, shape)
    page = _Page(skin, (size[0] / ratio, size[1] / ratio), rng, way)
    html = page.drawn(count, [sources[int(k)] for k in rng.permutation(len(sources))])
    what = f"{name} {way} {size[0]}x{size[1]} at {ratio}: {count} tiles, {page.looks}"
    return Markup(html, size, ratio, what)


class _Page:
    def __init__(self, skin: Skin, size: tuple[float, float], rng: Generator, way: str) -> None:
        self.skin, self.size, self.rng, self.way = skin, size, rng, way
        self.back = str(rng.choice(skin.page))
        self.gap, self.radius = int(rng.choice(skin.gap)), int(rng.choice(skin.radius))
        self.top, self.bottom = int(rng.choice(skin.top)), int(rng.choice(skin.bottom))
        self.aspect = float(rng.choice([16 / 9, 16 / 9, 16 / 9, 4 / 3, 1.0]))
        self.looks = f"page {self.back}, gap {self.gap}, radius {self.radius}, aspect {self.aspect:.2f}"

    def drawn(self, count: int, sources: Sequence[str]) -> str:
        width, height = self.size
        parts, head = [], 0
        if self.way == "browser":
            head = 84
            parts.append(_browser(width))
        top, left, right, bottom = head + self.top, 0.0, width, height - self.bottom
        if self.top:
            parts.append(_bar(self, head, self.top))
        if self.bottom:
            parts.append(_bar(self, height - self.bottom, self.bottom))
        if self.way == "panel":
            right = width - 340
            parts.append(_panel(self, right, top + 8, bottom - top - 16))
        margin = self.skin.margin
        area = [left + margin, top + margin, right - left - 2 * margin, bottom - top - 2 * margin]
        if self.way == "strip-right":
            strip = max(0.2 * area[2], 170)
            parts.append(_document(area[0], area[1], area[2] - strip - margin, area[3], self.rng))
            area = [area[0] + area[2] - strip, area[1], strip, area[3]]
        if self.way == "strip-top":
            strip = max(0.2 * area[3], 100)
            parts.append(
                _document(area[0], area[1] + strip + margin, area[2], area[3] - strip - margin, self.rng)
            )
            area[3] = strip
        for index, place in enumerate(self.places(count, area)):
            parts.append(self.tile(place, index, sources))
        css = f"""html,body{{margin:0;height:100%;overflow:hidden}}body{{background:{self.back};
            font-family:'DejaVu Sans',sans-serif;color:{self.skin.ink}}}
            div,span,img{{position:absolute;box-sizing:border-box}}
            .tile{{overflow:hidden;border-radius:{self.radius}px}}
            .name{{left:8px;bottom:8px;padding:2px 6px;border-radius:4px;font-size:13px;white-space:nowrap;
            background:{self.skin.pill};max-width:80%;overflow:hidden}}"""
        return f"<!doctype html><meta charset=utf-8><style>{css}</style>{''.join(parts)}"

    def places(self, count: int, area: Sequence[float]) -> list[tuple[float, float, float, float]]:
        left, top, width, height = area
        best = (0.0, 1)
        for cols in range(1, count + 1):
            rows = math.ceil(count / cols)
            wide = min(
                (width - (cols - 1) * self.gap) / cols, (height - (rows - 1) * self.gap) / rows * self.aspect
            )
            best = max(best, (wide, cols))
        wide, cols = best
        high, rows = wide / self.aspect, math.ceil(count / cols)
        places = []
        for index in range(count):
            row, col = divmod(index, cols)
            mine = min(cols, count - row * cols)
            x = left + (width - mine * wide - (mine - 1) * self.gap) / 2 + col * (wide + self.gap)
            y = top + (height - rows * high - (rows - 1) * self.gap) / 2 + row * (high + self.gap)
            places.append((x, y, wide, high))
        return places

    def tile(self, place: tuple[float, float, float, float], index: int, sources: Sequence[str]) -> str:
        rng, skin = self.rng, self.skin
        x, y, wide, high = place
        off = bool(rng.random() < 0.2) and index > 0
        name = random_class(int(rng.integers(1 << 20)), 1)[0].name
        ring = f"box-shadow:inset 0 0 0 3px {skin.ring};" if rng.random() < 0.06 else ""
        if off:
            back = str(rng.choice(skin.off))
            disc = round(0.4 * high)
            tint = f"hsl({int(rng.integers(360))},40%,45%)"
            inner = (
                f"<span style='left:calc(50% - {disc / 2}px);top:calc(50% - {disc / 2}px);width:{disc}px;"
                f"height:{disc}px;border-radius:50%;background:{tint};color:#fff;text-align:center;"
                f"line-height:{disc}px;font-size:{disc * 0.45}px'>{name[0]}</span>"
            )
        else:
            fit = str(rng.choice(["cover", "cover", "cover", "contain"]))
            back = "#000"
            inner = (
                f"<img src='{sources[index % len(sources)]}' style='width:100%;height:100%;object-fit:{fit}'>"
            )
        label = f"<span class=name style='font-size:{min(max(high / 9, 8), 14):.1f}px'>{name}</span>"
        shadow = f"<div style='inset:0;border-radius:{self.radius}px;{ring}'></div>" if ring else ""
        return (
            f"<div class=tile data-off={int(off)} style='left:{x:.3f}px;top:{y:.3f}px;width:{wide:.3f}px;"
            f"height:{high:.3f}px;background:{back}'>{inner}{label}{shadow}</div>"
        )


def _bar(page: _Page, top: float, height: float) -> str:
    middle, side = page.size[0] / 2, min(40, height - 12)
    buttons = "".join(
        f"<span style='left:{middle + k * (side + 12)}px;top:{(height - side) / 2}px;width:{side}px;"
        f"height:{side}px;border-radius:50%;background:{'#ea4335' if k == 3 else '#6b6f76'}'></span>"
        for k in range(-3, 4)
    )
    return (
        f"<div style='left:0;top:{top}px;width:100%;height:{height}px'>{buttons}"
        f"<span style='left:20px;top:{height / 2 - 8}px;font-size:14px'>10:24 | Mathematics 9b</span></div>"
    )


def _panel(page: _Page, left: float, top: float, height: float) -> str:
    lines = "".join(
        f"<span style='left:56px;top:{60 + 48 * k}px;font-size:14px'>{who.name}</span>"
        f"<span style='left:14px;top:{54 + 48 * k}px;"
        f"width:32px;height:32px;border-radius:50%;background:hsl({k * 47},45%,50%)'></span>"
        for k, who in enumerate(random_class(int(page.rng.integers(1 << 20)), 12))
    )
    ink = "#333" if page.skin.panel == "#ffffff" else "#ddd"
    return (
        f"<div style='left:{left}px;top:{top}px;width:330px;height:{height}px;border-radius:12px;color:{ink};"
        f"overflow:hidden;background:{page.skin.panel}'>"
        f"<span style='left:16px;top:18px'>People</span>{lines}</div>"
    )


def _browser(width: float) -> str:
    tabs = "".join(
        f"<span style='left:{12 + 190 * k}px;top:8px;width:182px;height:34px;border-radius:8px 8px 0 0;"
        f"font-size:12px;padding:9px 12px;background:{'#fff' if k == 1 else '#c8ccd2'}'>Page {k + 1}</span>"
        for k in range(3)
    )
    return (
        f"<div style='left:0;top:0;width:{width}px;height:84px;background:#dee1e6;color:#333'>{tabs}"
        "<div style='left:0;top:42px;width:100%;height:42px;background:#fff'></div>"
        f"<span style='left:90px;top:48px;width:{width - 200}px;height:30px;"
        "border-radius:15px;background:#eef0f3;font-size:13px;"
        "padding:7px 14px'>school.example/lesson</span></div>"
    )


def _document(left: float, top: float, width: float, height: float, rng: Generator) -> str:
    lines = "".join(
        f"<span style='left:8%;top:{12 + 6 * k}%;width:{rng.uniform(30, 84):.0f}%;height:1.6%;"
        f"background:{'#335' if k == 0 else '#999'}'></span>"
        for k in range(13)
    )
    return (
        f"<div style='left:{left}px;top:{top}px;width:{width}px;height:{height}px;background:#fff;"
        f"overflow:hidden'>{lines}</div>"
    )
