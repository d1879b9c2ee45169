"""One recording as a file: what it holds, who may read it, and what a bad one says."""

from __future__ import annotations

import dataclasses
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from agent.errors import RecordError
from agent.values import Marker
from exporter.recorder.packing import Packer
from exporter.recorder.session import load_session, read_session
from exporter.recorder.store import FORMAT, Store, sqlite_error_text
from exporter.report.page import render
from tests.exporter.recorder.lessons import WALL, details, lesson, record, recorded
from tests.paths import ROOT


def test_a_recording_comes_back_whole(tmp_path: Path) -> None:
    session = load_session(recorded(tmp_path, frames=60, tiles=9))
    assert session.is_finished
    assert len(session.seconds) == 60
    assert session.said.shape == (60 * 9,)
    assert list(session.participants.values()) == [f"t{number}" for number in range(9)]
    assert [event.text for event in session.events_of("marker")] == ["new topic", "exercise <b>1</b>"]
    (alert,) = session.events_of("alert")
    assert (alert.since, alert.until) == (4.0, 6.0)
    assert session.counts[0].tolist() == [9, 7, 6, 0]
    assert session.details.model.figures["accuracy"] == 0.66


def test_a_marker_that_was_taken_back_is_in_no_recording(tmp_path: Path) -> None:
    path, secret = tmp_path / "a.session", "Anna cries"
    first, second, *_ = lesson(2)
    markers = (Marker("new topic", WALL), Marker(secret, WALL + 0.1))
    with Store(path, details()) as store:
        packer = Packer()
        store.write([packer.pack(dataclasses.replace(first, markers=markers), 0.0)])
        taken_back = dataclasses.replace(second, markers=markers[:1], unmarked=(WALL + 0.1,))
        store.write([packer.pack(taken_back, 0.2)])
        store.finish(WALL + 1)
    assert [event.text for event in load_session(path).events_of("marker")] == ["new topic"]
    assert secret.encode() not in path.read_bytes()


def test_a_recording_is_for_its_owner_only(tmp_path: Path) -> None:
    store = record(tmp_path / "new" / "a.session", finish=False)
    files = list((tmp_path / "new").iterdir())
    assert len(files) == 3
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o700
    store.close()


def test_in_memory_nothing_is_written(tmp_path: Path) -> None:
    with record(None) as store:
        assert len(read_session(store.connection, "m").seconds) == 50
    assert list(tmp_path.iterdir()) == []


def test_an_unfinished_recording_can_be_read_while_it_runs(tmp_path: Path) -> None:
    path = tmp_path / "a.session"
    with record(path, finish=False):
        session = load_session(path)
    assert not session.is_finished
    assert len(session.seconds) == 50


def test_a_file_that_is_there_is_not_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "a.session"
    path.write_text("mine")
    with pytest.raises(RecordError, match="a.session already exists"):
        Store(path, details())
    assert path.read_text() == "mine"


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(RecordError, match=r"file/a\.session cannot be created: .*name another"):
        Store(tmp_path / "file" / "a.session", details())


@pytest.mark.parametrize("room", [0, 20_000])
def test_a_recording_that_cannot_be_made_leaves_nothing_and_may_be_tried_again(
    tmp_path: Path, room: int
) -> None:
    """A real limit of the system, in a process of its own: the writes fail as on a full disk."""
    path = tmp_path / "a.session"
    code = f"""
import resource, signal
from pathlib import Path
from agent.errors import RecordError
from exporter.recorder.store import Store
from tests.exporter.recorder.lessons import details
path = Path({str(path)!r})
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, ({room}, resource.RLIM_INFINITY))
try:
    Store(path, details())
except RecordError as error:
    print(str(error).rpartition("; ")[2], list(path.parent.iterdir()))
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
Store(path, details()).close()
"""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=90, check=False
    )
    assert (done.returncode, done.stdout.strip()) == (0, "free some room on the disk []"), done.stderr


def test_a_full_disk_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "a.session"
    packer = Packer()
    batch = [packer.pack(one, at / 5) for at, one in enumerate(lesson(200, 49))]
    with Store(path, details()) as store:
        store.write(batch[:20])
        store.connection.execute("PRAGMA max_page_count = 12").fetchall()
        with pytest.raises(sqlite3.OperationalError, match="full"):
            store.write(batch[20:])
        store.connection.execute("PRAGMA max_page_count = 100000").fetchall()
        store.write(batch[20:40])
    assert len(load_session(path).seconds) == 40


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "no recorded session"),
        (b"no database at all" * 100, "damaged"),
        (b"SQLite format 3\0", "damaged"),
    ],
)
def test_a_file_that_is_no_session_is_named(tmp_path: Path, content: bytes, says: str) -> None:
    path = tmp_path / "odd.session"
    path.write_bytes(content)
    with pytest.raises(RecordError, match=says) as raised:
        load_session(path)
    assert "odd.session" in str(raised.value)


def test_a_damaged_session_is_named_wherever_it_is_damaged(tmp_path: Path) -> None:
    whole = recorded(tmp_path, frames=200, tiles=49).read_bytes()
    refused = 0
    for place in range(0, len(whole), len(whole) // 40):
        path = tmp_path / "damaged.session"
        path.write_bytes(whole[:place] + b"\xff" * 3000 + whole[place + 3000 :])
        try:
            render(load_session(path))
        except RecordError as error:
            refused += 1
            assert "damaged" in str(error) or "no recorded session" in str(error)
    assert refused > 5


def test_a_killed_session_copied_without_its_log_holds_all_but_the_newest(tmp_path: Path) -> None:
    """SQLite folds the log in after two megabytes, which any lesson has written in a minute."""
    copies = []
    for frames in (0, 400):
        with record(tmp_path / f"{frames}.session", frames, 49, finish=False):
            copies.append(tmp_path / f"copy{frames}.session")
            copies[-1].write_bytes((tmp_path / f"{frames}.session").read_bytes())
    with pytest.raises(RecordError, match=r"is empty, .* or was copied without copy0\.session-wal"):
        load_session(copies[0])
    assert len(load_session(copies[1]).seconds) > 200


def test_a_database_of_another_program_is_named(tmp_path: Path) -> None:
    path = tmp_path / "other.session"
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE t (x)")
    with pytest.raises(RecordError, match=r"other\.session is no recorded session"):
        load_session(path)


def test_a_session_of_before_the_policy_and_the_people_were_kept_is_read(tmp_path: Path) -> None:
    path = recorded(tmp_path)
    with closing(sqlite3.connect(path)) as older, older:
        older.execute("UPDATE about SET value = json_remove(value, '$.policy', '$.people')")
    session = load_session(path)
    assert (session.details.policy, session.details.people, session.details.infers) == ("", None, True)
    assert "9 participants" in render(session)


def test_a_session_of_a_newer_version_is_named(tmp_path: Path) -> None:
    path = recorded(tmp_path)
    with closing(sqlite3.connect(path)) as newer:
        newer.execute(f"PRAGMA user_version = {FORMAT + 1}")
    with pytest.raises(RecordError, match="newer version of this program: update it"):
        load_session(path)


def test_a_session_with_views_or_triggers_is_refused(tmp_path: Path) -> None:
    """This view has rows without end: reading it would never be done."""
    path = recorded(tmp_path)
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"CREATE VIEW more AS {endless}")
    with pytest.raises(RecordError, match=r"abcd\.session contains SQLite views or triggers"):
        load_session(path)


def test_an_empty_session_is_named(tmp_path: Path) -> None:
    path = recorded(tmp_path, frames=0)
    with pytest.raises(RecordError, match="is empty, it ended before the first frame was read"):
        load_session(path)


def test_a_locked_session_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("exporter.recorder.session.LOCK_WAIT", 0.0)
    path = recorded(tmp_path)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode = EXCLUSIVE").fetchall()
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(RecordError, match="another program holds the file"):
            load_session(path)


def test_an_unknown_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(RecordError, match="there is no recorded session .*none.session"):
        load_session(tmp_path / "none.session")


def test_errors_of_the_database_are_said_in_plain_words() -> None:
    assert sqlite_error_text(sqlite3.OperationalError("database or disk is full")).startswith(
        "the disk is full"
    )
    assert sqlite_error_text(sqlite3.OperationalError("something else")) == "something else"
