"""Recording beside a session: nothing waits for it, only the last second is lost, it ends no lesson."""

from __future__ import annotations

import dataclasses
import logging
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from agent.system.logs import logger
from agent.values import RecordState, Snapshot, SourceState, SourceStatus
from exporter.privacy import PrivacyPolicy
from exporter.recorder.live import QUEUE, Recorder, WritePace
from exporter.recorder.session import load_session
from exporter.recorder.store import Store
from tests.exporter.recorder.lessons import WALL, details, lesson
from tests.paths import ROOT
from tests.waiting import PATIENCE, until

FAST = WritePace(write_every=0.01, retry_after=0.02)


@contextmanager
def logged() -> Iterator[list[str]]:
    lines: list[str] = []

    class Lines(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(record.getMessage())

    handler = Lines()
    logger.addHandler(handler)
    try:
        yield lines
    finally:
        logger.removeHandler(handler)


def test_everything_is_there_after_close(tmp_path: Path) -> None:
    path = tmp_path / "a.session"
    with Recorder(Store(path, details()), PrivacyPolicy(), FAST) as recorder:
        for one in lesson(120):
            recorder.publish(one)
        during = recorder.state
    assert (during, recorder.state) == (RecordState.RECORDING, RecordState.STOPPED)
    session = load_session(path)
    assert session.is_finished
    assert len(session.seconds) == 120
    assert [file.name for file in tmp_path.iterdir()] == ["a.session"]


def test_it_may_be_closed_twice_and_takes_nothing_after(tmp_path: Path) -> None:
    path = tmp_path / "a.session"
    recorder = Recorder(Store(path, details()), PrivacyPolicy(), FAST)
    recorder.publish(next(lesson(1)))
    recorder.close()
    recorder.close()
    recorder.publish(next(lesson(1)))
    assert len(load_session(path).seconds) == 1


@pytest.mark.parametrize(("mode", "tiles"), [("tiles", 9), ("room", 0)])
def test_what_privacy_holds_back_is_never_written(tmp_path: Path, mode: str, tiles: int) -> None:
    path = tmp_path / "a.session"
    policy = PrivacyPolicy(mode, 2)  # type: ignore[arg-type]
    with Recorder(Store(path, details()), policy, FAST) as recorder:
        for one in lesson(10):
            recorder.publish(one)
    session = load_session(path)
    assert len(session.said) == 10 * tiles
    assert len(session.participants) == tiles
    assert (b"t3" in path.read_bytes()) == (mode == "tiles")
    assert session.counts[0].tolist() == [9, 7, 6, 0]


def test_a_wall_clock_that_jumps_back_moves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.session"
    times = iter([5.0, 5.2, 5.4])
    with Recorder(Store(path, details()), PrivacyPolicy(), FAST, clock=lambda: next(times)) as recorder:
        for one, jump in zip(lesson(3), (0, -7200, 3600), strict=True):
            recorder.publish(dataclasses.replace(one, wall=one.wall + jump))
    session = load_session(path)
    assert session.seconds == pytest.approx([0.0, 0.2, 0.4])
    assert session.duration == pytest.approx(0.4 + 1 / session.details.hz)


def test_times_are_those_of_the_captures_however_long_the_analyses_took(tmp_path: Path) -> None:
    path = tmp_path / "a.session"
    captures, ages = [50.0, 51.1, 51.3, 51.5], [1.12, 0.03, 0.31, 0.04]
    done = iter([capture + age for capture, age in zip(captures, ages, strict=True)])
    with Recorder(Store(path, details()), PrivacyPolicy(), FAST, clock=lambda: next(done)) as recorder:
        for one, capture, age in zip(lesson(4), captures, ages, strict=True):
            recorder.publish(dataclasses.replace(one, wall=WALL + capture, age=age))
    session = load_session(path)
    assert session.seconds == pytest.approx([0.0, 1.1, 1.3, 1.5])
    assert session.wall - session.wall[0] == pytest.approx(session.seconds)


def test_times_never_run_backwards(tmp_path: Path) -> None:
    """A frame that was captured before the message that none comes, and read after it."""
    path = tmp_path / "a.session"
    done = iter([5.0, 6.0, 6.1])
    stalled = SourceStatus(SourceState.STALLED)
    with Recorder(Store(path, details()), PrivacyPolicy(), FAST, clock=lambda: next(done)) as recorder:
        for one, changes in zip(lesson(3), ({"age": 0.0}, {"source": stalled}, {"age": 0.3}), strict=True):
            recorder.publish(dataclasses.replace(one, **changes))  # type: ignore[arg-type]
    assert load_session(path).seconds == pytest.approx([0.0, 1.0])


def test_a_stuck_disk_makes_nobody_wait(tmp_path: Path) -> None:
    path = tmp_path / "a.session"
    store = Store(path, details())
    stuck, entered = threading.Event(), threading.Event()
    write = store.write

    def slow(batch: object) -> None:
        entered.set()
        stuck.wait(PATIENCE)
        write(batch)  # type: ignore[arg-type]

    store.write = slow  # type: ignore[method-assign]
    with Recorder(store, PrivacyPolicy(), FAST) as recorder:
        one = next(lesson(1))
        recorder.publish(one)
        assert entered.wait(PATIENCE)
        # The writer waits for the disk; this thread must not.
        for _ in range(QUEUE + 7):
            recorder.publish(one)
        assert recorder.lost == 7
        stuck.set()
    assert len(load_session(path).seconds) == QUEUE + 1


def test_a_full_disk_is_said_once_and_recording_goes_on_when_there_is_room(tmp_path: Path) -> None:
    path = tmp_path / "a.session"
    store = Store(path, details())
    snapshots = list(lesson(400, 49))
    with logged() as lines, Recorder(store, PrivacyPolicy(), FAST) as recorder:
        store.connection.execute("PRAGMA max_page_count = 10").fetchall()
        for one in snapshots[:100]:
            recorder.publish(one)
        until(lambda: recorder.state is RecordState.FAILED)
        for one in snapshots[100:200]:
            recorder.publish(one)
            time.sleep(0.001)
        assert recorder.state is RecordState.FAILED
        assert len([line for line in lines if "the disk is full" in line]) == 1
        store.connection.execute("PRAGMA max_page_count = 100000").fetchall()
        for one in snapshots[200:220]:
            recorder.publish(one)
            time.sleep(0.002)
        until(lambda: recorder.state is RecordState.RECORDING)
    assert any("recording goes on" in line for line in lines)
    session = load_session(path)
    assert session.is_finished
    assert len(session.seconds) + recorder.lost == 220
    assert len(session.participants) == 49


def test_more_than_fits_in_memory_is_counted_and_who_was_new_is_not_lost(tmp_path: Path) -> None:
    path = tmp_path / "a.session"
    store = Store(path, details())
    with Recorder(store, PrivacyPolicy(), WritePace(0.001, 0.0)) as recorder:
        store.connection.execute("PRAGMA query_only = ON")
        for one in lesson(QUEUE + 40):
            recorder.publish(one)
            if recorder._queue.qsize() > QUEUE // 2:
                time.sleep(0.02)
        until(lambda: recorder.lost == 40)
        store.connection.execute("PRAGMA query_only = OFF")
        recorder.publish(next(lesson(1)))
    session = load_session(path)
    assert len(session.participants) == 9
    assert [event.text for event in session.events_of("marker")] == ["new topic", "exercise <b>1</b>"]


def test_what_was_written_is_not_lost_where_only_the_end_cannot_be_marked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: Store, wall: float) -> None:
        raise sqlite3.OperationalError(f"database or disk is full at {wall}")

    monkeypatch.setattr(Store, "finish", full)
    path = tmp_path / "a.session"
    with Recorder(Store(path, details()), PrivacyPolicy()) as recorder:
        for one in lesson(3):
            recorder.publish(one)
    assert (recorder.state, recorder.lost) == (RecordState.FAILED, 0)
    assert len(load_session(path).seconds) == 3


def test_a_file_that_was_deleted_is_said_with_the_next_reading(tmp_path: Path) -> None:
    path = tmp_path / "a.session"
    waiting = tmp_path / "b.session"
    with logged() as lines, Recorder(Store(path, details()), PrivacyPolicy(), FAST) as recorder:
        readings = lesson(3)
        recorder.publish(next(readings))
        until(lambda: recorder.state is RecordState.RECORDING and path.stat().st_size > 0)
        path.rename(waiting)
        recorder.publish(next(readings))
        until(lambda: recorder.state is RecordState.FAILED)
        assert recorder.status.reason == f"{path} was deleted or moved"
        # Once it is back, what waited is written, also if nothing comes any more.
        recorder.publish(next(readings))
        waiting.rename(path)
        until(lambda: recorder.state is RecordState.RECORDING)
    assert sum("was deleted or moved" in line for line in lines) == 1
    assert len(load_session(path).seconds) == 3


def test_a_locked_file_is_no_loss_once_it_is_free_again(tmp_path: Path) -> None:
    path = tmp_path / "a.session"
    store = Store(path, details())
    store.connection.execute("PRAGMA busy_timeout = 5").fetchall()
    with (
        logged() as lines,
        Recorder(store, PrivacyPolicy(), FAST) as recorder,
        closing(sqlite3.connect(path, isolation_level=None)) as other,
    ):
        other.execute("BEGIN IMMEDIATE")
        recorder.publish(next(lesson(1)))
        until(lambda: recorder.state is RecordState.FAILED)
        other.execute("ROLLBACK")
    assert any("another program holds the file" in line for line in lines)
    assert len(load_session(path).seconds) == 1
    assert recorder.lost == 0


def faulty(one: Snapshot) -> Snapshot:
    """A snapshot whose last reading cannot be packed."""
    *others, last = one.readings
    return dataclasses.replace(one, readings=(*others, dataclasses.replace(last, facing=float("nan"))))


def test_a_reading_that_cannot_be_packed_costs_itself_and_no_other(tmp_path: Path) -> None:
    path = tmp_path / "a.session"
    first, bad, *others = lesson(8)
    # Long enough for the first two to come in one batch.
    with logged() as lines, Recorder(Store(path, details()), PrivacyPolicy(), WritePace(0.2)) as recorder:
        for one in (first, faulty(bad), *others):
            recorder.publish(one)
    assert (recorder.state, recorder.lost) == (RecordState.STOPPED, 1)
    assert sum("the recorder failed" in line for line in lines) == 1
    session = load_session(path)
    assert session.is_finished
    assert len(session.seconds) == 7
    assert len(session.participants) == 9


def test_who_was_new_in_a_reading_that_cannot_be_packed_is_known_after_it(tmp_path: Path) -> None:
    path = tmp_path / "a.session"
    with logged() as lines, Recorder(Store(path, details()), PrivacyPolicy(), FAST) as recorder:
        for one in lesson(3):
            recorder.publish(faulty(one))
        until(lambda: recorder.lost == 3)
        assert recorder.status.state is RecordState.FAILED
        assert recorder.status.reason == "a fault of the recorder"
        recorder.publish(next(lesson(1)))
        until(lambda: recorder.state is RecordState.RECORDING)
    # One traceback for all of them, however long it lasts.
    assert [line for line in lines if "the recorder" in line] == ["the recorder failed on a reading"]
    assert len(load_session(path).participants) == 9


def test_a_limit_on_the_size_of_files_ends_no_lesson(tmp_path: Path) -> None:
    """A real limit of the system, in a process of its own: the writes fail as on a full disk."""
    path = tmp_path / "a.session"
    code = f"""
import resource
from pathlib import Path
from tests.exporter.recorder.test_live import *
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
store = Store(Path({str(path)!r}), details())
with Recorder(store, PrivacyPolicy(), FAST) as recorder:
    for one in lesson(400, 49):
        recorder.publish(one)
        time.sleep(0.001)
    until(lambda: recorder.state is RecordState.FAILED)
print("the lesson went on", recorder.state.value)
"""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=90, check=False
    )
    assert done.stdout.strip() == "the lesson went on failed", done.stderr
    assert 0 < len(load_session(path).seconds) < 400


def test_killed_at_any_moment_it_loses_the_last_second_at_most(tmp_path: Path) -> None:
    moments = random.Random(7)
    for number in range(6):
        path = tmp_path / f"{number}.session"
        command = [sys.executable, "-m", "tests.exporter.recorder.feeder", str(path)]
        child = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        assert child.stdout is not None
        first = child.stdout.readline()
        time.sleep(moments.uniform(0.0, 1.6))
        child.send_signal(signal.SIGKILL)
        # The last line may be cut short.
        lines = (first + child.stdout.read()).split("\n")[:-1]
        child.wait(timeout=PATIENCE)
        child.stdout.close()
        count, seconds = lines[-1].split()
        if float(seconds) < 1.0:
            # Nothing older than a second need be there yet.
            with closing(sqlite3.connect(path)) as connection:
                assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            continue
        session = load_session(path)
        assert not session.is_finished
        assert session.seconds[-1] >= float(seconds) - 1.0
        # What is there is whole: every snapshot from the first on, with all its tiles.
        assert len(session.seconds) <= int(count) + 1
        assert len(session.said) == len(session.seconds) * 49
