"""A lock on a file: one at a time, waited for, free when its holder ends."""

from __future__ import annotations

import stat
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from exporter import locking
from exporter.locking import locked, try_lock
from tests.paths import ROOT

HOLD = """
import sys
from exporter.locking import locked
from pathlib import Path
with locked(Path(sys.argv[1]), 0.0) as is_held:
    print(is_held, flush=True)
    sys.stdin.read()
"""


def test_one_program_at_a_time_holds_it_and_its_end_frees_it(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline().strip() == b"True"
        with locked(path, 0.05) as is_held:
            assert not is_held
        other.kill()
        other.wait()
    with locked(path, 0.0) as is_held:
        assert is_held
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_it_is_waited_for_no_longer_than_needed(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with locked(path, 0.0), path.open("ab") as file:
        assert not try_lock(file)
        begun = time.monotonic()
        assert not try_lock(file, 0.05)
        assert time.monotonic() - begun >= 0.05
    holding, let_go = threading.Event(), threading.Event()

    def hold() -> None:
        with locked(path, 0.0):
            holding.set()
            let_go.wait()

    thread = threading.Thread(target=hold)
    thread.start()
    holding.wait()
    threading.Timer(0.05, let_go.set).start()
    with locked(path, 20.0) as is_held:
        assert is_held
    thread.join()


def test_where_there_are_no_locks_the_work_is_done_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> bool:
        raise OSError(37, "No locks available")

    monkeypatch.setattr(locking, "_take", refuse)
    with locked(tmp_path / "lock", 5.0) as is_held:
        assert is_held
