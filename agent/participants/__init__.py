"""Keeps each participant's id by the picture of the name label, never by the face."""
