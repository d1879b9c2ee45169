"""A session recorded by the program itself from the drawn class, for the tests of what is done with it."""

from __future__ import annotations

import shutil
import signal
from pathlib import Path

import pytest

from tests.program import follow, running

NAME = "2026-01-02_0900-beef"


@pytest.fixture(scope="session")
def drawn_session(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a session of nine drawn participants, of some ten frames."""
    folder = tmp_path_factory.mktemp("recorded")
    path = folder / f"{NAME}.session"
    demo = ("demo", "--participants", "9", "--seed", "3", "--no-open", "--record", str(path))
    with running(*demo, XDG_DATA_HOME=str(folder)) as (process, port):
        follow(port, lambda message: message["room"]["read"] >= 4 and message["seq"] >= 12)
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=60) == 0
    return path


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of sessions of a user of their own, who stands in an empty folder."""
    for name in ("READTHEROOM_CONFIG", "READTHEROOM_RECORD_AUDIT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    (tmp_path / "desk").mkdir()
    monkeypatch.chdir(tmp_path / "desk")
    sessions = tmp_path / "data" / "readtheroom" / "sessions"
    sessions.mkdir(parents=True)
    return sessions


@pytest.fixture
def session(home: Path, drawn_session: Path) -> Path:
    """A copy of the drawn session that a test may damage, in that user's folder."""
    return Path(shutil.copy(drawn_session, home))
