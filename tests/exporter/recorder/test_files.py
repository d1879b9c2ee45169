from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import Literal

import pytest

from agent.errors import ConfigError, RecordError
from exporter.recorder.files import check_ending, check_target, given_path, replacing
from exporter.recorder.folder import chosen_folder, find_session, new_path

LONG = "x" * 300


@pytest.mark.parametrize("ending", ["", ".html", ".HTM"])
def test_a_page_has_an_ending_that_browsers_know(ending: str) -> None:
    check_ending(Path(f"lesson{ending}"), "page", "--out")


@pytest.mark.parametrize("kind", ["page", "csv", "parquet"])
def test_standard_output_is_no_file(kind: Literal["page", "csv", "parquet"]) -> None:
    with pytest.raises(ConfigError, match="--csv - is no file.*name a file"):
        check_ending(Path("-"), kind, "--csv")


@pytest.mark.parametrize(("kind", "own"), [("csv", ".csv"), ("parquet", ".parquet")])
def test_a_table_has_no_ending_of_something_else(kind: Literal["csv", "parquet"], own: str) -> None:
    for ending in (own, "", ".txt", ".tsv", ".2026"):
        check_ending(Path(f"lesson{ending}"), kind, "--table")
    for ending in {".csv", ".parquet", ".html", ".pdf", ".xlsx"} - {own}:
        with pytest.raises(ConfigError, match=f"call it lesson{own}$"):
            check_ending(Path(f"lesson{ending}"), kind, "--table")


def test_a_path_may_begin_with_the_users_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    assert given_path("~/lesson") == tmp_path / "lesson"


@pytest.mark.parametrize(
    ("given", "said"),
    [("~nobody-of-this-name/x", "no such user's home"), (LONG, "give it a shorter name")],
    ids=["an unknown home", "too long"],
)
def test_a_path_that_cannot_be_is_named(given: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(RecordError, match=said):
        find_session(given, tmp_path)
    with pytest.raises(RecordError, match=said):
        chosen_folder(given)
    with pytest.raises(RecordError, match=said):
        check_target(tmp_path / given if given == LONG else Path(given))


def test_what_failed_half_way_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    path.write_text("old")

    def fail() -> None:
        with replacing(path) as partial:
            partial.write_text("new")
            raise ValueError("in the midst")

    with pytest.raises(ValueError, match="in the midst"):
        fail()
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
@pytest.mark.parametrize("name", ["one", "one/lesson.session"])
def test_links_in_a_circle_are_named(name: str, tmp_path: Path) -> None:
    (tmp_path / "one").symlink_to("two")
    (tmp_path / "two").symlink_to("one")
    with pytest.raises(RecordError, match="leads back to itself; name another"):
        new_path(str(tmp_path / name), datetime(2026, 1, 31, 9, 5))
