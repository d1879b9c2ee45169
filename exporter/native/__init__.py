"""The overlay on the teacher's screen: a client of the feed in a process of its own.

Where things go, how they look, fade and move is decided in modules without Qt; those named ``qt_*`` are the
only ones that import it.
"""
