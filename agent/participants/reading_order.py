"""Assigns unknown slots by reading order, which programs keep while people come and go."""

from __future__ import annotations

from collections.abc import Sequence

UNKNOWN, FOREIGN = -1, -2
"""Markers for a slot about which nothing is known, and for a slot taken by somebody who was not there
before."""


def fill_by_order(given: Sequence[int], before: int) -> list[int]:
    """Fill unknown slots by order.

    ``given`` tells for each slot, in reading order, which of the ``before`` former slots its participant had,
    or UNKNOWN or FOREIGN.

    - Unknown slots between two known ones get the participants who were between those, if there are as many.
    - A single unknown slot that is left otherwise gets the single participant who is left.
    - The ends of a page stay unknown: when somebody leaves a page, the next page's first participant slides
      in there.
    - Nothing is filled while less than half of the slots are known: that is another page.
    """
    filled = list(given)
    known = {one for one in given if one >= 0}
    if 2 * len(known) < len(given):
        return filled
    left = [index for index in range(before) if index not in known]
    for start, end in _runs(given):
        if start == 0 or end == len(given) or FOREIGN in {given[start - 1], given[end]}:
            continue
        between = [index for index in left if given[start - 1] < index < given[end]]
        if len(between) == end - start:
            filled[start:end] = between
            left = [index for index in left if index not in between]
    unknown = [place for place, one in enumerate(filled) if one == UNKNOWN]
    if before == len(given) and len(left) == len(unknown) == 1:
        slid_in = unknown[0] == len(given) - 1 or (unknown[0] == 0 and left[0] == before - 1)
        if not slid_in:
            filled[unknown[0]] = left[0]
    return filled


def _runs(given: Sequence[int]) -> list[tuple[int, int]]:
    """Start and end (exclusive) of each run of unknown slots."""
    runs = []
    start = None
    for place, one in enumerate([*given, FOREIGN]):
        if one == UNKNOWN and start is None:
            start = place
        elif one != UNKNOWN and start is not None:
            runs.append((start, place))
            start = None
    return runs
