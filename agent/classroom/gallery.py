"""Draws a scene as a gallery page, and gives the exact position of everything on it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from agent.classroom import chrome
from agent.classroom.office import desktop, slide
from agent.classroom.scene import Scene, Shown, TileTruth
from agent.classroom.styles import Grid, GridCell, Plan, arrange
from agent.classroom.tile import draw_tile, moved
from agent.values import Box, Pixels

__all__ = ["Drawing", "Gallery", "Plan"]


@dataclass(frozen=True, slots=True, eq=False)
class Drawing:
    """A drawn frame, RGB uint8 (H, W, 3), with the truth of its tiles in reading order."""

    pixels: Pixels
    truth: tuple[TileTruth, ...]


class Gallery:
    """Draws scene after scene with one plan; redraws only the tiles that changed."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
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

    def places(self, count: int) -> list[GridCell]:
        """The positions of ``count`` tiles."""
        plan = self.plan
        grid = Grid(plan.aspect, round(plan.style.gap * plan.unit), plan.style.last_row, plan.cols)
        return arrange(count, self._area(), grid)

    def _window(self) -> Box:
        width, height = self.plan.size
        room = height - (self.plan.px(40) if self.plan.task_bar else 0)
        x, y = round(width * self.plan.inset), round(room * self.plan.inset)
        return Box(x, y, width - 2 * x, room - 2 * y)

    def _stage(self) -> Box:
        """The window without its title, tools and side panel."""
        box = self._window()
        top = self.plan.px(26) if self.plan.title else 0
        bottom = self.plan.px(54) if self.plan.tools else 0
        side = box.width // 5 if self.plan.panel else 0
        return Box(box.left, box.top + top, box.width - side, box.height - top - bottom)

    def _area(self) -> Box:
        """Where the tiles may be."""
        stage, margin = self._stage(), round(self.plan.style.margin * self.plan.unit)
        if self.plan.shared == "left":
            cut = stage.width * 3 // 4
            stage = Box(stage.left + cut, stage.top, stage.width - cut, stage.height)
        elif self.plan.shared == "top":
            cut = stage.height * 3 // 4
            stage = Box(stage.left, stage.top + cut, stage.width, stage.height - cut)
        return Box(
            stage.left + margin, stage.top + margin, stage.width - 2 * margin, stage.height - 2 * margin
        )

    def _shared_box(self) -> Box:
        stage, margin = self._stage(), self.plan.px(8)
        wide = stage.width * 3 // 4 if self.plan.shared == "left" else stage.width
        high = stage.height * 3 // 4 if self.plan.shared == "top" else stage.height
        return Box(stage.left + margin, stage.top + margin, wide - 2 * margin, high - 2 * margin)

    def _draw_surroundings(self, scene: Scene) -> None:
        plan, style, canvas = self.plan, self.plan.style, self._canvas
        light = sum(style.page) > 380
        canvas[:] = desktop(plan.decor, plan.size) if plan.inset else style.page
        window = self._window()
        chrome.fill(canvas, window, style.page)
        if plan.title:
            bar = Box(window.left, window.top, window.width, self.plan.px(26))
            chrome.title_bar(canvas, bar, "Year 9 Biology", light)
        if plan.tools:
            tools = Box(window.left, window.bottom - self.plan.px(54), window.width, self.plan.px(54))
            chrome.tool_bar(canvas, tools, style)
        stage = self._stage()
        if plan.panel:
            panel = Box(stage.right, stage.top, window.right - stage.right, stage.height)
            chrome.side_panel(canvas, panel, style, scene.present, plan.panel == "chat")
        if plan.shared:
            box = self._shared_box()
            box.of(canvas)[:] = slide(plan.decor, (box.width, box.height))
        if plan.task_bar:
            height = self.plan.px(40)
            chrome.task_bar(canvas, Box(0, plan.size[1] - height, plan.size[0], height), light)

    def _draw_arrows(self, pixels: Pixels, scene: Scene) -> None:
        if scene.pages < 2:
            return
        area, size = self._stage(), self.plan.px(34)
        middle = area.top + area.height // 2
        note = f"{scene.page + 1}/{scene.pages}"
        if scene.page > 0:
            chrome.arrow(pixels, (area.left + size, middle), size, False, note)
        if scene.page < scene.pages - 1:
            chrome.arrow(pixels, (area.right - size, middle), size, True, note)

    def _tile(self, shown: Shown, place: GridCell) -> TileTruth:
        known = self._drawn.get(place.box)
        if known and known[0] == shown:
            return known[1]
        box = place.box
        tile, video, face = draw_tile(shown, (box.width, box.height), self.plan)
        box.of(self._canvas)[:] = tile
        truth = TileTruth(
            id=shown.participant.id, name=shown.participant.name, box=box, video=moved(video, box),
            row=place.row, col=place.col, camera_on=shown.camera_on, speaking=shown.speaking,
            label=shown.label, intensity=shown.intensity, face=moved(face, box) if face else None,
        )  # fmt: skip
        self._drawn[box] = (shown, truth)
        return truth
