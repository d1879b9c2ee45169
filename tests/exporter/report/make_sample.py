"""Makes the sample report, of a drawn class read by the shipped model.

``python -m tests.exporter.report.make_sample exporter/report/sample.html``: twelve minutes of twelve drawn
participants, once a second, some 40 s of one core. Drawings wear expressions more often and more clearly than
people do; ids are random, so two reports of the same class differ in them.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from agent.classroom.gallery import Gallery, Plan
from agent.classroom.script import Script, ScriptPace
from agent.classroom.styles import style_named
from agent.composition.analyzer import Shared, open_analyzer
from agent.composition.recording import describe
from agent.composition.session import open_lesson
from agent.configuration.config import Config
from agent.lesson.rules import ExpressionRule
from agent.values import Frame, SourceInfo
from exporter.recorder.files import write_text
from exporter.recorder.packing import Packer
from exporter.recorder.session import read_session
from exporter.recorder.store import Store
from exporter.report.page import render

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC).timestamp()
SECONDS, PEOPLE, SIZE = 720, 12, (960, 540)
MARKS = {95: "New topic", 320: "Exercise", 560: "Question"}
PACE = ScriptPace(expression=25.0, present=1e9, camera_on=300.0, camera_off=40.0, reorder=300.0)
UNPLEASANT = ExpressionRule(
    name="unpleasant", labels=["angry", "disgust", "fear", "sad"], share=0.4, seconds=15
)


def make(out: Path, seconds: int = SECONDS, people: int = PEOPLE) -> None:
    """Draw, read and report a lesson of so many seconds."""
    config = Config()
    rules = [UNPLEASANT, *config.alerts.rules[1:]]
    config = msgspec.structs.replace(config, alerts=msgspec.structs.replace(config.alerts, rules=rules))
    script, gallery = Script(5, people, people, PACE), Gallery(Plan(style_named("zoom"), SIZE))
    lesson, packer, rows = open_lesson(config), Packer(), []
    with open_analyzer(config, shared=Shared(lesson=lesson)) as analyzer:
        card = analyzer.card
        for second in range(seconds):
            if second in MARKS:
                lesson.mark(MARKS[second], START + second)
            pixels = gallery.draw(script.scene_at(float(second))).pixels
            rows.append(packer.pack(analyzer.analyze(Frame(pixels, float(second), START + second)), second))
    source = SourceInfo("demo", f"drawn class of {people}", *SIZE)
    details = describe(config, source, card, "2026-03-02_0900-demo", START)
    details = msgspec.structs.replace(details, utc_offset=0, hz=1.0)
    with Store(None, details) as store:
        store.write(rows)
        store.finish(START + seconds)
        write_text(out, render(read_session(store.connection, details.name)))


if __name__ == "__main__":
    make(Path(sys.argv[1]))
