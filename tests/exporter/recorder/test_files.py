from __future__ import annotations

from pathlib import Path

import pytest

from agent.errors import RecordError
from exporter.recorder.files import check_target, given_path, replacing
from exporter.recorder.folder import chosen_folder, find_session

LONG = "x" * 300


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
