"""Forgetting: nothing is left of what was to be forgotten, and everything else is as it was."""

from __future__ import annotations

import dataclasses
import re
import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from agent.errors import RecordError, SessionInUseError
from agent.values import Alert, Scope
from exporter.recorder.folder import list_sessions
from exporter.recorder.forget import GONE, forget_participant, forget_session
from exporter.recorder.packing import RECORD, Packer
from exporter.recorder.session import load_details, load_session
from exporter.recorder.store import Store
from tests.exporter.recorder.lessons import WALL, details, lesson, record, recorded


def with_alerts(path: Path) -> Path:
    alerts = (
        Alert("unusual", "participant tile-b is far from usual", ("tile-b",), WALL, Scope.PARTICIPANT),
        Alert("many sad", "3 of 9", ("tile-a", "tile-b"), WALL, Scope.ROOM),
    )
    packer = Packer()
    with Store(path, details()) as store:
        for at, one in enumerate(lesson(30)):
            names = ["tile-a", "tile-b", *(f"tile-{letter}" for letter in "cdefghi")]
            readings = tuple(
                dataclasses.replace(reading, id=name)
                for reading, name in zip(one.readings, names, strict=True)
            )
            store.write([packer.pack(dataclasses.replace(one, readings=readings, alerts=alerts), at / 5)])
        store.finish(WALL)
    return path


def test_a_forgotten_participant_is_in_no_byte_of_the_file(tmp_path: Path) -> None:
    path = with_alerts(tmp_path / "a.session")
    before = load_session(path)
    assert b"tile-b" in path.read_bytes()
    assert forget_participant(path, "tile-b") == 30
    assert [file.name for file in tmp_path.iterdir()] == ["a.session"]
    assert b"tile-b" not in path.read_bytes()
    after = load_session(path)
    assert set(before.participants.values()) - set(after.participants.values()) == {"tile-b"}
    (gone,) = set(before.participants) - set(after.participants)
    kept = before.said["who"] != gone
    assert np.array_equal(after.said, before.said[kept])
    assert np.array_equal(after.frame_of, before.frame_of[kept])
    assert np.array_equal(after.scores, before.scores)
    assert [event.tiles for event in after.events_of("alert")] == [("tile-a",)]


def test_after_one_is_forgotten_the_others_are_counted_and_the_file_has_no_unused_part(
    tmp_path: Path,
) -> None:
    path = tmp_path / "a.session"
    record(path, 1500).close()
    people, size = load_details(path).people, path.stat().st_size
    assert people is not None
    count = forget_participant(path, next(iter(load_session(path).participants.values())))
    assert load_details(path).people == people - 1
    assert path.stat().st_size <= size - 0.5 * count * RECORD.itemsize


def test_an_alert_on_several_stays_for_the_others_and_is_one_with_their_own(tmp_path: Path) -> None:
    """As alerts come: the tiles of one that stands change, and its beginning does not."""
    path = tmp_path / "a.session"
    named = [("t1",), ("t1", "t2"), ("t1", "t2", "t3"), ("t3",)]
    packer = Packer()
    with Store(path, details()) as store:
        for at, one in enumerate(lesson(8)):
            tiles = named[at // 2]
            alert = Alert("cameras", f"{tiles} look sad", tiles, WALL, Scope.PARTICIPANT)
            store.write([packer.pack(dataclasses.replace(one, alerts=(alert,)), at / 5)])
        store.finish(WALL)

    def kept() -> dict[tuple[str, ...], tuple[str, float | None]]:
        events = load_session(path).events_of("alert")
        assert all(event.name == "cameras" for event in events)
        found = {event.tiles: (event.text, event.until) for event in events}
        assert len(found) == len(events)
        return found

    forget_participant(path, "t2")
    assert kept() == {
        ("t1",): ("('t1',) look sad", 0.8),
        ("t1", "t3"): (GONE, 1.2),
        ("t3",): ("('t3',) look sad", None),
    }
    forget_participant(path, "t1")
    assert kept() == {("t3",): ("('t3',) look sad", None)}
    with closing(sqlite3.connect(path)) as connection:
        left = str(connection.execute("SELECT * FROM events WHERE kind = 'alert'").fetchall())
    assert "t3" in left
    assert not re.search("t1|t2", left)


def test_the_others_can_still_be_forgotten_afterwards(tmp_path: Path) -> None:
    path = with_alerts(tmp_path / "a.session")
    for letter in "abcdefghi":
        forget_participant(path, f"tile-{letter}")
    session = load_session(path)
    assert len(session.said) == 0
    assert session.participants == {}


def test_an_unknown_participant_is_named_with_those_known(tmp_path: Path) -> None:
    path = recorded(tmp_path, 2)
    with pytest.raises(RecordError, match="there is no participant 't99' in .*: known are t0, t1, t2"):
        forget_participant(path, "t99")


def test_a_forgotten_session_is_gone_with_its_logs(tmp_path: Path) -> None:
    path = recorded(tmp_path)
    (tmp_path / "other.session").write_bytes(path.read_bytes())
    forget_session(path)
    assert [file.name for file in tmp_path.iterdir()] == ["other.session"]


def test_a_killed_session_can_be_forgotten(tmp_path: Path) -> None:
    source = record(tmp_path / "a.session", finish=False)
    killed = tmp_path / "killed.session"
    for log in ("", "-wal"):
        killed.with_name(killed.name + log).write_bytes((tmp_path / f"a.session{log}").read_bytes())
    source.close()
    assert forget_participant(killed, "t3") == 50
    forget_session(killed)
    assert [file.name for file in tmp_path.iterdir()] == ["a.session"]


@pytest.mark.parametrize(
    "content", [b"", b"no database" * 200, b"SQLite format 3\0" + bytes(5000), b"\x1aE\xdf\xa3" * 99]
)
def test_what_could_be_anything_is_forgotten_only_when_asked_to(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.session"
    path.write_bytes(content)
    with pytest.raises(RecordError, match=r"a\.session is damaged .*`readtheroom forget .*a\.session --yes`"):
        forget_session(path)
    assert path.read_bytes() == content
    forget_session(path, sure=True)
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(RecordError, match="there is no recorded session"):
        forget_session(path)


@pytest.mark.parametrize("place", range(0, 200, 40))
def test_a_session_damaged_anywhere_is_still_known_for_ours(tmp_path: Path, place: int) -> None:
    """By its header where the rest is gone, by its tables where the header says nothing of us."""
    path = recorded(tmp_path)
    content = bytearray(path.read_bytes())
    if place:
        content[100 * place :] = b"\xff" * (len(content) - 100 * place)
    else:
        content[68:72] = bytes(4)
    path.write_bytes(content)
    forget_session(path)
    assert not path.exists()


@pytest.mark.parametrize("name", ["lesson.mp4", "out.csv", "notes", "grades.db", "telegram.session"])
@pytest.mark.parametrize("sure", [False, True])
def test_a_file_of_another_program_is_never_deleted(tmp_path: Path, name: str, sure: bool) -> None:
    path = tmp_path / name
    if path.suffix in {".db", ".session"}:
        with closing(sqlite3.connect(path)) as other:
            other.execute("PRAGMA journal_mode = WAL")
            other.execute("CREATE TABLE grades (name, grade)")
    else:
        path.write_bytes(b"mine" * 99)
    before = path.read_bytes()
    with pytest.raises(RecordError, match=f"{name} is no recorded session, and only sessions are deleted"):
        forget_session(path, sure=sure)
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == {name: before}


def test_a_session_that_is_being_recorded_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("exporter.recorder.session.LOCK_WAIT", 0.0)
    path = tmp_path / "a.session"
    with record(path, finish=False):
        with pytest.raises(
            RecordError, match="the session a is open in another program, .*: stop that one first"
        ):
            forget_session(path)
        with pytest.raises(RecordError, match="is open in another"):
            forget_participant(path, "t1")
    assert len(load_session(path).participants) == 9


def test_a_session_that_somebody_reads_is_not_called_recorded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("exporter.recorder.session.LOCK_WAIT", 0.0)
    path = recorded(tmp_path)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN")
        assert other.execute("SELECT count(*) FROM frames").fetchone()
        with pytest.raises(SessionInUseError, match="is open in another program"):
            forget_session(path)
    assert path.exists()


def test_of_a_link_the_session_is_forgotten_and_the_link_with_it(tmp_path: Path) -> None:
    (tmp_path / "links").mkdir()
    link = tmp_path / "links" / "link.session"
    link.symlink_to(recorded(tmp_path))
    other = tmp_path / "links" / "other.session"
    other.symlink_to(recorded(tmp_path, name="other"))
    assert forget_participant(link, "t3") > 0
    forget_session(link)
    assert sorted(file.name for file in tmp_path.rglob("*.session")) == ["other.session", "other.session"]
    # A link that leads nowhere is no session.
    other.resolve().rename(tmp_path / "moved.session")
    assert list_sessions(tmp_path / "links") == []
