"""The names on the labels of the real gallery pictures, and drawn galleries in which every camera is on."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import replace

from agent.classroom.gallery import Drawing, Gallery, Plan
from agent.classroom.script import Script
from agent.classroom.styles import style_named
from agent.values import Box, Slot
from tests.paths import absent

GRID = (
    "Monica Adebayo", "Josh Nelson", "Margaret Ramsey", "Korbin Montgomery", "Anastasia Rebkov", "Erica Holt",
    "Rafael Villanueva", "Alyssa Fletcher", "Rajesh Sharma", "Malia Ford", "Takuya Kato", "Dayami Yoshino",
    "Kiera Andrade", "Eddy Franklin", "Guadalupe Silva", "Geoff VonDoupe",
)  # fmt: skip
"""Those of ``grid-4x4.jpg`` in reading order, as they stand on labels 13 px high."""
WRITTEN = {
    "grid-4x4.jpg": GRID,
    "tablet-2x2.png": ("Courtney Henry", "Theresa Webb", "Cody Fisher", "Warren Smith"),
    "ragged-3+2.png": ("이희래", "양예지", "Hyung Gyu Lee", "김선경(20200756)", "20200756 김선경"),
}
"""By picture: letters 13 px, 5 px and 15 px high, the last with the coloured rims of Windows."""


CYRILLIC = (
    "Анна Иванова", "Борис Петров", "Мария Сидорова", "Олег Кузнецов", "Вера Попова", "Иван Соколов",
    "Рома Осетров", "Катя Орлова", "Сора Ноев", "Денис Морозов", "Ольга Волкова", "Павел Лебедев",
    "Светлана Новикова", "Тарас Мельник", "Юлия Ткачук", "Ната Коса",
)  # fmt: skip
"""Names of which some are Latin words to the eye: "Copa Hoes", "Hata Koca"."""


def need_tesseract(*languages: str) -> None:
    """Skip the test where Tesseract or one of these languages is not installed; on CI it fails."""
    program = shutil.which("tesseract")
    listed = [] if program is None else subprocess.run(
        [program, "--list-langs"], capture_output=True, check=True, text=True
    ).stdout.split()  # fmt: skip
    if missing := [one for one in languages if one not in listed]:
        absent(f"Tesseract with {', '.join(missing)} is not installed: install tesseract-ocr")


def slot_of(box: Box) -> Slot:
    """A tile with video at a place of a frame."""
    return Slot(box, 0, 0, box, True)


def drawn(
    count: int, style: str = "zoom", size: tuple[int, int] = (1280, 720), names: Sequence[str] = ()
) -> Drawing:
    """A gallery of so many, the same each time; they are called by ``names`` where there are any."""
    scene = Script(5, count, page_size=count).scene_at(0.0)
    shown = [replace(one, camera_on=True) for one in scene.shown]
    called = [*names[: len(shown)], *(one.participant.name for one in shown[len(names) :])]
    shown = [
        replace(one, participant=replace(one.participant, name=name))
        for one, name in zip(shown, called, strict=True)
    ]
    scene = replace(scene, shown=tuple(shown))
    return Gallery(Plan(style_named(style), size)).draw(scene)
