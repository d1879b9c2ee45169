"""Draws a scene as a gallery page, and says exactly where everything is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from agent.classroom import chrome
from agent.classroom.brush import Colour, mix
from agent.classroom.scene import Participant, Scene, Shown, TileTruth
from agent.classroom.styles import Place, Style, arrange
from agent.classroom.text import fitted, put_mask, put_text, text_mask
from agent.classroom.video import draw_video, still_face
from agent.values import Box, Pixels


@dataclass(frozen=True, slots=True)
class Plan:
    """One gallery window: its style and everything around the tiles. ``size`` is (width, height) in pixels.

    ``inset`` shrinks the window inside the frame and shows a desktop around it (parts of the frame);
    ``panel`` is "", "people" or "chat"; ``shared`` puts a shared screen beside the gallery ("", "left", "top").
    """

    style: Style
    size: tuple[int, int] = (1280, 720)
    aspect: float = 16 / 9
    cols: int | None = None
    title: bool = True
    tools: bool = True
    task_bar: bool = False
    panel: str = ""
    shared: str = ""
    inset: float = 0.0
    fade_to_page: bool = False
    labels: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class Drawing:
    """A drawn frame, RGB uint8 (H, W, 3), with the truth of its tiles in reading order."""

    pixels: Pixels
    truth: tuple[TileTruth, ...]


class Gallery:
    """Draws scene after scene by one plan, redrawing only the tiles in which something changed."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        # Lengths of a style are given for a window 720 pixels high.
        self._unit = min(plan.size[0] / 1280, plan.size[1] / 720)
        self._canvas: Pixels = np.zeros((plan.size[1], plan.size[0], 3), np.uint8)
        self._surroundings: tuple[object, ...] | None = None
        self._drawn: dict[Box, tuple[Shown, TileTruth]] = {}

    def draw(self, scene: Scene) -> Drawing:
        """The frame for ``scene``; the pixels are the caller's own."""
        surroundings = (len(scene.shown), scene.page, scene.pages, scene.present if self.plan.panel else ())
        if surroundings != self._surroundings:
            self._draw_surroundings(scene)
            self._surroundings, self._drawn = surroundings, {}
        places = self.places(len(scene.shown))
        truth = [self._tile(shown, place) for shown, place in zip(scene.shown, places, strict=True)]
        pixels = self._canvas.copy()
        self._draw_arrows(pixels, scene)
        return Drawing(pixels, tuple(truth))

    def places(self, count: int) -> list[Place]:
        """Where ``count`` tiles are."""
        style, plan = self.plan.style, self.plan
        return arrange(count, self._area(), plan.aspect, round(style.gap * self._unit), style.last_row, plan.cols)

    def _px(self, length: float) -> int:
        return max(round(length * self._unit), 1)

    def _window(self) -> Box:
        width, height = self.plan.size
        room = height - (self._px(40) if self.plan.task_bar else 0)
        x, y = round(width * self.plan.inset), round(room * self.plan.inset)
        return Box(x, y, width - 2 * x, room - 2 * y)

    def _stage(self) -> Box:
        """The window without its title, tools and side panel."""
        box = self._window()
        top = self._px(26) if self.plan.title else 0
        bottom = self._px(54) if self.plan.tools else 0
        side = box.width // 5 if self.plan.panel else 0
        return Box(box.left, box.top + top, box.width - side, box.height - top - bottom)

    def _area(self) -> Box:
        """Where the tiles may be."""
        stage, margin = self._stage(), round(self.plan.style.margin * self._unit)
        if self.plan.shared == "left":
            cut = stage.width * 3 // 4
            stage = Box(stage.left + cut, stage.top, stage.width - cut, stage.height)
        elif self.plan.shared == "top":
            cut = stage.height * 3 // 4
            stage = Box(stage.left, stage.top + cut, stage.width, stage.height - cut)
        return Box(stage.left + margin, stage.top + margin, stage.width - 2 * margin, stage.height - 2 * margin)

    def _shared_box(self) -> Box:
        stage, margin = self._stage(), self._px(8)
        wide = stage.width * 3 // 4 if self.plan.shared == "left" else stage.width
        high = stage.height * 3 // 4 if self.plan.shared == "top" else stage.height
        return Box(stage.left + margin, stage.top + margin, wide - 2 * margin, high - 2 * margin)

    def _draw_surroundings(self, scene: Scene) -> None:
        from agent.classroom.pages import desktop, slide  # pages draws photos of faces and needs this package

        plan, style, canvas = self.plan, self.plan.style, self._canvas
        light = sum(style.page) > 380
        canvas[:] = desktop(7, plan.size) if plan.inset else style.page
        window = self._window()
        chrome.fill(canvas, window, style.page)
        if plan.title:
            bar = Box(window.left, window.top, window.width, self._px(26))
            chrome.title_bar(canvas, bar, "Year 9 Biology", light)
        if plan.tools:
            tools = Box(window.left, window.bottom - self._px(54), window.width, self._px(54))
            chrome.tool_bar(canvas, tools, style)
        stage = self._stage()
        if plan.panel:
            panel = Box(stage.right, stage.top, window.right - stage.right, stage.height)
            chrome.side_panel(canvas, panel, style, scene.present, plan.panel == "chat")
        if plan.shared:
            box = self._shared_box()
            box.of(canvas)[:] = slide(3, (box.width, box.height))
        if plan.task_bar:
            height = self._px(40)
            chrome.task_bar(canvas, Box(0, plan.size[1] - height, plan.size[0], height), light)

    def _draw_arrows(self, pixels: Pixels, scene: Scene) -> None:
        if scene.pages < 2:
            return
        area, size = self._stage(), self._px(34)
        middle = area.top + area.height // 2
        note = f"{scene.page + 1}/{scene.pages}"
        if scene.page > 0:
            chrome.arrow(pixels, (area.left + size, middle), size, False, note)
        if scene.page < scene.pages - 1:
            chrome.arrow(pixels, (area.right - size, middle), size, True, note)

    def _tile(self, shown: Shown, place: Place) -> TileTruth:
        known = self._drawn.get(place.box)
        if known and known[0] == shown:
            return known[1]
        box = place.box
        tile, video, face = draw_tile(shown, (box.width, box.height), self.plan, self._unit)
        _round_corners(tile, round(self.plan.style.radius * self._unit), self.plan.style.page)
        box.of(self._canvas)[:] = tile
        truth = TileTruth(
            id=shown.participant.id, name=shown.participant.name, box=box, video=_moved(video, box),
            row=place.row, col=place.col, camera_on=shown.camera_on, speaking=shown.speaking,
            label=shown.label, intensity=shown.intensity, face=_moved(face, box) if face else None,
        )  # fmt: skip
        self._drawn[box] = (shown, truth)
        return truth


def _moved(inner: Box, outer: Box) -> Box:
    return replace(inner, left=inner.left + outer.left, top=inner.top + outer.top)


def draw_tile(shown: Shown, size: tuple[int, int], plan: Plan, unit: float) -> tuple[Pixels, Box, Box | None]:
    """One tile of ``size`` (width, height), the video's box in it, and the face's while the camera is on."""
    whole = Box(0, 0, *size)
    if shown.camera_on:
        video = _video_box(shown.participant.aspect, size)
        edge = plan.style.page if plan.fade_to_page else None
        tile: Pixels = np.zeros((size[1], size[0], 3), np.uint8)
        picture, in_video = draw_video(shown, (video.width, video.height), edge)
        video.of(tile)[:] = picture
        face: Box | None = _moved(in_video, video)
    else:
        video, face = whole, None
        tile = _off_tile(shown.participant, size, plan.style).copy()
    _decorate(tile, shown, plan, unit)
    return tile, video, face


def _video_box(aspect: float, size: tuple[int, int]) -> Box:
    """Where a video of ``aspect`` sits in a tile: it fills a tile of about its own shape, else stands between bars."""
    width, height = size
    if aspect > 0.92 * width / height:
        return Box(0, 0, width, height)
    wide = max(round(height * aspect), 2)
    return Box((width - wide) // 2, 0, wide, height)


@lru_cache(maxsize=64)
def _off_tile(who: Participant, size: tuple[int, int], style: Style) -> Pixels:
    colour = style.off[sum(map(ord, who.name)) % len(style.off)]
    tile: Pixels = np.empty((size[1], size[0], 3), np.uint8)
    tile[:] = colour
    height = max(min(size[1] // 7, size[0] // 9), 6)
    ink: Colour = (240, 240, 240) if sum(colour) < 380 else (50, 52, 58)
    if who.photo:
        side = max(size[1] // 2, 4)
        photo = still_face(replace(who, room="wall", at=(0.5, 0.5), near=0.24), (side, side))
        corner = ((size[0] - side) // 2, (size[1] - side) // 2)
        _paste_disc(tile, photo, corner, round_it=style.off_look == "initials")
    elif style.off_look == "initials":
        radius = max(size[1] // 4, 3)
        disc = mix(colour, ((92, 106, 196), (186, 84, 60), (40, 130, 110), (130, 86, 160))[len(who.name) % 4], 0.75)
        cv2.circle(tile, (size[0] // 2, size[1] // 2), radius, disc, -1, cv2.LINE_AA)
        initials = "".join(part[0] for part in who.name.split()[:2])
        _centred(tile, initials, radius, (245, 245, 245))
    else:
        _centred(tile, fitted(who.name, height, size[0] * 9 // 10), height, ink)
    return tile


def _centred(tile: Pixels, text: str, height: int, ink: Colour) -> None:
    cover = text_mask(text, height)
    left, top = (tile.shape[1] - cover.shape[1]) // 2, (tile.shape[0] - round(height * 1.25)) // 2
    put_mask(tile, cover, left, top, ink)


def _paste_disc(tile: Pixels, photo: Pixels, corner: tuple[int, int], round_it: bool) -> None:
    side = photo.shape[0]
    part = tile[corner[1] : corner[1] + side, corner[0] : corner[0] + side]
    cover = np.full((side, side), 255, np.uint8)
    if round_it:
        cover[:] = 0
        cv2.circle(cover, (side // 2, side // 2), side // 2 - 1, (255,), -1, cv2.LINE_AA)
    share = cover.astype(np.float32)[..., None] / 255
    part[:] = (part + (photo.astype(np.float32) - part) * share + 0.5).astype(np.uint8)


def _decorate(tile: Pixels, shown: Shown, plan: Plan, unit: float) -> None:
    """Paint name label, microphone, raised hand and the speaker's border over a tile."""
    style, (height, width) = plan.style, tile.shape[:2]
    size = max(min(round(13 * unit), height // 8), 6)
    if plan.labels:
        _label(tile, shown, style, size)
    if shown.hand:
        side = max(min(round(26 * unit), height // 4), 8)
        chrome.raised_hand(tile, Box(width - side - size // 2, size // 2, side, side))
    if shown.speaking:
        thick = max(round(style.border_width * unit), 1)
        _border(tile, style, thick, round(style.radius * unit))


def _label(tile: Pixels, shown: Shown, style: Style, size: int) -> None:
    height, width = tile.shape[:2]
    icon = size if shown.muted else 0
    pad = max(size // 3, 2)
    text = fitted(shown.participant.name, size, max(width - icon - 4 * pad, 1))
    wide, high = text_mask(text, size).shape[1] + icon + 2 * pad, round(size * 1.25) + pad
    inset = pad if style.radius or not style.label_box else 0
    box = Box(inset, height - high - inset, wide, high).clipped(width, height)
    if style.label_box:
        under = box.of(tile)
        under[:] = (under * (1 - style.label_box)).astype(np.uint8)
    plain_off = not style.label_box and not shown.camera_on and sum(style.page) > 380
    ink: Colour = (60, 64, 67) if plain_off else style.text
    if icon:
        chrome.muted_icon(tile, Box(box.left + pad // 2 + 1, box.top + pad // 2 + 1, icon * 4 // 5, icon))
    put_text(tile, text, (box.left + pad + icon, box.top + pad // 2), size, ink)


def _border(tile: Pixels, style: Style, thick: int, radius: int) -> None:
    height, width = tile.shape[:2]
    if radius:
        ring = np.subtract(_corner_mask((width, height), radius), 0)
        inner = np.zeros_like(ring)
        small = _corner_mask((width - 2 * thick, height - 2 * thick), max(radius - thick, 0))
        inner[thick : height - thick, thick : width - thick] = small
        put_mask(tile, (ring.astype(np.int16) - inner).clip(0, 255).astype(np.uint8), 0, 0, style.border)
        return
    tile[:thick] = tile[-thick:] = style.border
    tile[:, :thick] = tile[:, -thick:] = style.border


@lru_cache(maxsize=32)
def _corner_mask(size: tuple[int, int], radius: int) -> NDArray[np.uint8]:
    """Coverage (H, W) of a rounded rectangle that fills ``size`` (width, height)."""
    mask: Pixels = np.zeros((size[1], size[0], 3), np.uint8)
    chrome.rounded(mask, Box(0, 0, *size), (255, 255, 255), radius)
    return mask[..., 0].copy()


def _round_corners(tile: Pixels, radius: int, page: Colour) -> None:
    if radius <= 0:
        return
    height, width = tile.shape[:2]
    put_mask_outside = 255 - _corner_mask((width, height), radius)
    r = min(radius + 1, height // 2, width // 2)
    for rows in (slice(0, r), slice(height - r, height)):
        for cols in (slice(0, r), slice(width - r, width)):
            put_mask(tile[rows, cols], put_mask_outside[rows, cols], 0, 0, page)
