"""The galleries to measure: drawn classes of any size, whose faces are known, and real pictures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from agent.classroom.gallery import Gallery, Plan
from agent.classroom.script import Script, ScriptPace
from agent.classroom.styles import style_named
from agent.errors import ConfigError
from agent.sources.pictures import is_picture, read_picture
from agent.values import Box, Pixels

SIZES = {"720p": (1280, 720), "1080p": (1920, 1080), "1440p": (2560, 1440), "4k": (3840, 2160)}

MOST_BYTES = 96_000_000
"""Maximum bytes of the frames that a live measurement repeats: 15 frames of 1080p, 3 of 4K."""

START = 5.0
"""Seconds into a drawn gallery's lesson at which measuring begins."""

CALM = ScriptPace(reorder=3600.0, page=3600.0, camera_on=3600.0, present=3600.0, absent=1.0, camera_off=1.0)
"""Only ordinary movement: heads sway and turn, people talk, blink and change their expression."""


@dataclass(frozen=True, slots=True, eq=False)
class GalleryPicture:
    """One frame, RGB uint8 (H, W, 3), and the boxes of its faces (None if it was not drawn)."""

    pixels: Pixels
    faces: tuple[Box, ...] | None


class GallerySource(Protocol):
    """Gives the picture of a gallery at any time."""

    @property
    def name(self) -> str:
        """The name in the table."""

    def at(self, time: float) -> GalleryPicture:
        """The gallery ``time`` seconds after its start."""


class DrawnGallery:
    """A drawn class of ``count`` on one page at one of SIZES, the same each time.

    Raises ConfigError for a count or a size that cannot be drawn.
    """

    def __init__(self, count: int, size: str, seed: int) -> None:
        if not 1 <= count <= 49:
            raise ConfigError(f"--tiles must be 1 to 49, got {count}")
        if size not in SIZES:
            raise ConfigError(f"--sizes are {', '.join(SIZES)}, got {size}")
        self.name = f"{count} tiles, {size}"
        self._script = Script(seed, count, page_size=count, pace=CALM)
        self._gallery = Gallery(Plan(style_named("zoom"), SIZES[size]))

    def at(self, time: float) -> GalleryPicture:
        """The class after ``time`` seconds, with the faces that it really shows."""
        drawing = self._gallery.draw(self._script.scene_at(time))
        return GalleryPicture(
            drawing.pixels, tuple(one.face for one in drawing.truth if one.face is not None)
        )


class RealGallery:
    """One picture of a gallery, which never moves."""

    def __init__(self, path: Path) -> None:
        self.name = path.name
        self._picture = GalleryPicture(read_picture(path), None)

    def at(self, time: float) -> GalleryPicture:
        """The same picture at any time; its faces are not known."""
        return self._picture


def real_galleries(folder: Path) -> Iterator[RealGallery]:
    """The pictures in a folder, by name. Raises ConfigError when there is none."""
    try:
        if not folder.is_dir():
            raise ConfigError(f"--pictures {folder} is no folder: name one with screenshots of galleries")
        paths = [path for path in sorted(folder.iterdir()) if path.is_file() and is_picture(path)]
    except OSError as error:
        raise ConfigError(
            f"--pictures {folder} cannot be read ({error.strerror or error}): check the path and its "
            "permissions"
        ) from None
    if not paths:
        raise ConfigError(f"--pictures {folder} holds no picture: name a folder of PNG or JPEG screenshots")
    yield from (RealGallery(path) for path in paths)


def loop(gallery: GallerySource, hz: float) -> list[Pixels]:
    """Frames of a gallery at ``hz``, forwards and then backwards, so that repeating them has no jumps."""
    first = gallery.at(START).pixels
    count = max(min(round(3 * hz), MOST_BYTES // first.nbytes), 2)
    forth = [first, *(gallery.at(START + index / hz).pixels for index in range(1, count))]
    return [*forth, *forth[-2:0:-1]]
