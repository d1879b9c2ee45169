"""Who sits where, told by the order of the tiles: programs keep it while people come and go."""

from __future__ import annotations

from collections.abc import Sequence

UNKNOWN, FOREIGN = -1, -2
"""A place of which nothing is known, and one that is taken by somebody who was not there before."""


def in_order(given: Sequence[int], plain: Sequence[bool], before: int) -> list[int]:
    """Fill unknown places by order.

    ``given`` says for each place, in reading order, which of the ``before`` former places its participant
    had, or UNKNOWN or FOREIGN. Unknown places between two known ones take the participants who sat between
    those, if there are as many; and if nobody came or left, those who remain take what remains. A place whose
    label is ``plain`` to read, and nobody's, is filled only between two known ones: at the ends of a page and
    when pages overlap it is more likely somebody new's. Nothing is done while less than half of the places
    are known: that is another page.
    """
    filled = list(given)
    known = [one for one in given if one >= 0]
    if 2 * len(known) < len(given):
        return filled
    left = [index for index in range(before) if index not in set(known)]
    for start, end in _runs(given):
        after = given[start - 1] if start else -1
        until = given[end] if end < len(given) else before
        open_end = start == 0 or end == len(given)
        if FOREIGN in {after, until} or (open_end and any(plain[start:end])):
            continue
        between = [index for index in left if after < index < until]
        if len(between) == end - start:
            filled[start:end] = between
    left = [index for index in left if index not in set(filled)]
    open_ = [place for place, one in enumerate(filled) if one == UNKNOWN]
    if len(left) == len(open_) and before == len(given) and not any(plain[place] for place in open_):
        for place, index in zip(open_, left, strict=True):
            filled[place] = index
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
