"""The folder of sessions: names, finding one, and what has grown old."""

from __future__ import annotations

import dataclasses
import os
import stat
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.errors import ConfigError, RecordError
from agent.values import SourceState, SourceStatus
from exporter.recorder import folder as folders
from exporter.recorder.folder import (
    chosen_folder,
    expired,
    find_session,
    list_sessions,
    new_name,
    new_path,
    sessions_folder,
)
from exporter.recorder.packing import Packer
from exporter.recorder.session import load_session
from exporter.recorder.store import Store
from tests.exporter.recorder.lessons import WALL, details, lesson, record, recorded

NOW = datetime(2026, 1, 31, 9, 5, 17)


@pytest.fixture(autouse=True)
def own_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folders, "data_folder", lambda: tmp_path / "data")


def test_a_session_is_named_by_its_time_and_no_two_are_alike() -> None:
    names = {new_name(NOW) for _ in range(20)}
    assert len(names) > 15
    assert all(name.startswith("2026-01-31_090517-") for name in names)


def test_the_folder_is_for_its_owner_only_even_if_it_was_not(tmp_path: Path) -> None:
    (tmp_path / "data" / "sessions").mkdir(parents=True, mode=0o755)
    made = sessions_folder()
    assert stat.S_IMODE(made.stat().st_mode) == 0o700


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("in the way")
    with pytest.raises(RecordError, match="sessions cannot be created: .*name another"):
        sessions_folder()


def test_a_new_session_goes_where_it_was_told(tmp_path: Path) -> None:
    name, path = new_path(None, NOW)
    assert path == tmp_path / "data" / "sessions" / f"{name}.session"
    name, path = new_path(str(tmp_path), NOW)
    assert path == tmp_path / f"{name}.session"
    assert new_path(f"{tmp_path}/not-yet/", NOW)[1].parent == tmp_path / "not-yet"
    assert new_path(f"{tmp_path}/lessons", NOW)[1].parent == tmp_path / "lessons"
    (tmp_path / "hosts").touch()
    assert new_path(f"{tmp_path}/hosts", NOW)[1] == tmp_path / "hosts"
    assert new_path(f"{tmp_path}/maths.session", NOW) == ("maths", tmp_path / "maths.session")


@pytest.mark.parametrize("name", ["notes.txt", "lesson.mp4", "out.csv"])
def test_a_file_of_another_kind_is_no_recording_and_no_folder_is_made_for_it(
    tmp_path: Path, name: str
) -> None:
    with pytest.raises(ConfigError, match=r"name a file \w+\.session, or a folder with / at its end"):
        new_path(f"{tmp_path}/not-yet/{name}", NOW)
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "2026.spring").mkdir()
    assert new_path(f"{tmp_path}/2026.spring", NOW)[1].parent == tmp_path / "2026.spring"


def test_sessions_are_looked_for_where_they_were_put(tmp_path: Path) -> None:
    for chosen in (None, str(tmp_path), f"{tmp_path}/not-yet/", f"{tmp_path}/maths.session"):
        assert chosen_folder(chosen) == new_path(chosen, NOW)[1].parent


def test_a_session_is_found_by_name_by_its_start_as_latest_and_by_path(tmp_path: Path) -> None:
    first = recorded(tmp_path, 2, name="2026-01-01_0900-aaaa")
    last = begun(tmp_path, "2026-01-02_0900-bbbb", WALL + 86_400)
    assert find_session("2026-01-01_0900-aaaa", tmp_path) == first
    assert find_session("2026-01-01", tmp_path) == first
    assert find_session("latest", tmp_path) == last
    assert find_session(str(last), tmp_path / "elsewhere") == last


def test_a_folder_before_a_name_is_looked_in(tmp_path: Path) -> None:
    own, usual = tmp_path / "own", tmp_path / "usual"
    for one in (own, usual):
        one.mkdir()
    session = recorded(own, 2, name="maths")
    recorded(usual, 2, name="art")
    for name in ("latest", "maths", "ma"):
        assert find_session(f"{own}/{name}", usual) == session
    with pytest.raises(RecordError, match=f"is a folder: name a session in it, such as {own}/latest"):
        find_session(str(own), usual)
    with pytest.raises(RecordError, match=f"no session is recorded in {tmp_path}: "):
        find_session(f"{tmp_path}/latest", usual, elsewhere=[own])
    with pytest.raises(RecordError, match=f"elsewhere some are; list them with `readtheroom report {own}`"):
        find_session("maths", tmp_path, elsewhere=[tmp_path, own])


def begun(folder: Path, name: str, started: float, frames: int = 2) -> Path:
    """A session that began at a time which its name does not tell."""
    path = folder / f"{name}.session"
    with Store(path, details(name=name, started=started)) as store:
        store.write([Packer().pack(one, 0.0) for one in lesson(frames)])
    return path


def test_the_latest_is_the_one_that_began_last_and_holds_something(tmp_path: Path) -> None:
    last = begun(tmp_path, "2026-01-01_0900-0000", WALL + 50)
    first = begun(tmp_path, "2026-01-01_0900-ffff", WALL)
    assert find_session("latest", tmp_path) == last
    empty = begun(tmp_path, "2026-01-01_0900-aaaa", WALL + 55, frames=0)
    assert find_session("latest", tmp_path) == last
    assert find_session("latest", tmp_path, exact=True) == empty
    assert [one.path for one in list_sessions(tmp_path)] == [first, last, empty]
    damaged = tmp_path / "2026-01-01_0800-aaaa.session"
    damaged.write_bytes(b"nothing of the sort")
    os.utime(damaged, (WALL + 60, WALL + 60))
    assert find_session("latest", tmp_path) == damaged


def test_an_empty_session_is_the_latest_where_there_is_no_other(tmp_path: Path) -> None:
    empty = begun(tmp_path, "a", WALL, frames=0)
    assert find_session("latest", tmp_path) == empty


def test_a_session_that_is_not_there_is_named_with_those_that_are(tmp_path: Path) -> None:
    for name in ("x", "latest", str(tmp_path / "x.session")):
        with pytest.raises(RecordError, match=f"no session is recorded in {tmp_path}: .* records one"):
            find_session(name, tmp_path)
    for letter in "ab":
        recorded(tmp_path, 2, name=f"2026-01-0{letter}")
    with pytest.raises(RecordError, match="the last ones are 2026-01-0a, 2026-01-0b"):
        find_session("x", tmp_path)
    with pytest.raises(RecordError, match="2 sessions: 2026-01-0a, 2026-01-0b; name one in full"):
        find_session("2026", tmp_path)
    with pytest.raises(RecordError, match="there is no session '2026-01'"):
        find_session("2026-01", tmp_path, exact=True)


def test_the_list_holds_whole_unfinished_empty_and_damaged_sessions(tmp_path: Path) -> None:
    recorded(tmp_path, 50, name="a")
    record(tmp_path / "b.session", 10, finish=False).close()
    recorded(tmp_path, 0, name="c")
    (tmp_path / "d.session").write_bytes(b"nothing of the sort" * 100)
    whole, unfinished, empty, damaged = list_sessions(tmp_path)
    assert (whole.name, whole.seconds, whole.people) == ("a", 10.0, 9)
    assert whole.details is not None
    assert whole.details.ended is not None
    assert unfinished.details is not None
    assert unfinished.details.ended is None
    assert empty.seconds is None
    assert "damaged" in damaged.problem
    assert list_sessions(tmp_path / "nowhere") == []


def test_a_session_is_as_long_in_the_list_as_in_its_report(tmp_path: Path) -> None:
    """The time before the first frame, as until somebody shares a picture, is part of neither."""
    path = tmp_path / "late.session"
    first, *others = lesson(20)
    waiting = dataclasses.replace(first, readings=(), source=SourceStatus(SourceState.LOST))
    packer = Packer()
    with Store(path, details()) as store:
        store.write([packer.pack(waiting, float(second)) for second in range(60)])
        store.write([packer.pack(one, 60 + number / 5) for number, one in enumerate(others)])
        store.finish(WALL + 64)
    (listed,) = list_sessions(tmp_path)
    assert listed.seconds == pytest.approx(load_session(path).duration) == pytest.approx(3.8)


@settings(deadline=None)
@given(st.integers(-5, 400), st.none() | st.integers(1, 365))
def test_only_sessions_older_than_asked_are_deleted(age: int, keep: int | None) -> None:
    path = Path(f"{new_name(NOW - timedelta(days=age, minutes=1))}.session")
    assert bool(expired([path], NOW, keep)) == (keep is not None and age >= keep)


def test_names_without_seconds_grow_old_too() -> None:
    old = [Path("2026-01-01_0905-abcd.session"), Path("2026-01-01_090517-abcd.session")]
    assert expired(old, NOW, 29) == old
    assert expired(old, NOW, 31) == []


@pytest.mark.parametrize("name", ["maths", "2026-01-01_0900-abcd-copy", "2026-13-41_2900-abcd", "20200101"])
def test_files_with_other_names_are_left_alone(name: str) -> None:
    assert expired([Path(f"{name}.session")], NOW, 1) == []
