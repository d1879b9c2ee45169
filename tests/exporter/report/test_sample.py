"""The sample report that is shown in the repository, and the command that makes it."""

from __future__ import annotations

import re
from pathlib import Path

from exporter.words import ORDER
from tests.exporter.report.make_sample import MARKS, PEOPLE, make
from tests.exporter.report.test_page import Page
from tests.paths import ROOT

SAMPLE = ROOT / "exporter" / "report" / "sample.html"


def test_the_sample_is_one_small_page_that_fetches_nothing() -> None:
    text = SAMPLE.read_text(encoding="utf-8")
    assert len(text) < 300_000
    assert not re.search(r"<script|<img|<link|src=|url\((?!#)|@import|https?://(?!www\.w3\.org/)", text)
    said = Page(text).text
    for word in (
        *MARKS.values(),
        *ORDER,
        f"drawn class of {PEOPLE}",
        f"{PEOPLE} participants",
        "An expression is not a feeling.",
    ):
        assert word in said


def test_the_command_makes_such_a_page(tmp_path: Path) -> None:
    make(tmp_path / "sample.html", seconds=6, people=4)
    said = Page((tmp_path / "sample.html").read_text(encoding="utf-8")).text
    assert "drawn class of 4" in said
    assert "4 participants" in said
    # Made by the same page as the sample, which is older than it if this fails: make it anew.
    headings = re.compile(r"<h[12]>([^<]+)")
    sample = headings.findall(SAMPLE.read_text(encoding="utf-8"))
    assert headings.findall((tmp_path / "sample.html").read_text(encoding="utf-8")) == sample
