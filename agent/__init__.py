"""Pixels in, readings out: the agent that reads a meeting's gallery on the teacher's own machine."""

__version__ = "0.1.0"
