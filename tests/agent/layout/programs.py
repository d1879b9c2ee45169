"""The meeting programs of ``scenes``: their windows, pages and bars, and what lies over the tiles."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from tests.agent.layout.scenes import (
    BBB,
    JITSI,
    MEET,
    TEAMS,
    TEAMS_LIGHT,
    WEBEX,
    ZOOM,
    ZOOM_NEW,
    Looks,
    Scene,
)
from tests.agent.layout.surroundings import browser, ink, over, shared, side_panel, tools, wallpaper, window

MANY = (2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 15, 16, 18, 20, 22, 25)


def some(scene: Scene, most: int = 25) -> int:
    """How many people are there."""
    return int(scene.rng.choice([count for count in MANY if count <= most]))


def zoom_window(scene: Scene) -> str:
    """Zoom in a window that is not maximised, on a wallpaper, a task bar below."""
    wallpaper(scene)
    width, height = scene.width, scene.height
    share = float(scene.rng.uniform(0.72, 0.94))
    area = (width * scene.rng.uniform(0, 1 - share), 24 + height * 0.02, width * share, height * share * 0.94)
    looks = ZOOM if scene.chance(0.5) else ZOOM_NEW
    left, top, wide, high = window(scene, area, str(scene.rng.choice(["#ffffff", "#2b2b2b", "#1a1a1a"])))
    scene.box((left, top, wide, high), f"background:{looks.page}")
    tools(scene, (left, top + high - 56, wide, 56), looks.page)
    inner = (left + 8, top + 34, wide - 16, high - 98)
    count = some(scene)
    scene.tiles(count, inner, looks)
    scene.box((0, height - 40, width, 40), f"background:{'#e8eef7' if scene.chance(0.5) else '#101318'}")
    for k in range(10):
        scene.box(
            (width / 2 - 220 + 44 * k, height - 34, 28, 28),
            f"background:hsl({k * 36},60%,50%);border-radius:6px",
        )
    return f"{count} tiles, {over(scene, inner)}"


def zoom_full(scene: Scene) -> str:
    """Zoom over the whole screen, perhaps with a chat at the right."""
    looks = ZOOM if scene.chance(0.5) else ZOOM_NEW
    looks = replace(looks, page=str(scene.rng.choice(["#1a1a1a", "#000000", "#0d0d0d", "#242424"])))
    width, height = scene.width, scene.height
    scene.box((0, 0, width, height), f"background:{looks.page}")
    right = width - (330 if scene.chance(0.4) else 0)
    if right < width:
        side_panel(scene, (right, 0, 330, height), "#ffffff" if scene.chance(0.5) else "#1f1f1f")
    tools(scene, (0, height - 60, right, 60), "#1c1c1e")
    inner = (8, 40, right - 16, height - 108)
    count = int(scene.rng.choice([9, 12, 16, 20, 25, 25, 30, 36, 49, 49]))
    scene.tiles(count, inner, looks)
    if scene.chance(0.3):
        for x in (4, right - 44):
            style = "background:rgba(60,60,60,.8);border-radius:6px;text-align:center;line-height:70px"
            scene.box((x, height / 2 - 35, 40, 70), style, "&#8249;" if x < 50 else "&#8250;")
    return f"{count} tiles, {over(scene, inner)}"


def zoom_side(scene: Scene) -> str:
    """A shared document with two columns of tiles, or one, beside it."""
    width, height = scene.width, scene.height
    scene.box((0, 0, width, height), "background:#1a1a1a")
    cols = int(scene.rng.integers(1, 3))
    strip = cols * scene.rng.uniform(190, 250)
    shared(scene, (0, 36, width - strip - 12, height - 92))
    tools(scene, (0, height - 56, width, 56), "#1a1a1a")
    count = int(scene.rng.integers(2, 6)) * cols
    wide = (strip - 4 * (cols - 1)) / cols
    high = wide * 9 / 16
    for index in range(count):
        row, col = divmod(index, cols)
        place = (width - strip - 4 + col * (wide + 4), 40 + row * (high + 4), wide, high)
        if place[1] + high < height - 60:
            scene.tile(place, ZOOM)
    return f"{scene.shown} tiles in {cols} columns"


def meet_rows(scene: Scene) -> str:
    """Meet in a browser: rows of tiles of one height and several widths."""
    left, top, wide, high = browser(scene, (0, 0, scene.width, scene.height))
    looks = replace(MEET, page=str(scene.rng.choice(["#131314", "#202124", "#131314", "#ffffff"])))
    scene.box((left, top, wide, high), f"background:{looks.page}")
    tools(scene, (left, top + high - 76, wide, 76), looks.page, f"color:{ink(looks.page)}")
    rows = int(scene.rng.integers(2, 4))
    tall = (high - 92 - (rows + 1) * looks.gap) / rows
    for row in range(rows):
        shapes = [
            float(scene.rng.choice([16 / 9, 16 / 9, 4 / 3, 1.0, 0.75]))
            for _ in range(int(scene.rng.integers(2, 6)))
        ]
        while sum(shapes) * tall + (len(shapes) - 1) * looks.gap > wide - 32:
            shapes.pop()
        x = left + (wide - sum(shapes) * tall - (len(shapes) - 1) * looks.gap) / 2
        for shape in shapes:
            scene.tile((x, top + 12 + row * (tall + looks.gap), shape * tall, tall), looks)
            x += shape * tall + looks.gap
    return f"{scene.shown} tiles in {rows} rows on {looks.page}"


def meet_grid(scene: Scene) -> str:
    """Meet's equal tiles, in a browser or over the whole screen, perhaps with a panel."""
    whole = (0.0, 0.0, scene.width, scene.height)
    left, top, wide, high = browser(scene, whole) if scene.chance(0.6) else whole
    looks = replace(MEET, page=str(scene.rng.choice(["#131314", "#202124", "#131314", "#ffffff"])))
    scene.box((left, top, wide, high), f"background:{looks.page}")
    panel = 376 if scene.chance(0.35) else 0
    if panel:
        side_panel(
            scene,
            (left + wide - 368, top + 16, 352, high - 108),
            "#ffffff" if scene.chance(0.6) else "#1e1f20",
        )
    tools(scene, (left, top + high - 80, wide, 80), looks.page, f"color:{ink(looks.page)}")
    inner = (left + 16, top + 16, wide - 32 - panel, high - 112)
    count = some(scene)
    scene.tiles(count, inner, looks, float(scene.rng.choice([16 / 9, 4 / 3, 1.25])))
    return f"{count} tiles on {looks.page}, panel {panel}, {over(scene, inner)}"


def teams(scene: Scene) -> str:
    """Teams: a header bar with buttons, tiles that nearly touch, light or dark."""
    looks = TEAMS if scene.chance(0.6) else TEAMS_LIGHT
    looks = replace(looks, gap=float(scene.rng.choice([2, 4, 8])), radius=float(scene.rng.choice([0, 4, 8])))
    width, height = scene.width, scene.height
    scene.box((0, 0, width, height), f"background:{looks.page}")
    tools(scene, (0, 0, width, 64), "#292929" if looks.page == "#1b1b1b" else "#f5f5f5")
    panel = 320 if scene.chance(0.3) else 0
    if panel:
        side_panel(
            scene, (width - 320, 64, 320, height - 64), "#ffffff" if looks is TEAMS_LIGHT else "#2d2c2c"
        )
    inner = (8, 72, width - 16 - panel, height - 80)
    count = int(scene.rng.choice([2, 4, 6, 9, 12, 16, 20, 30, 49]))
    scene.tiles(count, inner, looks, float(scene.rng.choice([16 / 9, 16 / 9, 4 / 3, 1.5])))
    return f"{count} tiles on {looks.page}, gap {looks.gap}, {over(scene, inner)}"


def teams_shared(scene: Scene) -> str:
    """Teams with a shared screen and a row of tiles above or below it."""
    width, height = scene.width, scene.height
    scene.box((0, 0, width, height), "background:#1b1b1b")
    tools(scene, (0, 0, width, 60), "#292929")
    count = int(scene.rng.integers(3, 8))
    high = min((width - 16 - (count - 1) * 6) / count * 9 / 16, height * 0.2)
    wide = high * 16 / 9
    below = scene.chance(0.5)
    y = height - high - 10 if below else 68
    shared(scene, (width * 0.06, 68 if below else 76 + high, width * 0.88, height - high - 90))
    start = (width - count * (wide + 6) + 6) / 2
    for index in range(count):
        scene.tile((start + index * (wide + 6), y, wide, high), TEAMS)
    return f"{count} tiles {'below' if below else 'above'}"


def jitsi(scene: Scene) -> str:
    """Jitsi's tile view, its tool bar over the lowest tiles."""
    page = str(scene.rng.choice(["#040404", "#040404", "linear-gradient(170deg,#1b2a4a,#0c1220)"]))
    whole = (0.0, 0.0, scene.width, scene.height)
    left, top, wide, high = browser(scene, whole) if scene.chance(0.5) else whole
    scene.box((left, top, wide, high), f"background:{page}")
    inner = (left + 12, top + 12, wide - 24, high - 24)
    count = some(scene, 20)
    shape = float(scene.rng.choice([16 / 9, 1.0]))
    scene.tiles(count, inner, JITSI, shape, str(scene.rng.choice(["centre", "left"])))
    bar = scene.chance(0.6)
    if bar:
        tools(scene, (left + wide / 2 - 300, top + high - 72, 600, 56), "#131519", "border-radius:6px")
    return f"{count} tiles on {page}, shape {shape:.2f}, bar {bar}"


def webex(scene: Scene) -> str:
    """Webex, dark or light, on a wallpaper or not."""
    looks = replace(WEBEX, page=str(scene.rng.choice(["#121212", "#f7f7f7"])))
    area = (0.0, 0.0, scene.width, scene.height)
    if scene.chance(0.4):
        wallpaper(scene)
        area = (scene.width * 0.07, 30, scene.width * 0.86, scene.height * 0.86)
    left, top, wide, high = window(scene, area, "#ffffff")
    scene.box((left, top, wide, high), f"background:{looks.page}")
    tools(scene, (left, top + high - 64, wide, 64), looks.page)
    inner = (left + 12, top + 12, wide - 24, high - 84)
    count = some(scene)
    scene.tiles(count, inner, looks)
    return f"{count} tiles on {looks.page}, {over(scene, inner)}"


def bigbluebutton(scene: Scene) -> str:
    """BigBlueButton: messages at the left, cameras above the slides, or cameras alone."""
    width, height = scene.width, scene.height
    scene.box((0, 0, width, height), f"background:{BBB.page}")
    scene.box((0, 0, 220, height), "background:#e4ecf2")
    side_panel(scene, (220, 0, 280, height), "#ffffff")
    count = int(scene.rng.choice([2, 3, 4, 6, 8, 9]))
    if scene.chance(0.5):
        scene.tiles(count, (508, 56, width - 516, height - 130), BBB, 4 / 3)
        where = "alone"
    else:
        scene.tiles(count, (508, 56, width - 516, height * 0.3), BBB, 4 / 3)
        shared(scene, (560, 70 + height * 0.3, width - 620, height * 0.7 - 150))
        where = "above slides"
    return f"{count} tiles {where}"


def coloured(scene: Scene) -> str:
    """A page of one strong colour, or with a gradient, and well rounded tiles; classroom programs look so."""
    tint = int(scene.rng.integers(360))
    page = str(scene.rng.choice([f"hsl({tint},45%,32%)", f"hsl({tint},60%,88%)",
                                 f"linear-gradient(140deg,hsl({tint},50%,40%),hsl({tint + 60},60%,70%))"]
))  # fmt: skip
    off = (f"hsl({tint},30%,60%)", "#ffffff", f"hsl({tint},40%,25%)")
    looks = Looks(page, 14, 18, off, "left:10px;bottom:10px;background:#fff;color:#222;padding:2px 8px;"
                  "border-radius:9px", "#ffb703")  # fmt: skip
    width, height = scene.width, scene.height
    scene.box((0, 0, width, height), f"background:{page}")
    tools(scene, (width / 2 - 320, height - 78, 640, 62), "rgba(255,255,255,.85)", "border-radius:31px")
    count = some(scene, 16)
    scene.tiles(count, (24, 24, width - 48, height - 116), looks)
    return f"{count} tiles on {page}"


def tiny(scene: Scene) -> str:
    """49 tiles over the whole screen, which is then made as small as 640 pixels."""
    looks = replace(ZOOM, gap=float(scene.rng.choice([2, 4, 6])))
    scene.box((0, 0, scene.width, scene.height), f"background:{looks.page}")
    scene.tiles(49, (6, 30, scene.width - 12, scene.height - 36), looks)
    return f"49 tiles, gap {looks.gap}"


PROGRAMS: dict[str, Callable[[Scene], str]] = {
    "zoom window": zoom_window,
    "meet rows": meet_rows,
    "teams": teams,
    "jitsi": jitsi,
    "zoom": zoom_full,
    "meet": meet_grid,
    "teams shared": teams_shared,
    "webex": webex,
    "zoom side": zoom_side,
    "coloured": coloured,
    "bigbluebutton": bigbluebutton,
    "tiny": tiny,
}
"""Every kind of meeting; each draws a scene and says what it is."""
