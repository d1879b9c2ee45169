"""Prints what following a still gallery costs, part by part: ``python -m tests.agent.tracking.cost``."""

from __future__ import annotations

import time
from collections.abc import Callable

from agent.classroom.gallery import Gallery
from agent.classroom.script import Script
from agent.classroom.styles import STYLES, Plan
from agent.layout.camera import camera_on
from agent.participants.labels import describe
from agent.tracking import GalleryTracker
from agent.tracking.change import thumbnails
from agent.tracking.layout_signature import make_signature, page_holds, standing_tiles
from agent.tracking.speaking import speakers
from agent.values import Frame
from tests.agent.tracking.measure import DrawnLayout


def milliseconds(work: Callable[[], object], times: int = 20) -> float:
    """The shortest of some runs: the machine is shared."""
    spent = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        spent.append(time.perf_counter() - start)
    return 1000 * min(spent)


def main() -> None:
    for count in (25, 49):
        drawing = Gallery(Plan(STYLES["zoom"], (1920, 1080))).draw(Script(1, count, 49).scene_at(1.0))
        find = DrawnLayout()
        find.truth = drawing.truth
        layout = find(drawing.pixels)
        boxes = [slot.box for slot in layout.slots]
        signature = make_signature(drawing.pixels, layout)
        tracker = GalleryTracker(find)
        clock = iter(range(10_000))
        parts: dict[str, Callable[[], object]] = {
            "page holds": lambda: page_holds(drawing.pixels, signature),  # noqa: B023
            "standing": lambda: standing_tiles(drawing.pixels, signature),  # noqa: B023
            "thumbnails": lambda: thumbnails(drawing.pixels, boxes),  # noqa: B023
            "speakers": lambda: speakers(drawing.pixels, boxes),  # noqa: B023
            "one label": lambda: describe(drawing.pixels, layout.slots[0]),  # noqa: B023
            "one camera": lambda: camera_on(boxes[0].of(drawing.pixels)),  # noqa: B023
            "update": lambda: tracker.update(Frame(drawing.pixels, next(clock) * 0.1, 0.0)),  # noqa: B023
        }
        print(f"{len(boxes)} tiles at 1080p")
        for name, work in parts.items():
            print(f"  {name:13} {milliseconds(work):6.2f} ms", flush=True)


if __name__ == "__main__":
    main()
