"""Finds the tiles of a gallery in one picture without knowing the gallery's colours."""

from agent.layout.find import find_layout

__all__ = ["find_layout"]
