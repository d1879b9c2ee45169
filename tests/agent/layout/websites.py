"""Web pages full of pictures that are no gallery: shops, image searches, video sites, walls, files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from tests.agent.layout.rendering import Markup, people, photos

WORDS = (
    "winter", "garden", "basic", "set", "of", "three", "wooden", "spoons", "guide", "how", "to", "paint",
    "clouds", "small", "lamp", "review", "part", "two", "easy", "bread", "recipe", "old", "harbour", "light",
    "walking", "shoes", "blue", "large", "new", "music", "live", "concert", "full", "lesson",
)  # fmt: skip
SIZES = ((1280, 720), (1366, 768), (1920, 1080), (1440, 900), (1024, 768))
CSS = """html,body{margin:0;height:100%;overflow:hidden}
    body{font-family:'DejaVu Sans',sans-serif;font-size:13px}
    div,span,img{position:absolute;box-sizing:border-box}img{object-fit:cover}
    .text{line-height:1.35;overflow:hidden}"""


@dataclass
class Screen:
    """What the pages are made of: size in CSS pixels, sources of pictures, and whether the theme is dark."""

    width: float
    height: float
    sources: Sequence[str]
    rng: Generator
    dark: bool

    @property
    def page(self) -> str:
        """The page's colour."""
        return "#0f0f0f" if self.dark else "#ffffff"

    @property
    def ink(self) -> str:
        """The text's colour."""
        return "#f1f1f1" if self.dark else "#202124"

    def words(self, least: int, most: int) -> str:
        """A few words."""
        return " ".join(self.rng.choice(WORDS, int(self.rng.integers(least, most + 1))))

    def picture(self, left: float, top: float, width: float, height: float, radius: float = 0) -> str:
        """A picture in a place."""
        source = self.sources[int(self.rng.integers(len(self.sources)))]
        return (
            f"<img src='{source}' style='left:{left:.2f}px;top:{top:.2f}px;width:{width:.2f}px;"
            f"height:{height:.2f}px;border-radius:{radius}px'>"
        )

    def text(self, left: float, top: float, width: float, words: str, style: str = "") -> str:
        """Words in a place; they wrap at ``width``."""
        place = f"left:{left:.1f}px;top:{top:.1f}px;max-width:{width:.1f}px"
        return f"<span class=text style='{place};{style}'>{words}</span>"

    def header(self, height: float) -> str:
        """A bar with a logo, a search field and buttons."""
        back = "#202020" if self.dark else "#f1f3f4"
        return (
            self.text(24, height / 2 - 12, 200, "Commonplace", "font-size:20px;font-weight:bold")
            + f"<span style='left:30%;top:{height / 2 - 18}px;width:36%;height:36px;border-radius:18px;"
            f"background:{back}'></span>"
        )


def shop(screen: Screen) -> str:
    """Products with names of one to three lines, and prices."""
    cols = int(screen.rng.integers(3, 7))
    wide = (screen.width - 40 - (cols - 1) * 16) / cols
    high, body = wide * float(screen.rng.choice([1.0, 1.25, 0.75])), screen.header(64)
    for row in range(4):
        for col in range(cols):
            x, y = 20 + col * (wide + 16), 80 + row * (high + 84)
            body += screen.picture(x, y, wide, high) + screen.text(x, y + high + 6, wide, screen.words(2, 9))
            price = f"{screen.rng.uniform(3, 90):.2f}"
            body += screen.text(x, y + high + 46, wide, price, "font-weight:bold;font-size:16px")
    return body


def images(screen: Screen) -> str:
    """An image search: rows of one height, pictures of many widths, a short caption under each."""
    body, y = screen.header(90), 110.0
    while y < screen.height:
        high = float(screen.rng.uniform(150, 200))
        for x, wide in _justified(screen, high, 12):
            body += screen.picture(x, y, wide, high, 12)
            body += screen.text(x, y + high + 4, wide, screen.words(1, 2), "font-size:11px;height:15px")
            body += screen.text(x, y + high + 20, wide, screen.words(2, 5), "height:17px")
        y += high + 52
    return body


def justified(screen: Screen) -> str:
    """A wall of photos in rows of nearly one height without captions, or with titles inside the pictures."""
    named, body, y = bool(screen.rng.random() < 0.5), screen.header(60), 64.0
    high = float(screen.rng.uniform(150, 230))
    style = "color:#fff;font-size:13px;text-shadow:0 0 3px #000"
    while y < screen.height:
        for x, wide in _justified(screen, high, 4):
            body += screen.picture(x, y, wide, high)
            if named:
                body += screen.text(x + 8, y + high - 24, wide - 16, screen.words(2, 4), style)
        y += high + 4
    return body


def videos(screen: Screen) -> str:
    """A video site: 16:9 previews with their length in the corner, title and channel below."""
    cols, side = int(screen.rng.integers(3, 6)), float(screen.rng.choice([0, 72, 220]))
    wide = (screen.width - side - 32 - (cols - 1) * 16) / cols
    high, body = wide * 9 / 16, screen.header(56)
    for row in range(5):
        for col in range(cols):
            x, y = side + 16 + col * (wide + 16), 72 + row * (high + 100)
            body += screen.picture(x, y, wide, high, 12)
            body += screen.text(
                x + wide - 46, y + high - 26, 40, f"{int(screen.rng.integers(1, 60))}:{row}{col}",
                "background:rgba(0,0,0,.8);color:#fff;padding:1px 4px;border-radius:4px;font-size:12px",
            )  # fmt: skip
            body += screen.text(x + 46, y + high + 10, wide - 50, screen.words(3, 10), "max-height:36px")
            body += screen.text(x + 46, y + high + 50, wide - 50, screen.words(1, 3), "color:#888")
            body += screen.picture(x, y + high + 10, 36, 36, 18)
    return body


def masonry(screen: Screen) -> str:
    """Columns of one width with pictures of all heights."""
    cols, gap = int(screen.rng.integers(3, 7)), float(screen.rng.choice([4, 8, 16]))
    wide, body = (screen.width - 24 - (cols - 1) * gap) / cols, screen.header(60)
    for col in range(cols):
        y = 72.0
        while y < screen.height:
            high = wide * float(screen.rng.choice([0.6, 0.75, 1.0, 1.33, 1.5]))
            body += screen.picture(12 + col * (wide + gap), y, wide, high, 16)
            y += high + gap
            if screen.rng.random() < 0.4:
                body += screen.text(20 + col * (wide + gap), y - gap + 4, wide - 16, screen.words(2, 5))
                y += 40
    return body


def stream(screen: Screen) -> str:
    """Films in rows with a headline above each row, titles drawn into the pictures."""
    cols, body, y = int(screen.rng.integers(4, 7)), screen.header(60), 70.0
    wide = (screen.width - 60) / cols
    high = (wide - 8) * 9 / 16
    style = f"color:#fff;font-weight:bold;font-size:{high / 7:.0f}px;text-shadow:0 0 4px #000"
    while y < screen.height:
        body += screen.text(40, y, 400, screen.words(2, 4), "font-size:18px;font-weight:bold")
        for col in range(cols + 1):
            x = 40 + col * wide
            body += screen.picture(x, y + 32, wide - 8, high, 4)
            body += screen.text(x + 12, y + 24 + high * 0.75, wide - 30, screen.words(1, 3), style)
        y += high + 72
    return body


def squares(screen: Screen) -> str:
    """A profile with square photos side by side, no names."""
    cols, gap = int(screen.rng.integers(3, 5)), float(screen.rng.choice([2, 4, 28]))
    wide = min(935, screen.width - 40)
    side, left = (wide - (cols - 1) * gap) / cols, (screen.width - wide) / 2
    body = screen.picture(left + 60, 40, 150, 150, 75)
    body += screen.text(left + 290, 50, 300, screen.words(2, 3), "font-size:20px")
    body += screen.text(left + 290, 100, 400, screen.words(12, 20))
    for row in range(4):
        for col in range(cols):
            body += screen.picture(left + col * (side + gap), 230 + row * (side + gap), side, side)
    return body


def files(screen: Screen) -> str:
    """A file manager: previews of all shapes in equal cells, file names of different widths below."""
    cell = float(screen.rng.choice([110, 150, 190]))
    cols, body = int((screen.width - 220) // cell), screen.header(48)
    for k in range(9):
        body += screen.text(24, 70 + 30 * k, 180, screen.words(1, 2))
    for index in range(cols * 8):
        row, col = divmod(index, cols)
        x, y = 220 + col * cell, 64 + row * (cell + 20)
        wide = cell * float(screen.rng.choice([0.8, 0.8, 0.6, 0.45]))
        high = min(cell * 0.8, wide * float(screen.rng.choice([0.5625, 0.75, 1.0])))
        body += screen.picture(x + (cell - wide) / 2, y + (cell - high) / 2, wide, high)
        name = screen.words(1, 3).replace(" ", "_") + ".jpg"
        style = f"width:{cell}px;text-align:center;font-size:12px;height:17px"
        body += screen.text(x, y + cell - 4, cell, name, style)
    return body


def cards(screen: Screen) -> str:
    """Cards of one size on a grey page: a picture above, a headline and some lines below."""
    cols = int(screen.rng.integers(2, 5))
    wide = (screen.width - 48 - (cols - 1) * 24) / cols
    back = "#1f2023" if screen.dark else "#fafafa"
    high, body = wide * 0.9, screen.header(60)
    for row in range(4):
        for col in range(cols):
            x, y = 24 + col * (wide + 24), 80 + row * (high + 24)
            body += (
                f"<div style='left:{x}px;top:{y}px;width:{wide}px;height:{high}px;border-radius:10px;"
                f"overflow:hidden;background:{back};box-shadow:0 1px 6px rgba(0,0,0,.3)'>"
                + screen.picture(0, 0, wide, high * 0.6)
                + screen.text(
                    14, high * 0.63, wide - 28, screen.words(3, 6), "font-weight:bold;font-size:16px"
                )
                + screen.text(14, high * 0.8, wide - 28, screen.words(8, 18), f"height:{high * 0.17}px")
                + "</div>"
            )
    return body


SITES: dict[str, Callable[[Screen], str]] = {
    "shop": shop,
    "images": images,
    "justified": justified,
    "videos": videos,
    "masonry": masonry,
    "stream": stream,
    "squares": squares,
    "files": files,
    "cards": cards,
}
"""Every kind of page; each is drawn with photos of things or of people."""


def website(seed: int, faces: Sequence[str] | None = None) -> Markup:
    """A random page of pictures; one in three shows people (``faces``, or drawn ones), the others things."""
    rng = np.random.default_rng((seed, 52))
    kind = list(SITES)[seed % len(SITES)]
    size, ratio = SIZES[int(rng.integers(len(SIZES)))], float(rng.choice([1.0, 1.0, 1.25, 1.5]))
    crowd = bool(rng.random() < 1 / 3)
    pictured = (list(faces) if faces is not None else people(rng, 12)) if crowd else photos(rng, 24)
    screen = Screen(size[0] / ratio, size[1] / ratio, pictured, rng, bool(rng.random() < 0.5))
    style = f"<style>{CSS} body{{background:{screen.page};color:{screen.ink}}}</style>"
    theme, shown = "dark" if screen.dark else "light", "people" if crowd else "things"
    what = f"{kind} {size[0]}x{size[1]} at {ratio}, {theme}, {shown}"
    return Markup(f"<!doctype html><meta charset=utf-8>{style}{SITES[kind](screen)}", size, ratio, what)


def _justified(screen: Screen, high: float, gap: float) -> list[tuple[float, float]]:
    """Left ends and widths of pictures of one height that fill a row."""
    shapes: list[float] = []
    while sum(shapes) * high < 0.92 * screen.width:
        shapes.append(float(screen.rng.choice([0.66, 0.75, 1.0, 1.33, 1.5, 1.78])))
    free = screen.width - 24 - gap * (len(shapes) - 1)
    x, found = 12.0, []
    for shape in shapes:
        wide = free * shape / sum(shapes)
        found.append((x, wide))
        x += wide + gap
    return found
