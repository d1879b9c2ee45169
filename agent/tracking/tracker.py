"""Defines what the pipeline needs of a tracker."""

from __future__ import annotations

from typing import Protocol

from agent.values import Frame, Tile


class Tracker(Protocol):
    """Finds the tiles of a frame and keeps their ids."""

    @property
    def searching(self) -> bool:
        """Whether the layout is being searched in the background."""

    def update(self, frame: Frame) -> tuple[Tile, ...]:
        """The tiles of one frame in reading order."""

    def try_another(self, frame: Frame) -> bool:
        """Whether other tiles of the last frame are held from now on, because those held show no people."""

    def close(self) -> None:
        """End the search; may be called twice."""
