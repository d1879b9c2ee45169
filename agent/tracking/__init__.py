"""Follows a gallery over time: its layout, which tiles changed, whose cameras are on, and who speaks."""

from agent.tracking.gallery import GalleryTracker

__all__ = ["GalleryTracker"]
