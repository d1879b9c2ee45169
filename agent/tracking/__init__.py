"""Keeps the layout and the participants' ids over time, and tells who speaks and which tiles changed."""

from agent.tracking.gallery import GalleryTracker

__all__ = ["GalleryTracker"]
