"""Rows and columns of the tiles that are in sight. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from agent.values import Slot


def numbered(slots: Sequence[Slot]) -> tuple[Slot, ...]:
    """Slots in reading order, with rows, and in each the tiles, numbered from 0 without those left out.

    A gallery of which a window hides a part is numbered as it would be if it was found like that: who looks
    at the screen counts what is there.
    """
    rows = {row: number for number, row in enumerate(sorted({slot.row for slot in slots}))}
    before = dict.fromkeys(rows, 0)
    found = []
    for slot in slots:
        found.append(replace(slot, row=rows[slot.row], col=before[slot.row]))
        before[slot.row] += 1
    return tuple(found)
