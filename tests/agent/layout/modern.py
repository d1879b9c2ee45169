"""Meetings as programs show them since 2024: rounded tiles, floating self-views, strips of speakers, rooms
with most cameras off, windows over other windows.

Another hand than ``programs``: what real screens have that those lack.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from tests.agent.layout.scenes import MEET, TEAMS, TEAMS_LIGHT, ZOOM_NEW, Area, Looks, Scene
from tests.agent.layout.screens import words
from tests.agent.layout.surroundings import browser, ink, shared, side_panel, wallpaper, window

WORKPLACE = replace(ZOOM_NEW, page="#0d0d0d", radius=10, off=("#1f1f1f", "#262626", "#3b3b3d"))
ROOMS = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 14, 16, 20, 25)


def labelled(scene: Scene, area: Area, back: str) -> None:
    """A bar of icons with a word below each, some with a small arrow, and a red button at the right."""
    left, top, wide, high = area
    scene.box(area, f"background:{back}")
    tint = ink(back)
    for k, word in enumerate(("Audio", "Video", "Participants", "Chat", "React", "Share", "More")):
        x = left + wide / 2 - 7 * 38 + k * 76
        scene.box((x + 24, top + high * 0.14, 22, 20), f"border:2px solid {tint};border-radius:6px")
        scene.text(x + 12, top + high * 0.62, word, f"color:{tint};font-size:10px")
    scene.box((left + wide - 84, top + high * 0.2, 64, high * 0.6), "background:#e02828;border-radius:8px")


def workplace(scene: Scene) -> str:
    """Zoom's rounded tiles, in a window of a Mac or over the whole screen; one person or many."""
    whole = (0.0, 0.0, scene.width, scene.height)
    area = whole
    if scene.chance(0.5):
        wallpaper(scene)
        scene.box((0, 0, scene.width, 26), "background:rgba(240,240,245,.75)")
        share = float(scene.rng.uniform(0.5, 0.95))
        area = (
            scene.width * float(scene.rng.uniform(0, 1 - share)),
            40,
            scene.width * share,
            (scene.height - 50) * share,
        )
        area = window(scene, area, "#1a1a1a")
    left, top, wide, high = area
    looks = replace(WORKPLACE, page=str(scene.rng.choice(["#0d0d0d", "#000000", "#f2f3f5", "#1c1c1e"])))
    looks = replace(looks, gap=float(scene.rng.choice([4, 6, 8, 10])))
    scene.box(area, f"background:{looks.page}")
    labelled(scene, (left, top + high - 58, wide, 58), looks.page)
    scene.text(left + wide - 70, top + 8, "View", f"color:{ink(looks.page)};font-size:12px")
    count = int(scene.rng.choice(ROOMS))
    scene.tiles(count, (left + 10, top + 34, wide - 20, high - 100), looks)
    return f"{count} tiles on {looks.page}"


def mostly_off(scene: Scene) -> str:
    """A class in which hardly anybody shows their picture."""
    scene.off_share = float(scene.rng.choice([0.5, 0.7, 0.85, 0.95]))
    looks = (WORKPLACE, MEET, TEAMS, TEAMS_LIGHT)[int(scene.rng.integers(4))]
    scene.box((0, 0, scene.width, scene.height), f"background:{looks.page}")
    labelled(scene, (0, scene.height - 62, scene.width, 62), looks.page)
    count = int(scene.rng.choice([6, 9, 12, 16, 20, 25, 30, 49]))
    scene.tiles(count, (10, 30, scene.width - 20, scene.height - 104), looks)
    return f"{count} tiles, {scene.off_share} off, on {looks.page}"


def nameless(scene: Scene) -> str:
    """Names are hidden; few tiles, near together or far apart."""
    scene.named = False
    looks = (WORKPLACE, MEET, TEAMS)[int(scene.rng.integers(3))]
    looks = replace(looks, gap=float(scene.rng.choice([4, 12, 24, 40])))
    scene.box((0, 0, scene.width, scene.height), f"background:{looks.page}")
    labelled(scene, (0, scene.height - 62, scene.width, 62), looks.page)
    count = int(scene.rng.choice([2, 3, 4, 5, 6, 9, 12, 16, 25]))
    scene.tiles(count, (10, 30, scene.width - 20, scene.height - 104), looks)
    return f"{count} tiles, gap {looks.gap} on {looks.page}"


def one_to_one(scene: Scene) -> str:
    """One other person as large as the window allows, oneself small in a corner, over it or beside it."""
    whole = (0.0, 0.0, scene.width, scene.height)
    left, top, wide, high = browser(scene, whole) if scene.chance(0.5) else whole
    looks = (WORKPLACE, MEET, TEAMS)[int(scene.rng.integers(3))]
    scene.box((left, top, wide, high), f"background:{looks.page}")
    labelled(scene, (left, top + high - 64, wide, 64), looks.page)
    (place,) = scene.tiles(1, (left + 14, top + 14, wide - 28, high - 92), looks)
    small = min(260.0, wide * 0.2)
    myself(scene, (place[0] + place[2] - small - 14, place[1] + place[3] - small * 9 / 16 - 14,
                   small, small * 9 / 16), looks)  # fmt: skip
    return f"one on {looks.page}"


def myself(scene: Scene, place: Area, looks: Looks) -> None:
    """A small picture of oneself that floats; nobody asks for it as a tile."""
    source = scene.people[-1]
    scene.box(place, f"border-radius:{looks.radius}px;overflow:hidden;box-shadow:0 2px 8px #0008",
              f"<img src='{source}' style='width:100%;height:100%'>")  # fmt: skip


def floating(scene: Scene) -> str:
    """Meet's tiles, oneself floating over the last; captions below, people aside."""
    whole = (0.0, 0.0, scene.width, scene.height)
    left, top, wide, high = browser(scene, whole) if scene.chance(0.6) else whole
    looks = replace(MEET, page=str(scene.rng.choice(["#131314", "#ffffff"])), gap=8)
    scene.box((left, top, wide, high), f"background:{looks.page}")
    labelled(scene, (left, top + high - 72, wide, 72), looks.page)
    panel = 372 if scene.chance(0.4) else 0
    if panel:
        side_panel(scene, (left + wide - 364, top + 12, 348, high - 96), "#ffffff")
    captions = scene.chance(0.4)
    if captions:
        y = top + high - 190
        scene.box((left + 60, y + 8, 36, 36), "border-radius:50%;background:#c58af9")
        for k in range(3):
            scene.text(left + 110, y + 8 + 30 * k, words(scene, 6, 12), f"color:{ink(looks.page)}")
    inner = (left + 12, top + 12, wide - 24 - panel, high - 96 - (130 if captions else 0))
    count = int(scene.rng.choice(ROOMS[1:]))
    places = scene.tiles(count, inner, looks)
    wide_of_mine = max(places[-1][2] * 0.4, 120.0)
    small = (wide_of_mine, wide_of_mine * 9 / 16)
    myself(scene, (inner[0] + inner[2] - small[0] - 8, inner[1] + inner[3] - small[1] - 8, *small), looks)
    return f"{count} tiles, panel {panel}, captions {captions}"


def speaker_strip(scene: Scene) -> str:
    """A large speaker, and a strip of others above or at the right; only the strip is asked for."""
    looks = (WORKPLACE, TEAMS)[int(scene.rng.integers(2))]
    width, height = scene.width, scene.height
    scene.box((0, 0, width, height), f"background:{looks.page}")
    labelled(scene, (0, height - 60, width, 60), looks.page)
    aside = scene.chance(0.5)
    count = int(scene.rng.integers(3, 7))
    wide = min(width * 0.17, (width - 40) / count - 8) if not aside else min(width * 0.17, 240)
    tall = wide * 9 / 16
    if aside:
        count = min(count, int((height - 110) // (tall + 6)))
        strip = [(width - wide - 10, 40 + k * (tall + 6), wide, tall) for k in range(count)]
        stage = (10.0, 40.0, width - wide - 30, height - 110)
    else:
        start = (width - count * (wide + 6) + 6) / 2
        strip = [(start + k * (wide + 6), 30, wide, tall) for k in range(count)]
        stage = (10.0, 44 + tall, width - 20, height - tall - 114)
    for place in strip:
        scene.tile(place, looks)
    big = min(stage[2], stage[3] * 16 / 9)
    myself(scene, (stage[0] + (stage[2] - big) / 2, stage[1] + (stage[3] - big * 9 / 16) / 2,
                   big, big * 9 / 16), looks)  # fmt: skip
    return f"{count} in the strip, aside {aside}"


def over_windows(scene: Scene) -> str:
    """A small meeting window over a page or a document with pictures, or beside one."""
    left, top, wide, high = browser(scene, (0, 0, scene.width, scene.height))
    scene.box((left, top, wide, high), "background:#fff")
    for k in range(int(high // 30)):
        scene.text(left + 40, top + 20 + 30 * k, words(scene, 6, 14), "color:#333;font-size:15px")
    for k in range(3):
        scene.photo((left + 40 + 340 * k, top + 120, 310, 200))
    shared(scene, (left + 60, top + high * 0.55, wide * 0.4, high * 0.5))
    share = float(scene.rng.uniform(0.4, 0.65))
    area = (
        scene.width * float(scene.rng.uniform(0, 1 - share)),
        scene.height * float(scene.rng.uniform(0.05, 0.9 - share)),
        scene.width * share,
        scene.height * share,
    )
    x, y, w, h = window(scene, area, "#1a1a1a")
    scene.box((x, y, w, h), f"background:{WORKPLACE.page}")
    labelled(scene, (x, y + h - 54, w, 54), WORKPLACE.page)
    count = int(scene.rng.choice([2, 3, 4, 6, 9, 12]))
    scene.tiles(count, (x + 8, y + 8, w - 16, h - 72), WORKPLACE)
    return f"{count} tiles in {share:.2f} of the screen"


def two_monitors(scene: Scene) -> str:
    """A picture of two screens: a gallery on the one, work on the other."""
    half = scene.width / 2
    first = scene.chance(0.5)
    work, meet = (0.0, half) if first else (half, 0.0)
    scene.box((work, 0, half, scene.height), "background:#fafafa")
    for k in range(int(scene.height // 28)):
        scene.text(work + 40, 30 + 28 * k, words(scene, 3, 8), "color:#333;font-size:14px")
    scene.photo((work + 60, 120, half * 0.6, half * 0.4))
    looks = replace(WORKPLACE, page="#000000")
    scene.box((meet, 0, half, scene.height), f"background:{looks.page}")
    count = int(scene.rng.choice([4, 6, 9, 16, 25]))
    scene.tiles(count, (meet + 6, 30, half - 12, scene.height - 90), looks)
    return f"{count} tiles"


def overflow(scene: Scene) -> str:
    """Teams: videos on the stage, those without picture in small tiles below, the last says how many more."""
    looks = TEAMS if scene.chance(0.5) else TEAMS_LIGHT
    width, height = scene.width, scene.height
    scene.box((0, 0, width, height), f"background:{looks.page}")
    labelled(scene, (0, 0, width, 60), "#292929" if looks is TEAMS else "#ffffff")
    count = int(scene.rng.choice([2, 4, 6, 9]))
    scene.off_share = 0.0
    scene.tiles(count, (10, 70, width - 20, height * 0.74), looks)
    side = height * 0.1
    for k in range(int(scene.rng.integers(2, 6))):
        place = (width - 20 - (k + 1) * (side * 16 / 9 + 6), height - side - 16, side * 16 / 9, side)
        scene.box(place, f"background:{looks.off[0]};border-radius:{looks.radius}px")
        disc = (place[0] + place[2] / 2 - side * 0.25, place[1] + side * 0.25, side * 0.5, side * 0.5)
        scene.box(disc, f"border-radius:50%;background:hsl({k * 80},40%,60%)")
    return f"{count} tiles on {looks.page}"


MODERN: dict[str, Callable[[Scene], str]] = {
    "workplace": workplace,
    "mostly off": mostly_off,
    "nameless": nameless,
    "one to one": one_to_one,
    "floating": floating,
    "speaker strip": speaker_strip,
    "over windows": over_windows,
    "two monitors": two_monitors,
    "overflow": overflow,
}
"""More kinds of meetings, drawn as those of ``programs``."""
