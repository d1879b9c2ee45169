"""Who sits where, told by the order of the tiles: programs keep it while people come and go."""

from __future__ import annotations

from collections.abc import Sequence

UNKNOWN, FOREIGN = -1, -2
"""A place of which nothing is known, and one that is taken by somebody who was not there before."""


def fill_by_order(given: Sequence[int], before: int) -> list[int]:
    """Fill unknown places by order.

    ``given`` says for each place, in reading order, which of the ``before`` former places its participant
    had, or UNKNOWN or FOREIGN. Unknown places between two known ones take the participants who sat between
    those, if there are as many. A single one that is left otherwise is who moved there. The ends of a page
    stay unknown: when somebody leaves a page, the next page's first one slides in at its end. Nothing is done
    while less than half of the places are known: that is another page.
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
    """Start and end (exclusive) of each run of unknown places."""
    runs = []
    start = None
    for place, one in enumerate([*given, FOREIGN]):
        if one == UNKNOWN and start is None:
            start = place
        elif one != UNKNOWN and start is not None:
            runs.append((start, place))
            start = None
    return runs
