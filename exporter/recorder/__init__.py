"""Keeps the readings of a session, never a picture, in one SQLite file that survives a crash."""
