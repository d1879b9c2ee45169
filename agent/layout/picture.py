"""One picture that is searched, with what several steps of the search measure in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from agent.layout.contents import Contents
from agent.layout.edges import Edges
from agent.values import Pixels


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """The ``edges`` of one picture, and the ``contents`` of boxes in it; boxes are in its pixels."""

    edges: Edges
    contents: Contents

    @classmethod
    def of(cls, pixels: Pixels) -> Self:
        """The picture with these pixels, RGB uint8 (H, W, 3), which must not change meanwhile."""
        return cls(Edges(pixels), Contents(pixels))

    @property
    def pixels(self) -> Pixels:
        """The picture itself, RGB uint8 (H, W, 3)."""
        return self.contents.pixels
