"""Stages, ages and comparisons of a small drawn class, measured for real."""

from __future__ import annotations

import msgspec
import pytest

from agent.benchmark import latency
from agent.benchmark.competitors import OURS, compare, matched
from agent.benchmark.galleries import DrawnGallery
from agent.benchmark.rivals import Program
from agent.benchmark.stage_costs import STAGES, measure, modes_named
from agent.benchmark.warm_up import warm_up
from agent.composition.analyzer import open_analyzer
from agent.configuration.config import Config, PrivacyConfig
from agent.errors import MissingRivalError
from agent.layout import find_layout
from agent.tracking.layout_watch import CONFIRM
from agent.values import Box, Frame, Layout, Pixels

GALLERY = DrawnGallery(4, "720p", seed=1)


def test_every_stage_is_measured() -> None:
    (mode,) = modes_named(["moving-5hz"])
    case = measure(Config(), GALLERY, mode, frames=3)
    assert (case.tiles, case.width, case.height) == (4, 1280, 720)
    assert case.faces == case.drawn_faces
    assert set(case.stages) == set(STAGES)
    assert abs(sum(case.shares.values()) - 1) < 0.01
    assert case.core > 0
    assert case.classified > 0


def test_a_settled_gallery_is_searched_no_more_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    searches: list[Pixels] = []

    def counted(pixels: Pixels, **how: bool) -> Layout:
        searches.append(pixels)
        return find_layout(pixels, **how)

    monkeypatch.setattr("agent.composition.analyzer.find_layout", counted)
    with open_analyzer(Config()) as analyzer:

        def show(time: float) -> None:
            analyzer.analyze(Frame(GALLERY.at(5.0 + time).pixels, time, time))

        now = warm_up(show)
        before = len(searches)
        for pause in (0.0, 1.0, 5.0):
            show(now + pause)
        assert before == len(searches) == 4
        show(now + CONFIRM[3])
    assert len(searches) == 5


def test_the_age_at_the_client_is_measured_over_the_real_feed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(latency, "SETTLE", 0.2)
    age = latency.measure_age(Config(), GALLERY, hz=10.0, seconds=0.5)
    assert age.messages >= 1
    assert 0 < age.age.p50 <= age.age.p95
    assert age.core > 0


def test_the_age_is_measured_too_where_expressions_are_not_inferred(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(latency, "SETTLE", 0.2)
    monkeypatch.setattr(latency, "LONGEST", 10.0)
    config = msgspec.structs.replace(Config(), privacy=PrivacyConfig(policy="eu_education"))
    assert latency.measure_age(config, GALLERY, hz=10.0, seconds=0.5).messages >= 1


def test_others_get_the_same_frames_and_the_missing_are_named() -> None:
    seen: list[Pixels] = []

    def blind(pixels: Pixels) -> list[Box]:
        seen.append(pixels)
        return []

    rivals: dict[str, Program | MissingRivalError] = {
        "blind": Program(blind),
        "gone": MissingRivalError("pip install gone"),
    }
    rows = compare(Config(), GALLERY, rivals, 2)
    ours, other, gone = rows
    assert [row.name for row in rows] == [OURS, "blind", "gone"]
    assert (ours.faces, other.faces) == (ours.drawn_faces, 0)
    assert gone.missing == "pip install gone"
    assert gone.total is None
    assert other.slower is not None
    assert other.slower.p50 < 1
    assert len(seen) == 3


def test_a_face_counts_once_and_only_where_it_is() -> None:
    faces = (Box(0, 0, 100, 100), Box(200, 0, 100, 100))
    boxes = [Box(10, 10, 80, 80), Box(12, 12, 70, 70), Box(500, 0, 90, 90)]
    assert matched(boxes, faces) == 1
    assert matched(boxes, None) == 3
