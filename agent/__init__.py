"""The agent: reads a meeting's gallery on the teacher's own machine, from pixels to readings."""

__version__ = "0.1.0"
