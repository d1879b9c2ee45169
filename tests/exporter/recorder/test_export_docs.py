"""The documentation of exported tables names their columns, all of them and in their order."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from agent.values import Reason, TileState
from exporter.recorder.export import TABLES, TableName, files_columns, table
from tests.exporter.recorder.lessons import session
from tests.paths import ROOT

TEXT = (ROOT / "exporter" / "EXPORTS.md").read_text(encoding="utf-8")


def told(name: str) -> list[str]:
    """The columns that the section of a table names."""
    section = TEXT.split(f"## {name}:")[1].split("\n## ")[0]
    cells = [line.split("|")[1] for line in section.splitlines() if line.startswith("| `")]
    return [column for cell in cells for column in re.findall(r"`(\w+)`", cell)]


@pytest.mark.parametrize("name", TABLES)
def test_the_columns_of_a_session(tmp_path: Path, name: TableName) -> None:
    assert told(name) == list(table(session(tmp_path), name))


def test_analyze_writes_the_same_columns_without_a_time_of_day() -> None:
    assert list(files_columns()) == ["file", *(column for column in told("readings") if column != "time")]


def test_every_state_and_reason_is_explained_and_links_lead_somewhere() -> None:
    for word in (*TileState, *Reason):
        assert f"`{word}`" in TEXT
    for link in re.findall(r"\]\(([^)]+)\)", TEXT):
        assert (ROOT / "exporter" / link).is_file()
    assert "(exporter/EXPORTS.md)" in (ROOT / "README.md").read_text(encoding="utf-8")
