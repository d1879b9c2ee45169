"""A shortened lesson of a drawn, busy class through the real pipeline: nothing grows, ids stay right."""

from __future__ import annotations

import gc
import threading
from collections import Counter, defaultdict

import psutil
import pytest

from agent.classroom.gallery import Gallery, Plan
from agent.classroom.script import Script, ScriptPace
from agent.classroom.styles import style_named
from agent.composition.analyzer import open_analyzer
from agent.configuration.config import Config
from agent.values import Frame

FRAMES = 160
WARM = 54
STEP = 0.3
"""Seconds from frame to frame; a class in which things happen three times as often is followed for 48 s."""
GROWTH_MB = 25.0
"""Bytes of an hour would show as far more; the allocator's own ups and downs stay below."""


def handles(process: psutil.Process) -> int:
    """Open files and sockets (on Windows: handles)."""
    count = getattr(process, "num_fds", None) or process.num_handles  # type: ignore[attr-defined]
    return int(count())


@pytest.mark.soak
@pytest.mark.timeout(240)
def test_a_busy_class_neither_leaks_nor_mixes_people_up() -> None:
    process = psutil.Process()
    script = Script(4, 20, page_size=9, pace=ScriptPace().faster(3.0))
    gallery = Gallery(Plan(style_named("zoom"), (1280, 720)))
    seen: defaultdict[str, Counter[str]] = defaultdict(Counter)
    known: defaultdict[str, Counter[str]] = defaultdict(Counter)
    shown = 0
    for index in range(FRAMES):
        # The drawn class keeps parts of its drawings, up to a bound: that is not the pipeline's growth.
        gallery.draw(script.scene_at(index * STEP))
    with open_analyzer(Config()) as analyzer:
        for index in range(FRAMES):
            drawing = gallery.draw(script.scene_at(index * STEP))
            shown += len(drawing.truth)
            snapshot = analyzer.analyze(Frame(drawing.pixels, index * STEP, index * STEP))
            for reading in snapshot.readings:
                true = max(drawing.truth, key=lambda tile: tile.box.iou(reading.box))
                if true.box.iou(reading.box) >= 0.8:
                    seen[reading.id][true.id] += 1
                    known[true.id][reading.id] += 1
            if index == WARM:
                gc.collect()
                before = (process.memory_info().rss, threading.active_count(), handles(process))
        gc.collect()
        after = (process.memory_info().rss, threading.active_count(), handles(process))
    assert after[1:] == before[1:]
    assert (after[0] - before[0]) / 1e6 < GROWTH_MB
    assert shown > FRAMES * 5
    # Of all the tiles shown, so that a missed one counts; one id for two people is as wrong as two for one.
    for table in (seen, known):
        assert sum(max(counts.values()) for counts in table.values()) / shown >= 0.99
