"""The audit log: who followed the feed and what was exported, and nothing that was read."""

from __future__ import annotations

import stat
import threading
from pathlib import Path

import pytest

from exporter.locking import try_lock
from exporter.recorder.audit import Audit
from tests.exporter.samples import following, serving, snapshot

DAY = 86_400.0


def test_the_folders_of_recordings_are_told_the_last_one_first(tmp_path: Path) -> None:
    audit = Audit(tmp_path / "audit.jsonl")
    for place in ("/a/1.session", "/b/2.session", "c/3.session", "/a/4.session"):
        audit.note("recorded", session="x", to=place)
    audit.note("exported", session="x", to="/d/x.csv")
    assert audit.folders() == [Path("/a"), Path("/b")]
    assert Audit(None).folders() == []


def test_what_is_noted_comes_back(tmp_path: Path) -> None:
    audit = Audit(tmp_path / "new" / "audit.jsonl", clock=lambda: 1_767_258_004.0)
    audit.note("connected", address="127.0.0.1", view="tiles", program="a\nb" * 1000)
    (entry,) = audit.entries()
    assert (entry.time, entry.event, entry.address) == ("2026-01-01T09:00:04.000Z", "connected", "127.0.0.1")
    assert len(entry.program) == 500
    path = tmp_path / "new" / "audit.jsonl"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert len(path.read_text().splitlines()) == 1


def test_lines_of_many_threads_stay_whole(tmp_path: Path) -> None:
    audit = Audit(tmp_path / "a.jsonl")

    def note() -> None:
        for _ in range(20):
            audit.note("connected", program="x" * 300)

    threads = [threading.Thread(target=note) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(list(audit.entries())) == 80


def test_old_lines_are_deleted_and_a_damaged_one_with_them(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    now = 0.0
    audit = Audit(path, clock=lambda: now)
    for now in (0.0, 5 * DAY, 9 * DAY):
        audit.note("recorded", session=f"{now / DAY:g}")
    with path.open("a") as file:
        file.write('{"time": "cut sh')
    now = 10 * DAY
    audit.trim(None)
    assert len(list(audit.entries())) == 3
    audit.trim(6.0)
    assert [entry.session for entry in audit.entries()] == ["5", "9"]
    assert sorted(file.name for file in tmp_path.iterdir()) == ["a.jsonl", "a.jsonl.lock"]
    assert {stat.S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir()} == {0o600}


def test_a_line_that_is_no_utf8_is_skipped(tmp_path: Path) -> None:
    audit = Audit(tmp_path / "a.jsonl", clock=lambda: 10 * DAY)
    (tmp_path / "a.jsonl").write_bytes(b'{"time": "1970-01-02", "event": "recor\xff"}\n')
    audit.note("recorded", session="whole")
    assert [entry.session for entry in audit.entries()] == ["whole"]
    audit.trim(6.0)
    assert [entry.session for entry in audit.entries()] == ["whole"]


def test_no_line_is_lost_while_the_log_is_shortened(tmp_path: Path) -> None:
    """Each has an Audit of its own, as programs do: they lock each other out as processes would."""
    path = tmp_path / "a.jsonl"
    old, new = Audit(path, clock=lambda: 0.0), Audit(path, clock=lambda: 10 * DAY)
    for number in range(1000):
        new.note("recorded", session=f"before {number}")
    done = threading.Event()

    def trim() -> None:
        while not done.is_set():
            old.note("recorded")
            Audit(path, clock=lambda: 10 * DAY).trim(1.0)

    threads = [threading.Thread(target=trim) for _ in range(2)]
    for thread in threads:
        thread.start()
    for number in range(200):
        new.note("recorded", session=f"meanwhile {number}")
    done.set()
    for thread in threads:
        thread.join()
    sessions = [entry.session for entry in new.entries() if entry.session]
    wanted = [
        *(f"before {number}" for number in range(1000)),
        *(f"meanwhile {number}" for number in range(200)),
    ]
    assert sessions == wanted


def test_a_program_that_hangs_with_the_lock_keeps_no_line_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("exporter.recorder.audit.LOCK_WAIT", 0.02)
    path = tmp_path / "a.jsonl"
    audit = Audit(path, clock=lambda: 0.0)
    with (tmp_path / "a.jsonl.lock").open("ab") as file:
        assert try_lock(file)
        audit.note("recorded", session="all the same")
        Audit(path, clock=lambda: 10 * DAY).trim(1.0)
        assert [entry.session for entry in audit.entries()] == ["all the same"]
    Audit(path, clock=lambda: 10 * DAY).trim(1.0)
    assert list(audit.entries()) == []


def test_a_log_that_cannot_be_written_ends_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    audit = Audit(tmp_path / "file" / "audit.jsonl")
    audit.note("connected")
    audit.trim(1.0)
    assert list(audit.entries()) == []


def test_a_name_of_a_file_that_is_no_text_is_noted(tmp_path: Path) -> None:
    audit = Audit(tmp_path / "audit.jsonl")
    audit.note("exported", to=Path("c\udcff.csv"))
    assert [entry.to for entry in audit.entries()] == ["c\\udcff.csv"]


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="a file that nobody can read, root included")
def test_a_log_that_cannot_be_read_ends_nothing_and_is_said_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "audit.jsonl"
    path.symlink_to("/proc/self/mem")
    audit = Audit(path)
    audit.trim(1.0)
    assert list(audit.entries()) == []
    (said,) = caplog.messages
    assert str(path) in said
    assert "set record.audit to false" in said
    assert path.is_symlink()


def test_no_log_is_kept_where_none_is_wanted() -> None:
    audit = Audit(None)
    audit.note("connected")
    assert list(audit.entries()) == []


def test_the_feed_says_who_follows(tmp_path: Path) -> None:
    audit = Audit(tmp_path / "audit.jsonl")
    with serving(tmp_path) as server:
        server.hub.on_client = lambda client: audit.note(
            "connected", address=client.address, view=client.view, program=client.program
        )
        server.publish(snapshot(1))
        with following(server, "&view=room"):
            pass
    (entry,) = audit.entries()
    assert (entry.address, entry.view) == ("127.0.0.1", "room")
    assert "websockets" in entry.program
    assert "token" not in (tmp_path / "audit.jsonl").read_text()
