"""Keeping the layout and the participants' ids over time, and saying who speaks and which picture changed."""

from agent.tracking.gallery import GalleryTracker

__all__ = ["GalleryTracker"]
