"""One agent per user in the background, and a session that ends it."""

from __future__ import annotations

import errno
import os
import socket
import stat
import sys
import threading
from pathlib import Path
from typing import IO

import pytest

from agent.errors import InstanceError
from agent.system import background
from agent.system.background import (
    LOG_BYTES,
    LOG_FILES,
    NONCE,
    Instance,
    InstanceLock,
    detach,
    ended_with_session,
    log_to_file,
    session_marks,
)
from agent.system.logs import logger
from exporter.locking import try_lock


def test_a_second_agent_is_told_who_holds_the_lock(tmp_path: Path) -> None:
    with InstanceLock(tmp_path) as first:
        first.tell(8765)
        second = InstanceLock(tmp_path)
        holder = second.holder()
        assert holder is not None
        assert holder.port == 8765
        with pytest.raises(InstanceError, match="already"):
            second.acquire()
    assert InstanceLock(tmp_path).holder() is None


def test_on_a_file_system_without_locks_no_file_stays_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[IO[bytes]] = []

    def no_locks(file: IO[bytes], _: float) -> bool:
        opened.append(file)
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(background, "try_lock", no_locks)
    with pytest.raises(InstanceError, match="No locks available"):
        InstanceLock(tmp_path).acquire()
    assert [file.closed for file in opened] == [True]


def test_a_path_that_is_no_text_is_told_in_a_form_that_can_be_written(tmp_path: Path) -> None:
    with InstanceLock(tmp_path) as lock:
        lock.tell(8765, Path("/a") / os.fsdecode(b"b\xff.session"))
        holder = lock.holder()
    assert holder is not None
    assert holder.record == "/a/b\\udcff.session"


def test_the_lock_can_be_had_again(tmp_path: Path) -> None:
    for _ in range(2):
        with InstanceLock(tmp_path) as lock:
            assert lock.holder() is not None


def test_what_cannot_be_told_is_said_and_the_lock_is_free(tmp_path: Path) -> None:
    (tmp_path / "agent.json").mkdir()
    lock = InstanceLock(tmp_path)
    with pytest.raises(
        InstanceError, match=r"agent\.json cannot be written \(.*\): make its folder writable"
    ):
        lock.acquire()
    (tmp_path / "agent.json").rmdir()
    with InstanceLock(tmp_path) as another:
        assert another.holder() is not None
    # Nothing is left for it to let go of: what another one tells stays.
    lock.close()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows' files have no mode")
def test_only_the_user_can_read_by_what_nonce_an_agent_is_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(NONCE, "secret")
    with InstanceLock(tmp_path):
        assert stat.S_IMODE((tmp_path / "agent.json").stat().st_mode) == 0o600


def test_whoever_asks_who_holds_the_lock_keeps_nobody_from_holding_it(tmp_path: Path) -> None:
    """``holder`` has it for a moment where nobody does, such as that in which an agent starts."""
    asking = (tmp_path / "agent.lock").open("ab")
    assert try_lock(asking)
    threading.Timer(0.05, asking.close).start()
    with InstanceLock(tmp_path) as lock:
        assert lock.holder() is not None


def test_a_session_without_marks_is_never_over(tmp_path: Path) -> None:
    stopped: list[str] = []
    assert session_marks({}) == []
    with ended_with_session(lambda: stopped.append("stop"), session_marks({"XDG_SESSION_ID": "none such"})):
        pass
    assert stopped == []


def test_the_log_is_renewed_before_it_grows_large(tmp_path: Path) -> None:
    before = list(logger.handlers)
    logger.handlers[:] = []
    try:
        path = log_to_file(tmp_path / "log")
        for number in range(LOG_BYTES * (LOG_FILES + 3) // 10_000):
            logger.warning("%d %s", number, "x" * 10_000)
        files = sorted(one.name for one in path.parent.iterdir())
        assert files == ["agent.log", *(f"agent.log.{number}" for number in range(1, LOG_FILES + 1))]
        assert all(one.stat().st_size <= LOG_BYTES for one in path.parent.iterdir())
    finally:
        for handler in logger.handlers:
            handler.close()
        logger.handlers[:] = before


def test_it_stops_when_a_mark_of_the_session_goes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background, "LOOK_EVERY", 0.01)
    stopped = threading.Event()
    mark = tmp_path / "session"
    mark.touch()
    with ended_with_session(stopped.set, [mark]):
        assert not stopped.wait(0.05)
        mark.unlink()
        assert stopped.wait(20)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="logind and X servers are there only")
def test_it_stops_when_the_session_is_logged_out_although_its_programs_keep_its_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(background, "LOOK_EVERY", 0.01)
    stopped = threading.Event()
    session, display = tmp_path / "2", tmp_path / "X0"
    session.write_text("# This is private data.\nUID=1000\nACTIVE=1\nSTATE=active\n")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(display))
        with ended_with_session(stopped.set, [session, display]):
            assert not stopped.wait(0.05)
            session.write_text("# This is private data.\nUID=1000\nACTIVE=0\nSTATE=closing\n")
            assert stopped.wait(20)


def test_an_agent_that_another_command_started_is_not_taken_for_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two commands may start one at a time: only one of the two gets the lock."""
    of_another = Instance(pid=1, port=8765, nonce="another's")
    lock = InstanceLock(tmp_path)
    monkeypatch.setattr(lock, "holder", lambda: of_another)
    with pytest.raises(InstanceError, match="the agent did not start"):
        detach(["--no-such-flag"], lock, tmp_path)


def test_a_log_that_cannot_be_kept_is_said_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    folder = tmp_path / "file" / "log"
    keepers = (
        lambda: log_to_file(folder),
        lambda: detach(["run"], InstanceLock(tmp_path), folder),
        InstanceLock(folder).acquire,
    )
    for keep in keepers:
        with pytest.raises(InstanceError, match="make its folder writable"):
            keep()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device of Linux")
def test_on_a_full_disk_no_agent_is_started_that_could_not_say_so(tmp_path: Path) -> None:
    (tmp_path / "start.log").symlink_to("/dev/full")
    with pytest.raises(InstanceError, match=r"start\.log cannot be written \(No space left .*free some room"):
        detach(["--version"], InstanceLock(tmp_path), tmp_path)
