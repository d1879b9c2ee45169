"""Prints how right ids are where layouts come late, as on a busy machine, in a drawn lesson of 49.

Run as ``python -m tests.agent.tracking.measure_late [SECONDS] [DELAY]``; each search lasts DELAY seconds.
"""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from functools import partial

from agent.layout import find_layout
from agent.tracking.gallery import GalleryTracker
from agent.tracking.layout_search import BlockingSearch, FindLayout, LayoutAnswer, SearchRequest
from agent.values import Frame, Tile
from tests.soak.lesson import PAGES, Stage, Truth, Turns

HZ = 5
SAME_PLACE = 0.8


class LateSearch(BlockingSearch):
    """Has its answer at once and tells it later, unless its caller waits."""

    def __init__(self, find: FindLayout, find_expected: FindLayout | None, delay: float) -> None:
        super().__init__(find, find_expected)
        self._delay, self._due = delay, 0.0
        self.now = 0.0

    @property
    def pending(self) -> bool:
        """Whether the answer is still held back."""
        return self._answer is not None and self.now < self._due

    def ask(self, request: SearchRequest, wait: bool) -> None:
        """Find the layout of a frame."""
        super().ask(request, wait)
        self._due = self.now + (0.0 if wait else self._delay)

    def answer(self) -> LayoutAnswer | None:
        """The answer when its time has come."""
        return None if self.pending else super().answer()


@dataclass
class Tally:
    """Whose tiles were shown with which id."""

    shown: int = 0
    found: int = 0
    ids: set[str] = field(default_factory=set)
    owners: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    def take(self, tiles: tuple[Tile, ...], truth: tuple[Truth, ...]) -> None:
        """Count one frame."""
        self.shown += len(truth)
        self.ids |= {tile.id for tile in tiles}
        for tile in tiles:
            true = max(truth, key=lambda one: one.box.iou(tile.slot.box), default=None)
            if true is not None and true.box.iou(tile.slot.box) >= SAME_PLACE:
                self.found += 1
                self.owners[true.id][tile.id] += 1


def main(seconds: float, delay: float) -> None:
    """Print the counts at the end."""
    stage = Stage(4, 49, PAGES, Turns(), 1.0)
    searches: list[LateSearch] = []

    def search(find: FindLayout, find_expected: FindLayout | None) -> LateSearch:
        searches.append(LateSearch(find, find_expected, delay))
        return searches[-1]

    tracker = GalleryTracker(find_layout, find_expected=partial(find_layout, expecting=True), search=search)
    tally = Tally()
    for step in range(round(seconds * HZ)):
        searches[0].now = step / HZ
        pixels, truth = stage.at(step / HZ)
        tally.take(tracker.update(Frame(pixels, step / HZ, 0.0)), truth)
    right = sum(max(row.values()) for row in tally.owners.values())
    print(f"of {tally.shown} tiles shown {tally.found / tally.shown:.4f} found where they are")
    print(f"of those {right / tally.found:.4f} with the id of their owner; {len(tally.ids)} ids given")


if __name__ == "__main__":
    main(*(float(one) for one in (sys.argv[1:] + ["100", "0.8"][len(sys.argv) - 1 :])))
