"""Words to fill drawn screens with, by a random generator."""

from __future__ import annotations

from numpy.random import Generator

WORDS = (
    "leaf", "light", "water", "cell", "energy", "sugar", "oxygen", "root", "stem", "chart", "table",
    "value", "result", "test", "class", "lesson", "answer", "map", "river", "north", "island", "history",
    "number", "angle", "sum", "graph", "reading", "poem", "verse", "paper", "colour", "music", "sound",
    "wave", "metal", "salt", "plant", "animal", "bridge", "engine", "market", "price", "letter", "window",
    "garden", "morning", "report", "figure", "list", "index", "total", "mean", "first", "second",
)  # fmt: skip


def word(rng: Generator) -> str:
    """One word."""
    return WORDS[int(rng.integers(len(WORDS)))]


def line(rng: Generator, count: int) -> str:
    """``count`` words."""
    return " ".join(word(rng) for _ in range(count))


def title(rng: Generator) -> str:
    """A heading of three words."""
    return line(rng, 3).capitalize()
