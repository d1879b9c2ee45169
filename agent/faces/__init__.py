"""Finds the face in each tile, crops and judges it, and reads it again only where it changed."""
