"""Programs that people work with, drawn for ``screens``: panels, boards, tables, charts, cards."""

from __future__ import annotations

from collections.abc import Callable

from tests.agent.layout.scenes import Area, Scene
from tests.agent.layout.screens import PAGES, page, portraits, words
from tests.agent.layout.surroundings import window


def editor(scene: Scene) -> str:
    """A code editor with files, a minimap and a terminal."""
    dark = scene.chance(0.7)
    back, bar, ink = ("#1e1e1e", "#252526", "#ccc") if dark else ("#ffffff", "#f3f3f3", "#333")
    width, height = scene.width, scene.height
    scene.box((0, 0, width, height), f"background:{back}")
    scene.box((0, 0, 300, height), f"background:{bar}")
    scene.box((0, height - 24, width, 24), "background:#007acc")
    mono = "font:14px 'DejaVu Sans Mono',monospace"
    for k in range(int(height / 24)):
        scene.text(30, 40 + 24 * k, words(scene, 1, 1) + ".py", f"color:{ink};font-size:13px")
    split = int(scene.rng.integers(1, 3))
    wide = (width - 300) / split
    for part in range(split):
        left = 300 + part * wide
        scene.box((left, 0, wide - 1, 36), f"background:{bar}")
        for k in range(int((height - 260) / 19)):
            indent = 8 * int(scene.rng.integers(0, 5))
            tint = f"hsl({int(scene.rng.integers(360))},50%,{65 if dark else 35}%)"
            style = f"{mono};color:{tint};max-width:{wide - 190 - indent}px;overflow:hidden"
            scene.text(left + 60 + indent, 44 + 19 * k, words(scene, 0, 9), style)
            scene.box(
                (left + wide - 100, 44 + 3 * k, scene.rng.uniform(5, 80), 2), f"background:{tint};opacity:.6"
            )
    scene.box((300, height - 220, width - 300, 196), f"background:{back};border-top:1px solid #666")
    for k in range(9):
        scene.text(316, height - 205 + 19 * k, "$ " + words(scene, 2, 10), f"{mono};color:{ink}")
    return f"dark {dark}, {split} parts"


def sheet(scene: Scene) -> str:
    """A table of coloured cells, perhaps with a chart or two over it."""
    width, height = scene.width, scene.height
    scene.box((0, 0, width, height), "background:#fff")
    scene.box((0, 0, width, 130), "background:#217346")
    scene.box((0, 34, width, 96), "background:#f3f2f1")
    wide, high = float(scene.rng.choice([64, 90, 130])), float(scene.rng.choice([20, 26, 48]))
    tint, filled = int(scene.rng.integers(360)), float(scene.rng.choice([0.1, 0.5, 0.9]))
    for row in range(int((height - 150) / high) + 1):
        for col in range(int(width / wide) + 1):
            light = int(scene.rng.integers(45, 95)) if scene.chance(filled) else 100
            style = f"background:hsl({tint},60%,{light}%);border:1px solid #ccc;color:#222;font-size:12px"
            scene.box(
                (col * wide, 130 + row * high, wide + 1, high + 1), style, str(int(scene.rng.integers(1000)))
            )
    for k in range(int(scene.rng.integers(0, 3))):
        chart(scene, (200 + k * 420, 220, 400, 240), False)
    return f"cells {wide}x{high}, filled {filled}"


def chart(scene: Scene, area: Area, dark: bool) -> None:
    """A chart with a title: a line, bars, or an area."""
    left, top, wide, high = area
    back, ink = ("#181b1f", "#ccc") if dark else ("#ffffff", "#444")
    scene.box(area, f"background:{back};border:1px solid {'#2c3235' if dark else '#bbb'}")
    scene.text(left + 10, top + 6, words(scene, 1, 3), f"color:{ink};font-size:13px")
    kind, tint = int(scene.rng.integers(3)), int(scene.rng.integers(360))
    for k in range(1, 5):
        scene.box(
            (left + 36, top + 30 + k * (high - 50) / 5, wide - 46, 1), "background:rgba(128,128,128,.4)"
        )
    tall = [float(scene.rng.uniform(0.1, 0.95)) * (high - 56) for _ in range(18)]
    step = (wide - 50) / len(tall)
    if kind == 0:
        for k, value in enumerate(tall):
            place = (left + 40 + k * step, top + high - 18 - value, step * 0.7, value)
            scene.box(place, f"background:hsl({tint},60%,50%)")
        return
    points = " ".join(f"{40 + k * step:.0f},{high - 18 - value:.0f}" for k, value in enumerate(tall))
    fill = f"hsla({tint},60%,50%,.4)" if kind == 1 else "none"
    ends = f" {40 + 17 * step:.0f},{high - 18:.0f} 40,{high - 18:.0f}" if kind == 1 else ""
    stroke = f"stroke='hsl({tint},70%,55%)' stroke-width=2"
    svg = f"<svg width={wide} height={high}><polyline points='{points}{ends}' fill='{fill}' {stroke} /></svg>"
    scene.box(area, "", svg)


def dashboard(scene: Scene) -> str:
    """Panels of one size, each with a chart."""
    dark = scene.chance(0.7)
    width, height = scene.width, scene.height
    scene.box((0, 0, width, height), f"background:{'#111217' if dark else '#f4f5f5'}")
    cols, rows, gap = int(scene.rng.integers(2, 5)), int(scene.rng.integers(2, 4)), 8
    w, h = (width - 60 - gap * cols) / cols, (height - 70 - gap * rows) / rows
    for index in range(cols * rows):
        row, col = divmod(index, cols)
        chart(scene, (56 + col * (w + gap), 60 + row * (h + gap), w, h), dark)
    return f"{cols}x{rows}, dark {dark}"


def month(scene: Scene) -> str:
    """A month of coloured appointments."""
    (left, top, wide, high), dark = page(scene)
    ink, line = ("#ddd", "#444") if dark else ("#333", "#ddd")
    w, h = (wide - 240) / 7, (high - 60) / 5
    for index in range(35):
        row, col = divmod(index, 7)
        x, y = left + 230 + col * w, top + 50 + row * h
        scene.box((x, y, w + 1, h + 1), f"border:1px solid {line}")
        scene.text(x + w / 2 - 6, y + 4, str(index % 30 + 1), f"color:{ink};font-size:12px")
        for k in range(int(scene.rng.integers(0, 4))):
            tint = int(scene.rng.integers(360))
            style = f"background:hsl({tint},55%,45%);border-radius:4px;font-size:11px;overflow:hidden"
            scene.box((x + 3, y + 22 + 22 * k, w - 6, 20), style, words(scene, 1, 3))
    return f"dark {dark}"


def board(scene: Scene) -> str:
    """Lists of cards on a photo or a colour; some cards have a picture."""
    whole = (0.0, 0.0, scene.width, scene.height)
    if scene.chance(0.5):
        scene.photo(whole)
    else:
        scene.box(whole, f"background:hsl({int(scene.rng.integers(360))},60%,40%)")
    scene.box((0, 0, scene.width, 48), "background:rgba(0,0,0,.5)")
    x = 14.0
    while x < scene.width:
        tall = float(scene.rng.uniform(0.4, 0.9)) * scene.height
        scene.box((x, 64, 272, tall), "background:#ebecf0;border-radius:10px")
        scene.text(x + 14, 74, words(scene, 1, 3), "color:#222;font-weight:bold;font-size:14px")
        y = 102.0
        while y < 40 + tall:
            pictured = scene.chance(0.3)
            high = 160 if pictured else 56
            scene.box(
                (x + 8, y, 256, high), "background:#fff;border-radius:8px;box-shadow:0 1px 2px rgba(0,0,0,.3)"
            )
            if pictured:
                scene.photo((x + 8, y, 256, 110))
            scene.text(
                x + 18,
                y + high - 40,
                words(scene, 2, 5),
                "color:#333;font-size:13px;max-width:236px;overflow:hidden",
            )
            y += high + 8
        x += 284
    return "lists"


def courses(scene: Scene) -> str:
    """A school's page of courses: cards with a picture or a colour, a name and some lines."""
    (left, top, wide, _), dark = page(scene)
    ink, cols = "#eee" if dark else "#222", int(scene.rng.integers(3, 5))
    step, pictured = (wide - 120) / cols, scene.chance(0.6)
    back = "#1d1d20" if dark else "#ffffff"
    for index in range(cols * 3):
        row, col = divmod(index, cols)
        x, y, w = left + 80 + col * step, top + 40 + row * 300, step - 30
        scene.box((x, y, w, 270), f"background:{back};border:1px solid #8885;border-radius:8px")
        if pictured:
            scene.photo((x, y, w, 146), "border-radius:8px 8px 0 0")
        else:
            scene.box((x, y, w, 146), f"background:hsl({index * 37},50%,45%);border-radius:8px 8px 0 0")
        scene.text(
            x + 14,
            y + 160,
            words(scene, 2, 4),
            f"color:{ink};font-weight:bold;font-size:15px;max-width:{w - 28}px;overflow:hidden",
        )
        scene.text(
            x + 14,
            y + 190,
            words(scene, 3, 5),
            f"color:{ink};font-size:12px;max-width:{w - 28}px;overflow:hidden",
        )
    return f"{cols} columns, pictured {pictured}"


def answers(scene: Scene) -> str:
    """A quiz: a question, a picture, and four answers on coloured fields."""
    width, height = scene.width, scene.height
    scene.box((0, 0, width, height), "background:#46178f")
    scene.box((0, 20, width, 80), "background:#fff")
    scene.text(width / 2 - 180, 44, words(scene, 4, 7) + "?", "color:#222;font-size:24px")
    scene.photo((width / 2 - 220, 120, 440, height * 0.62 - 140))
    for k, colour in enumerate(("#e21b3c", "#1368ce", "#d89e00", "#26890c")):
        row, col = divmod(k, 2)
        w, h = (width - 24) / 2, height * 0.17
        place = (8 + col * (w + 8), height * 0.62 + row * (h + 8), w, h)
        scene.box(
            place,
            f"background:{colour};border-radius:4px;font-size:24px;padding:20px 70px",
            words(scene, 1, 3),
        )
    return "four answers"


def sorter(scene: Scene) -> str:
    """All slides of a talk as small pictures, numbered."""
    width, height = scene.width, scene.height
    dark = scene.chance(0.5)
    scene.box((0, 0, width, height), f"background:{'#262626' if dark else '#e6e6e6'}")
    scene.box((0, 0, width, 120), "background:#f3f2f1")
    cols = int(scene.rng.integers(3, 7))
    back = str(scene.rng.choice(["#ffffff", "#1f2a44", "#0b3d2e"]))
    ink = "#222" if back == "#ffffff" else "#eee"
    step = (width - 60) / cols
    w, h = step - 30, (step - 30) * 9 / 16
    for index in range(cols * 6):
        row, col = divmod(index, cols)
        x, y = 40 + col * step, 140 + row * (h + 36)
        scene.box((x, y, w, h), f"background:{back}")
        scene.text(x + w * 0.06, y + h * 0.08, words(scene, 2, 3), f"color:{ink};font-size:{h / 11:.0f}px")
        kind = int(scene.rng.integers(4))
        if kind == 0:
            scene.photo((x + w * 0.5, y + h * 0.3, w * 0.42, h * 0.6))
        if kind == 1:
            scene.photo((x, y, w, h))
        for k in range(3 if kind != 1 else 0):
            scene.text(
                x + w * 0.08,
                y + h * (0.34 + 0.16 * k),
                words(scene, 1, 3),
                f"color:{ink};font-size:{h / 16:.0f}px",
            )
        scene.text(x - 18, y, str(index + 1), f"font-size:12px;color:{'#ccc' if dark else '#444'}")
    return f"{cols} columns on {back}"


def timeline(scene: Scene) -> str:
    """A video editor: clips in a grid, a preview, and a strip of small pictures below."""
    width, height = scene.width, scene.height
    scene.box((0, 0, width, height), "background:#232323")
    source = scene.photos[0]
    for index in range(8):
        row, col = divmod(index, 3)
        x, y = 20 + col * 170, 60 + row * 126
        (portraits if scene.chance(0.4) else Scene.photo)(scene, (x, y, 160, 90))
        scene.text(x, y + 94, f"clip_{index:03d}.mp4", "font-size:11px;color:#bbb")
    scene.photo(
        (
            560,
            40,
            width - 580,
            (width - 580) * 9 / 16 if (width - 580) * 0.5625 < height * 0.55 else height * 0.55,
        )
    )
    for track in range(2):
        for k in range(int(width / 80)):
            place = (20 + k * 78, height * 0.7 + track * 60, 78, 50)
            scene.box(place, "overflow:hidden", f"<img src='{source}' style='width:100%;height:100%'>")
    return "editor"


def viewer(scene: Scene) -> str:
    """One video or photo of a person in a player's window, or a login page with one large picture."""
    scene.box((0, 0, scene.width, scene.height), "background:#2d2d30")
    area = window(scene, (scene.width * 0.1, 40, scene.width * 0.8, scene.height * 0.85), "#1a1a1a")
    portraits(scene, area)
    if scene.chance(0.6):
        left, top, wide, high = area
        scene.box((left, top + high - 50, wide, 50), "background:linear-gradient(transparent,rgba(0,0,0,.8))")
        scene.box((left + 20, top + high - 40, wide - 40, 4), "background:#e33")
        scene.text(left + 20, top + high - 28, "&#9654; 12:04 / 58:10", "font-size:14px;color:#fff")
    return "player"


SCREENS: dict[str, Callable[[Scene], str]] = PAGES | {
    "editor": editor,
    "sheet": sheet,
    "dashboard": dashboard,
    "month": month,
    "board": board,
    "courses": courses,
    "answers": answers,
    "sorter": sorter,
    "timeline": timeline,
    "viewer": viewer,
}
"""Every kind of screen without a meeting."""
