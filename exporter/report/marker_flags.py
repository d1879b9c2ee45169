"""The numbers of markers above a chart: beside each other, or several in one flag."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

ROUND = 14.0
"""Width of the flag of one digit, a circle."""
DIGIT, PADDING, GAP = 6.5, 7.0, 1.0
FARTHEST = 32.0
"""A flag farther away from its markers than this would be taken for somebody else's."""
NEAR = (0.0, 15.0, 30.0, 45.0)
"""Markers at most so far apart share a flag: the first of these with which all flags find a place."""


@dataclass(frozen=True, slots=True)
class Flag:
    """One flag: the numbers of its first and last marker, its middle, and the middle of its markers."""

    first: int
    last: int
    at: float
    marked: float

    @property
    def text(self) -> str:
        return str(self.first) if self.first == self.last else f"{self.first}\N{EN DASH}{self.last}"

    @property
    def width(self) -> float:
        return _width(self.text)


def marker_flags(places: Sequence[float], left: float, right: float) -> list[Flag]:
    """The flags of markers at ``places`` (from the left), kept between ``left`` and ``right``."""
    flags: list[Flag] = []
    for near in NEAR:
        flags = _apart(_grouped(places, near), left, right)
        if all(abs(flag.at - flag.marked) <= FARTHEST for flag in flags):
            break
    return flags


def _width(text: str) -> float:
    return max(ROUND, PADDING + DIGIT * len(text))


def _grouped(places: Sequence[float], near: float) -> list[Flag]:
    groups: list[list[int]] = []
    for index, place in enumerate(places):
        if groups and near and place - places[groups[-1][0]] <= near:
            groups[-1].append(index)
        else:
            groups.append([index])
    middles = [(places[group[0]] + places[group[-1]]) / 2 for group in groups]
    return [
        Flag(group[0] + 1, group[-1] + 1, middle, middle)
        for group, middle in zip(groups, middles, strict=True)
    ]


def _apart(flags: Sequence[Flag], left: float, right: float) -> list[Flag]:
    """The flags moved so that none hides another: to the right first, and back where that is too far."""
    told: list[float] = []
    end = left
    for flag in flags:
        told.append(max(flag.at, end + flag.width / 2))
        end = told[-1] + flag.width / 2 + GAP
    end = right
    for index in reversed(range(len(flags))):
        told[index] = min(told[index], end - flags[index].width / 2)
        end = told[index] - flags[index].width / 2 - GAP
    return [
        Flag(flag.first, flag.last, round(at, 1), round(flag.marked, 1))
        for flag, at in zip(flags, told, strict=True)
    ]
