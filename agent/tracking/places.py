"""Numbers the rows and columns of the tiles that are in sight. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from agent.values import Slot


def numbered(slots: Sequence[Slot]) -> tuple[Slot, ...]:
    """Slots in reading order, with rows and columns numbered from 0 without the tiles left out.

    A gallery partly hidden by a window is numbered like the visible part alone: a user counts the tiles on
    the screen.
    """
    rows = {row: number for number, row in enumerate(sorted({slot.row for slot in slots}))}
    before = dict.fromkeys(rows, 0)
    found = []
    for slot in slots:
        found.append(replace(slot, row=rows[slot.row], col=before[slot.row]))
        before[slot.row] += 1
    return tuple(found)
