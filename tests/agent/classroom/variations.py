"""Random galleries over everything that varies between real ones, and random pages without one.

For tests and measurement of the layout finder: equal seeds give equal pictures.
"""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
from numpy.random import Generator

from agent.classroom.face import HeadLook
from agent.classroom.features import Gaze, Turn
from agent.classroom.gallery import Gallery
from agent.classroom.rooms import KINDS
from agent.classroom.scene import ASPECTS, Participant, Scene, Shown, TileTruth, random_class
from agent.classroom.styles import STYLES, Plan, Style
from agent.values import LABELS, Pixels
from tests.agent.classroom.pages import PAGES

SIZES: tuple[tuple[int, int], ...] = (
    (1280, 720), (1920, 1080), (1366, 768), (1440, 900), (1024, 768), (1600, 1000), (960, 540), (800, 600),
)  # fmt: skip
SMALLEST = (78, 44)
"""The least width and height of a tile: a page of 49 in a small window has tiles of 80x45."""


def random_plan(rng: Generator) -> Plan:
    """A gallery window: style, theme, size, gap, radius, tile shape and what surrounds the tiles."""
    style: Style = list(STYLES.values())[int(rng.integers(len(STYLES)))]
    if rng.random() < 0.5:
        gap = int(rng.choice([0, 1, 2, 4, 6, 8, 10, 12, 16]))
        # Without a gap no program rounds its tiles.
        radius = int(rng.choice([0, 0, 4, 8, 12, 16])) if gap else 0
        style = replace(style, gap=gap, radius=radius, last_row=str(rng.choice(["centre", "left"])))
    if rng.random() < 0.15:
        page = ((13, 13, 13), (0, 0, 0), (24, 40, 72), (72, 44, 90), (20, 70, 64))[int(rng.integers(5))]
        style = replace(style, page=page, off=tuple((r + 8, g + 8, b + 8) for r, g, b in (page,)))
    return Plan(
        style=style,
        size=SIZES[int(rng.integers(len(SIZES)))],
        aspect=float(rng.choice([16 / 9, 16 / 9, 16 / 9, 4 / 3, 1.0, 3 / 4])),
        title=bool(rng.random() < 0.6),
        tools=bool(rng.random() < 0.7),
        task_bar=bool(rng.random() < 0.3),
        panel=str(rng.choice(["", "", "", "people", "chat"])),
        shared=str(rng.choice(["", "", "", "", "", "left", "top"])),
        inset=float(rng.choice([0.0, 0.0, 0.0, 0.06, 0.12])),
        fade_to_page=bool(rng.random() < 0.15),
        labels=bool(rng.random() < 0.93),
        letterbox=bool(rng.random() < 0.2),
        bars=(0, 0, 0) if rng.random() < 0.6 else style.off[0],
        decor=int(rng.integers(1000)),
    )


def random_shown(who: Participant, rng: Generator) -> Shown:
    """One participant in some moment."""
    label = LABELS[int(rng.integers(len(LABELS)))]
    strength = float(rng.uniform(0.5, 1.0))
    gaze = Gaze(float(rng.uniform(-0.8, 0.8)), float(rng.uniform(-0.3, 0.6)), float(rng.random() < 0.06))
    turn = Turn(
        float(rng.choice([-0.28, -0.14, 0.0, 0.0, 0.14, 0.28])), float(rng.choice([-0.1, 0.0, 0.0, 0.12]))
    )
    return Shown(
        replace(
            who,
            room=str(rng.choice(list(KINDS))),
            at=(float(rng.uniform(0.36, 0.64)), float(rng.uniform(0.42, 0.54))),
            near=float(rng.uniform(0.13, 0.24)),
            aspect=float(rng.choice(list(ASPECTS.values()), p=[0.7, 0.17, 0.13])),
        ),
        camera_on=bool(rng.random() < 0.82),
        label=label,
        intensity=strength,
        look=HeadLook(((label, strength),), gaze=gaze, turn=turn),
        sway=(float(rng.uniform(-0.1, 0.1)), float(rng.uniform(-0.1, 0.1)), float(rng.uniform(-9, 9))),
        muted=bool(rng.random() < 0.6),
        hand=bool(rng.random() < 0.06),
    )


def random_gallery(seed: int) -> tuple[Pixels, tuple[TileTruth, ...], str]:
    """A gallery page: pixels RGB uint8 (H, W, 3), the truth of its tiles, and what it is in words.

    1 to 49 tiles, none smaller than SMALLEST; a page of many tiles drops the plans in which they do not fit.
    """
    rng = np.random.default_rng((seed, 41))
    count = int(
        rng.choice([1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 14, 16, 19, 20, 23, 25, 25, 30, 36, 42, 47, 49, 49])
    )
    gallery = _roomy(rng, count)
    shown = [random_shown(who, rng) for who in random_class(int(rng.integers(1 << 20)), count)]
    if not any(one.camera_on for one in shown):
        shown[0] = replace(shown[0], camera_on=True)
    speaker = int(rng.integers(-count, count))
    if speaker >= 0:
        shown[speaker] = replace(shown[speaker], speaking=True, muted=False)
    pages = int(rng.choice([1, 1, 1, 2, 3]))
    people = tuple(one.participant.name for one in shown)
    scene = Scene(0.0, tuple(shown), int(rng.integers(pages)), pages, people)
    drawing = gallery.draw(scene)
    pixels, how = _compressed(drawing.pixels, np.random.default_rng((seed, 43)))
    return pixels, drawing.truth, _description(gallery.plan, scene) + how


def _compressed(pixels: Pixels, rng: Generator) -> tuple[Pixels, str]:
    """Now and then the picture as JPEG leaves it, as many screenshots are kept; and that in words."""
    if rng.random() < 0.75:
        return pixels, ""
    quality = int(rng.integers(60, 96))
    packed = cv2.imencode(".jpg", pixels[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    opened = np.asarray(cv2.imdecode(packed, cv2.IMREAD_COLOR), np.uint8)
    return np.ascontiguousarray(opened[..., ::-1]), f", JPEG {quality}"


def _roomy(rng: Generator, count: int) -> Gallery:
    """A random plan in which ``count`` tiles are large enough."""
    for _ in range(40):
        gallery = Gallery(random_plan(rng))
        box = gallery.places(count)[0].box
        if box.width >= SMALLEST[0] and box.height >= SMALLEST[1]:
            return gallery
    return Gallery(Plan(STYLES["zoom"]))


def _description(plan: Plan, scene: Scene) -> str:
    """The plan in words, for messages of failing tests."""
    style = plan.style
    parts = [
        f"{len(scene.shown)} tiles", style.name, f"{plan.size[0]}x{plan.size[1]}",
        f"aspect {plan.aspect:.2f}",
        f"gap {style.gap}", f"radius {style.radius}", f"last row {style.last_row}", f"page {style.page}",
    ]  # fmt: skip
    flags = ("title", "tools", "task_bar", "fade_to_page", "labels", "letterbox")
    parts += [name for name in flags if getattr(plan, name)]
    parts += [f"{name} {getattr(plan, name)}" for name in ("panel", "shared", "inset") if getattr(plan, name)]
    if scene.pages > 1:
        parts.append(f"page {scene.page + 1} of {scene.pages}")
    return ", ".join(parts)


def random_page(seed: int) -> tuple[Pixels, str]:
    """A page without a gallery, and its kind: one of ``pages.PAGES``, in turn."""
    rng = np.random.default_rng((seed, 42))
    kind = list(PAGES)[seed % len(PAGES)]
    return PAGES[kind](seed, SIZES[int(rng.integers(len(SIZES)))]), kind
