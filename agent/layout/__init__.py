"""Finding the tiles of a gallery in one picture, without knowing its colours."""

from agent.layout.find import find_layout

__all__ = ["find_layout"]
