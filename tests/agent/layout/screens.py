"""Screens without a meeting, as people have them open beside one: everything here must be left alone.

Another hand than ``websites``: the layout search was not tuned on what is drawn here.
"""

from __future__ import annotations

from collections.abc import Callable

from tests.agent.layout.scenes import Area, Scene
from tests.agent.layout.surroundings import browser, wallpaper, window

LOREM = (
    "a",
    "walk",
    "through",
    "the",
    "old",
    "town",
    "how",
    "cells",
    "breathe",
    "ten",
    "recipes",
    "for",
    "winter",
)


def words(scene: Scene, least: int, most: int) -> str:
    """Some words."""
    return " ".join(
        str(scene.rng.choice(LOREM)) for _ in range(int(scene.rng.integers(least, most + 1)))
    ).capitalize()


def page(scene: Scene, dark: bool | None = None) -> tuple[Area, bool]:
    """A browser's page over the whole screen, its area, and whether it is dark."""
    area = browser(scene, (0, 0, scene.width, scene.height))
    night = scene.chance(0.5) if dark is None else dark
    scene.box(area, f"background:{'#0f0f10' if night else '#ffffff'}")
    return area, night


def portraits(scene: Scene, area: Area, style: str = "") -> None:
    """A picture of a person."""
    source = scene.people[int(scene.rng.integers(len(scene.people)))]
    scene.box(area, f"overflow:hidden;{style}", f"<img src='{source}' style='width:100%;height:100%'>")


def photo_wall(scene: Scene) -> str:
    """Square photos in days, with a date above each day, as photo services show them."""
    (left, top, wide, high), dark = page(scene)
    cols = int(scene.rng.integers(4, 8))
    side, y = (wide - 120) / cols, top + 20.0
    while y < top + high:
        scene.text(left + 100, y, "Sat, 14 Nov", f"color:{'#ddd' if dark else '#333'};font-size:14px")
        y += 30
        for row in range(int(scene.rng.integers(1, 3))):
            for col in range(cols if row == 0 else int(scene.rng.integers(1, cols + 1))):
                scene.photo((left + 100 + col * side, y, side - 4, side - 4))
            y += side
        y += 12
    return f"{cols} columns"


def explorer(scene: Scene) -> str:
    """A file manager in a window on a wallpaper, large previews with a name below each."""
    wallpaper(scene)
    back = "#ffffff" if scene.chance(0.6) else "#191919"
    area = (scene.width * 0.06, scene.height * 0.05, scene.width * 0.85, scene.height * 0.85)
    left, top, wide, high = window(scene, area, "#ffffff" if back == "#ffffff" else "#202020")
    scene.box((left, top, wide, high), f"background:{back}")
    ink = "#222" if back == "#ffffff" else "#eee"
    for k in range(12):
        scene.text(left + 30, top + 50 + 30 * k, words(scene, 1, 1), f"color:{ink};font-size:13px")
    cell = float(scene.rng.choice([128, 170, 220]))
    one_shape = scene.chance(0.5)
    cols = int((wide - 210) // (cell + 12))
    for index in range(cols * int((high - 50) // (cell + 34))):
        row, col = divmod(index, cols)
        x, y = left + 200 + col * (cell + 12), top + 50 + row * (cell + 34)
        shape = 4 / 3 if one_shape else float(scene.rng.choice([4 / 3, 1.0, 0.75, 16 / 9]))
        w, h = (cell, cell / shape) if shape >= 1 else (cell * shape, cell)
        scene.photo((x + (cell - w) / 2, y + cell - h, w, h))
        scene.text(x + 10, y + cell + 4, f"IMG_20{index:02d}.jpg", f"color:{ink};font-size:12px")
    return f"cells of {cell}, one shape {one_shape}, {back}"


def films(scene: Scene) -> str:
    """A film service: a large picture above, then rows of titled pictures that run off the screen."""
    (left, top, wide, high), _ = page(scene, True)
    scene.box((left, top, wide, high), "background:#141414")
    y = top
    if scene.chance(0.6):
        scene.photo((left, top, wide, high * 0.42))
        scene.text(left + 50, top + high * 0.3, words(scene, 2, 4), "font-size:44px;font-weight:bold")
        y = top + high * 0.44
    cols = int(scene.rng.integers(4, 7))
    step = (wide - 60) / (cols + 0.4)
    while y < top + high:
        scene.text(left + 50, y + 8, words(scene, 2, 3), "font-size:18px")
        for col in range(cols + 1):
            place = (left + 50 + col * step, y + 40, step - 6, (step - 6) * 9 / 16)
            (portraits if scene.chance(0.4) else Scene.photo)(scene, place, "border-radius:4px")
            scene.text(
                place[0] + 12, place[1] + place[3] - 34, words(scene, 1, 2), "font-weight:bold;font-size:18px"
            )
        y += step * 9 / 16 + 52
    return f"{cols} columns"


def videos(scene: Scene) -> str:
    """Videos or live streams with titles below; people in many of them."""
    (left, top, wide, _), dark = page(scene)
    ink, cols, live = "#eee" if dark else "#111", int(scene.rng.integers(3, 6)), scene.chance(0.5)
    for k in range(9):
        scene.text(left + 24, top + 20 + 36 * k, words(scene, 1, 2), f"color:{ink};font-size:13px")
    step = (wide - 240) / cols
    tall = (step - 16) * 9 / 16
    for index in range(cols * 4):
        row, col = divmod(index, cols)
        x, y = left + 224 + col * step, top + 60 + row * (tall + 86)
        (portraits if live or scene.chance(0.3) else Scene.photo)(
            scene, (x, y, step - 16, tall), "border-radius:10px"
        )
        badge = "background:#e91916" if live else "background:rgba(0,0,0,.8)"
        side = "left:8px;top:8px" if live else "right:8px;bottom:8px"
        where = (x, y, step - 16, tall)
        label = "LIVE" if live else f"{index + 3}:{index * 7 % 60:02d}"
        scene.box(
            where,
            "",
            f"<span style='{side};{badge};font-size:12px;padding:1px 5px;border-radius:4px'>{label}</span>",
        )
        scene.box((x, y + tall + 10, 34, 34), f"border-radius:50%;background:hsl({index * 41},40%,50%)")
        style = (
            f"color:{ink};font-size:14px;width:{step - 70}px;white-space:normal;height:38px;overflow:hidden"
        )
        scene.text(x + 44, y + tall + 8, words(scene, 3, 9), style)
        scene.text(x + 44, y + tall + 50, words(scene, 1, 2), f"color:{ink};opacity:.6;font-size:12px")
    return f"{cols} columns, live {live}"


def slide_photos(scene: Scene) -> str:
    """A slide with two to six photos, shown over the whole screen or in its editor."""
    width, height = scene.width, scene.height
    back = str(scene.rng.choice(["#ffffff", "#1f2a44", "#f4efe6", "#000000"]))
    area: Area = (0.0, 0.0, width, height)
    editing = scene.chance(0.5)
    if editing:
        scene.box(area, "background:#e6e6e6")
        scene.box((0, 0, width, 110), "background:#b7472a")
        scene.box((0, 34, width, 90), "background:#f3f2f1")
        for k in range(6):
            scene.box((24, 140 + k * 110, 160, 90), f"background:{back};border:1px solid #999")
            scene.photo((40, 165 + k * 110, 60, 45))
        wide = min(width - 260, (height - 190) * 16 / 9)
        area = (230, 150, wide, wide * 9 / 16)
    left, top, wide, high = area
    scene.box(area, f"background:{back}")
    ink = "#222" if back in {"#ffffff", "#f4efe6"} else "#eee"
    scene.text(
        left + wide * 0.06, top + high * 0.05, words(scene, 2, 4), f"color:{ink};font-size:{high / 14:.0f}px"
    )
    count = int(scene.rng.choice([2, 3, 4, 4, 6]))
    cols = {2: 2, 3: 3, 4: 2, 6: 3}[count]
    gap, named = float(scene.rng.choice([4, 12, 30])), scene.chance(0.4)
    rows = count // cols
    w = (wide * 0.86 - gap * (cols - 1)) / cols
    h = (high * 0.72 - gap * (rows - 1)) / rows - (34 if named else 0)
    people = scene.chance(0.4)
    for index in range(count):
        row, col = divmod(index, cols)
        place = (
            left + wide * 0.07 + col * (w + gap),
            top + high * 0.2 + row * (h + gap + (34 if named else 0)),
            w,
            h,
        )
        (portraits if people else Scene.photo)(scene, place)
        if named:
            scene.text(place[0] + 4, place[1] + h + 6, words(scene, 1, 3), f"color:{ink};font-size:18px")
    return f"{count} photos on {back}, gap {gap}, named {named}, people {people}, editor {editing}"


def team(scene: Scene) -> str:
    """A company's page of its people: portraits with names and posts below them."""
    (left, top, wide, _), dark = page(scene)
    ink, cols = "#eee" if dark else "#222", int(scene.rng.integers(3, 6))
    scene.text(left + 80, top + 30, "Meet our team", f"color:{ink};font-size:34px")
    step, shape = (wide - 160) / cols, float(scene.rng.choice([1.0, 0.8, 1.3]))
    for index in range(cols * 3):
        row, col = divmod(index, cols)
        w = step - 26
        x, y = left + 80 + col * step, top + 100 + row * (w / shape + 80)
        portraits(scene, (x, y, w, w / shape))
        scene.text(x, y + w / shape + 8, scene.names[index], f"color:{ink};font-weight:bold;font-size:16px")
        scene.text(x, y + w / shape + 32, words(scene, 1, 3), f"color:{ink};font-size:13px")
    return f"{cols} columns"


def terminals(scene: Scene) -> str:
    """Several terminals of one size side by side."""
    cols, rows = int(scene.rng.integers(2, 4)), int(scene.rng.integers(1, 3))
    back = str(scene.rng.choice(["#000000", "#1e1e1e", "#fdf6e3", "#300a24"]))
    scene.box((0, 0, scene.width, scene.height), "background:#444")
    w, h = scene.width / cols, (scene.height - 24) / rows
    for index in range(cols * rows):
        row, col = divmod(index, cols)
        x, y = col * w, 24 + row * h
        scene.box((x, y, w - 2, h - 2), f"background:{back};overflow:hidden")
        for line in range(int(h // 18 * scene.rng.uniform(0.3, 1))):
            hue = int(scene.rng.integers(360))
            style = f"font:13px 'DejaVu Sans Mono',monospace;color:hsl({hue},40%,60%)"
            scene.text(
                x + 6,
                y + 4 + 18 * line,
                "$ " + words(scene, 2, 8),
                style + f";max-width:{w - 20}px;overflow:hidden",
            )
    return f"{cols}x{rows} on {back}"


def wallpaper_icons(scene: Scene) -> str:
    """A desktop: a photo, icons with captions, a task bar, perhaps a window of text."""
    wallpaper(scene)
    for k in range(int(scene.rng.integers(4, 24))):
        x, y = 24 + 92 * (k // 7), 20 + 100 * (k % 7)
        scene.box((x + 14, y, 48, 48), f"background:hsl({k * 53},55%,55%);border-radius:10px")
        scene.text(x + 4, y + 54, words(scene, 1, 1), "font-size:12px;text-shadow:0 0 3px #000")
    scene.box((0, scene.height - 46, scene.width, 46), "background:rgba(20,24,34,.9)")
    if scene.chance(0.5):
        area = (scene.width * 0.3, scene.height * 0.12, scene.width * 0.55, scene.height * 0.7)
        left, top, wide, high = window(scene, area, "#ffffff")
        scene.box((left, top, wide, high), "background:#fff")
        if scene.chance(0.5):
            scene.photo((left + 10, top + 10, wide - 20, high - 20))
        else:
            for k in range(int(high // 26)):
                scene.text(left + 30, top + 14 + 26 * k, words(scene, 4, 9), "color:#333;font-size:14px")
    return "icons"


PAGES: dict[str, Callable[[Scene], str]] = {
    "photo wall": photo_wall,
    "explorer": explorer,
    "films": films,
    "videos": videos,
    "slide": slide_photos,
    "team": team,
    "terminals": terminals,
    "desktop": wallpaper_icons,
}
"""Pages of pictures and screens that look like rows of tiles; the others are in ``desks``."""
