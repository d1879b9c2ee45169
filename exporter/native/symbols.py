"""Colours and drawings of labels and states, equal to those of the pages.

``exporter/pages/palette.css`` and ``palette.js`` explain the choice of colours; a test compares both.
"""

from __future__ import annotations

import math
from typing import Any

COLOURS = {
    "happy": "#f0e442",
    "surprise": "#9adcf5",
    "neutral": "#8b929c",
    "sad": "#2c8beb",
    "fear": "#b880c8",
    "disgust": "#12b87e",
    "angry": "#e0602a",
}
INK, TEXT, QUIET = "#101216", "#f4f6f8", "#c3cad4"
ALERT = "#ffb454"
GRAVE = "#8c1d18"


def _star(points: int, outer: float, inner: float) -> str:
    corners = []
    for index in range(points * 2):
        radius, angle = (inner if index % 2 else outer), math.pi * index / points
        corners.append(f"{12 + radius * math.sin(angle):.2f} {12 - radius * math.cos(angle):.2f}")
    return f"M{'L'.join(corners)}Z"


FACES: dict[str, dict[str, Any]] = {
    "happy": {
        "shape": "M12 1.5a10.5 10.5 0 1 0 0 21a10.5 10.5 0 1 0 0-21Z",
        "eyes": ((8.3, 9.4), (15.7, 9.4)),
        "lines": "M6.6 13.6c1.8 4.6 9 4.6 10.8 0",
    },
    "surprise": {
        "shape": _star(9, 11.8, 9.2),
        "eyes": ((8.6, 9.0), (15.4, 9.0)),
        "mouth": "M12 12.2a2.3 2.9 0 1 0 0 5.8a2.3 2.9 0 1 0 0-5.8Z",
    },
    "neutral": {
        "shape": "M7 2.2h10a4.8 4.8 0 0 1 4.8 4.8v10a4.8 4.8 0 0 1-4.8 4.8h-10a4.8 4.8 0 0 1-4.8-4.8v-10"
        "a4.8 4.8 0 0 1 4.8-4.8Z",
        "eyes": ((8.0, 9.6), (16.0, 9.6)),
        "lines": "M7.2 15.4h9.6",
    },
    "sad": {
        "shape": "M12 .8c2.6 4.6 9.4 8.4 9.4 13.8a9.4 8.6 0 0 1-18.8 0c0-5.4 6.8-9.2 9.4-13.8Z",
        "eyes": ((8.6, 12.6), (15.4, 12.6)),
        "lines": "M8 19c1.4-3.4 6.6-3.4 8 0",
    },
    "fear": {
        "shape": "M12 .6 23.4 12 12 23.4.6 12Z",
        "eyes": ((8.8, 10.0), (15.2, 10.0)),
        "lines": "M7 15.2l2.5-1.9 2.5 1.9 2.5-1.9 2.5 1.9",
    },
    "disgust": {
        "shape": "M6.4 2.2h11.2L23.2 12l-5.6 9.8H6.4L.8 12Z",
        "eyes": (),
        "lines": "M6.6 8.6l3.8 1.6M17.4 8.6l-3.8 1.6M6.8 16.4c2.6-3.4 4.6 1.4 10.2-2.6",
    },
    "angry": {
        "shape": "M12 1 23.4 22H.6Z",
        "eyes": (),
        "lines": "M7.9 12l3 2.2M16.1 12l-3 2.2M8 18.6h8",
    },
}
"""Outline and features on a 24x24 grid; ``eyes`` are dots, ``lines`` are strokes, ``mouth`` is filled."""

SIGNS = {
    "camera_off": "M3 7.5h11v9h-11ZM14 10.8l6-3v8.4l-6-3M3.2 3.4l17 17.4",
    "no_face": "M12 3.5a4.6 5 0 1 0 0 10a4.6 5 0 1 0 0-10ZM3.5 21c1-5.6 16-5.6 17 0",
    "excluded": "M12 3a9 9 0 1 0 0 18a9 9 0 1 0 0-18ZM5.8 5.8l12.4 12.4",
    "abstained": "M5 12h.01M12 12h.01M19 12h.01",
    "present": "M12 3a9 9 0 1 0 0 18a9 9 0 1 0 0-18ZM8.8 10.5h.01M15.2 10.5h.01",
}


def symbol_svg(name: str) -> str:
    """The drawing for a label or state as an SVG picture of 24x24."""
    if name in FACES:
        face = FACES[name]
        parts = [f'<path fill="{COLOURS[name]}" d="{face["shape"]}"/>']
        parts += [f'<circle fill="{INK}" cx="{x}" cy="{y}" r="1.6"/>' for x, y in face["eyes"]]
        if "lines" in face:
            parts.append(_stroke(face["lines"], INK, 2.2))
        if "mouth" in face:
            parts.append(f'<path fill="{INK}" d="{face["mouth"]}"/>')
    else:
        parts = [_stroke(SIGNS[name], QUIET, 3.4 if name == "abstained" else 2.0)]
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24">{"".join(parts)}</svg>'


def _stroke(path: str, colour: str, width: float) -> str:
    return (
        f'<path fill="none" stroke="{colour}" stroke-width="{width}" stroke-linecap="round" '
        f'stroke-linejoin="round" d="{path}"/>'
    )
