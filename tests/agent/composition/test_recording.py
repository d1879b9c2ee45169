"""Opening what keeps a session: what it says of itself, when nothing is kept, and what has grown old."""

from __future__ import annotations

import dataclasses
import json
import logging
import os
import sqlite3
import threading
from collections.abc import Sequence
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from agent.composition.recording import Recording, delete_expired, describe, open_audit, recording
from agent.configuration.config import Config, PrivacyConfig, RecordConfig
from agent.errors import ConfigError, RecordError
from agent.values import (
    PrivacyMode,
    RecordState,
    RecordStatus,
    Snapshot,
    SourceInfo,
    SourceState,
    SourceStatus,
)
from exporter.recorder.audit import Audit, audit_path
from exporter.recorder.folder import data_folder, delete_session
from exporter.recorder.packing import Rows
from exporter.recorder.session import load_details, load_session
from exporter.recorder.store import Store, write_details
from models.card import load_card
from models.weights import EXPRESSION
from tests.exporter.recorder.lessons import WALL, lesson, record, recorded
from tests.waiting import until

CARD = load_card(EXPRESSION)
SOURCE = SourceInfo("media", "Ada at school.mp4", 1920, 1080)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The data folder of a user of their own."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    (data_folder() / "sessions").mkdir(parents=True)
    return data_folder()


def configured(mode: PrivacyMode = "tiles", **record: object) -> Config:
    kept = msgspec.convert({"enabled": True, **record}, RecordConfig)
    return msgspec.structs.replace(Config(), record=kept, privacy=PrivacyConfig(mode=mode))


def noted() -> list[dict[str, str]]:
    path = audit_path()
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.exists() else []


def test_what_was_published_is_in_the_file_and_the_audit_log_names_it(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = configured()
    states: list[RecordState] = []
    with recording(config, SOURCE, CARD, open_audit(config)) as kept:
        assert capsys.readouterr().out == ""
        kept.announce()
        states.append(kept.status.state)
        for one in lesson(20):
            kept.publish(one)
    states.append(kept.status.state)
    (path,) = (home / "sessions").glob("*.session")
    session = load_session(path)
    assert len(session.seconds) == 20
    assert (session.is_finished, session.details.source_name) == (True, "Ada at school.mp4")
    assert states == [RecordState.RECORDING, RecordState.STOPPED]
    assert f"readtheroom report {path.stem}" in capsys.readouterr().out
    (line,) = noted()
    assert (line["event"], line["session"], line["to"]) == ("recorded", path.stem, str(path))
    assert line["id"] == session.details.id != ""


@pytest.mark.parametrize("failing_from", [0, 1], ids=["from the beginning", "at the end"])
def test_what_could_not_be_written_is_said_and_not_called_an_empty_lesson(
    home: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, failing_from: int
) -> None:
    write, written = Store.write, threading.Event()
    calls: list[int] = []

    def full(store: Store, batch: Sequence[Rows]) -> None:
        calls.append(len(batch))
        written.set()
        if len(calls) > failing_from:
            raise sqlite3.OperationalError("database or disk is full")
        write(store, batch)

    monkeypatch.setattr(Store, "write", full)
    config = configured()
    with caplog.at_level(logging.INFO, "readtheroom"), recording(config, SOURCE, CARD, Audit(None)) as kept:
        kept.announce()
        kept.publish(next(lesson(1)))
        assert written.wait(20)
        for one in lesson(20):
            kept.publish(one)
    assert kept.status.state is RecordState.FAILED
    (told,) = [line for line in caplog.messages if "could not be recorded" in line]
    assert "disk is full" in told
    assert int(told.split()[0]) >= 19
    assert "no frame was read" not in caplog.text
    left = list((home / "sessions").glob("*.session"))
    assert len(left) == (0 if failing_from == 0 else 1)


def test_without_record_enabled_nothing_is_kept(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with recording(configured(enabled=False), SOURCE, CARD, Audit(None)) as kept:
        kept.publish(next(lesson(1)))
    assert kept.status == RecordStatus()
    assert list((home / "sessions").iterdir()) == []
    assert capsys.readouterr().out == ""


def test_in_mode_off_nothing_may_be_recorded(home: Path) -> None:
    with (
        pytest.raises(ConfigError, match=r"privacy\.mode is off"),
        recording(configured("off"), SOURCE, CARD, Audit(None)),
    ):
        pass
    assert list((home / "sessions").iterdir()) == []


def test_a_place_of_ones_own_is_used_and_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "mine.session"
    with recording(configured(path=str(path)), SOURCE, CARD, Audit(None)) as kept:
        kept.announce()
        kept.publish(next(lesson(1)))
    assert len(load_session(path).seconds) == 1
    assert f"see it with: readtheroom report {path}\n" in capsys.readouterr().out
    with (
        pytest.raises(RecordError, match=r"mine\.session"),
        recording(configured(path=str(path)), SOURCE, CARD, Audit(None)),
    ):
        pass


def test_at_its_end_it_says_where_the_recording_lies(
    home: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    own = tmp_path / "my lessons"
    own.mkdir()
    for chosen, folder in ((None, home / "sessions"), (str(own), own)):
        caplog.clear()
        with (
            caplog.at_level("INFO", "readtheroom"),
            recording(configured(path=chosen), SOURCE, CARD, Audit(None)) as kept,
        ):
            kept.publish(next(lesson(1)))
        (path,) = folder.iterdir()
        shown = path.stem if chosen is None else f"'{path}'"
        assert caplog.messages == [f"recorded {path}, see it with: readtheroom report {shown}"]


def test_a_start_that_fails_leaves_no_file_and_says_nothing(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = configured()
    with (
        pytest.raises(ConfigError, match="a port that is taken"),
        recording(config, SOURCE, CARD, open_audit(config)),
    ):
        raise ConfigError("a port that is taken")
    assert list((home / "sessions").iterdir()) == []
    assert capsys.readouterr().out == ""
    assert noted() == []


def test_a_session_in_which_no_frame_was_read_leaves_no_file(home: Path) -> None:
    config = configured()
    waiting = dataclasses.replace(next(lesson(1)), source=SourceStatus(SourceState.STALLED))
    paused = dataclasses.replace(next(lesson(1)), source=SourceStatus(paused=True))
    with recording(config, SOURCE, CARD, open_audit(config)) as kept:
        kept.announce()
        for one in (waiting, paused):
            kept.publish(one)
    assert list((home / "sessions").iterdir()) == []
    assert [line["event"] for line in noted()] == ["recorded", "deleted"]


def test_snapshots_are_told_how_the_recording_goes() -> None:
    told: list[Snapshot] = []
    one = dataclasses.replace(next(lesson(1)), record=RecordStatus(RecordState.FAILED, "of before"))
    Recording().with_record_status(told.append)(one)
    assert [snapshot.record for snapshot in told] == [RecordStatus()]
    config = configured()
    with recording(config, SOURCE, CARD, Audit(None)) as kept:
        kept.with_record_status(told.append)(one)
    assert told[-1].record == RecordStatus(RecordState.RECORDING)


@pytest.mark.parametrize(("mode", "name"), [("tiles", "Ada at school.mp4"), ("room", ""), ("off", "")])
def test_a_recording_says_of_itself_what_its_mode_lets_out(mode: PrivacyMode, name: str) -> None:
    said = describe(configured(mode), SOURCE, CARD, "s", WALL)
    assert (said.name, said.started, said.privacy_mode) == ("s", WALL, mode)
    assert (said.source_kind, said.source_name) == ("media", name)
    assert (said.policy, said.infers) == ("none", True)
    assert (said.model.sha256, said.model.name) == (CARD.sha256, CARD.name)
    assert said.model.figures["accuracy"] == CARD.figures["accuracy"].value


def test_a_recording_says_under_which_policy_it_was_made() -> None:
    config = msgspec.structs.replace(Config(), privacy=PrivacyConfig(policy="eu_education"))
    said = describe(config, SOURCE, CARD, "s", WALL)
    assert (said.policy, said.infers) == ("eu_education", False)


def old(home: Path, days: float) -> Path:
    """A session of so many days ago."""
    return old_in(home / "sessions", days)


def old_in(folder: Path, days: float) -> Path:
    """A session of so many days ago, called by us, in any folder."""
    when = datetime.now() - timedelta(days=days)
    return recorded(folder, 3, name=f"{when:%Y-%m-%d_%H%M}-abcd")


def test_what_has_grown_old_is_deleted_and_noted(home: Path) -> None:
    config = configured(keep_days=30)
    gone, kept = old(home, 31), old(home, 29)
    assert delete_expired(config, open_audit(config)) == [gone]
    assert list((home / "sessions").iterdir()) == [kept]
    (line,) = noted()
    assert (line["event"], line["session"]) == ("deleted", gone.stem)
    assert line["what"] == "older than record.keep_days"


def test_of_a_session_that_grew_old_the_audit_log_names_the_id(home: Path) -> None:
    gone, damaged = old(home, 31), old(home, 32)
    with closing(sqlite3.connect(gone)) as connection, connection:
        write_details(connection, msgspec.structs.replace(load_details(gone), id="00c0ffee00c0ffee"))
    damaged.write_bytes(b"damaged")
    assert len(delete_expired(configured(keep_days=30), open_audit(configured()))) == 2
    assert sorted(line.get("id", "") for line in noted()) == ["", "00c0ffee00c0ffee"]


def test_sessions_in_a_folder_of_ones_own_grow_old_too(home: Path, tmp_path: Path) -> None:
    own = tmp_path / "lessons"
    own.mkdir()
    config = configured(keep_days=30, path=str(own))
    gone, other = old_in(own, 31), old(home, 31)
    kept, named = old_in(own, 29), recorded(own, 3, name="maths of 2025")
    assert sorted(delete_expired(config, open_audit(config))) == sorted([gone, other])
    assert sorted(own.iterdir()) == sorted([kept, named])
    assert {line["session"] for line in noted()} == {gone.stem}
    # Named twice, it is looked through once.
    again = old(home, 40)
    config = configured(keep_days=30, path=str(home / "sessions"))
    assert delete_expired(config, Audit(None)) == [again]


def test_beside_a_file_of_ones_own_nothing_is_deleted(tmp_path: Path) -> None:
    moved_here_to_keep = old_in(tmp_path, 300)
    config = configured(keep_days=30, path=str(tmp_path / "today.session"))
    assert delete_expired(config, Audit(None)) == []
    assert moved_here_to_keep.exists()


def test_a_path_that_cannot_be_used_keeps_only_a_recording_from_starting(
    home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    gone = old(home, 31)
    path = "~no-such-user/lessons"
    with recording(configured(path=path, enabled=False), SOURCE, CARD, Audit(None)):
        pass
    assert not gone.exists()
    assert "no-such-user" in caplog.text
    with (
        pytest.raises(RecordError, match="no-such-user"),
        recording(configured(path=path), SOURCE, CARD, Audit(None)),
    ):
        pass


def test_an_old_session_that_cannot_be_deleted_keeps_no_lesson_from_starting(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Root may delete what the user may not, so the system's refusal is played.
    path = old(home, 40)

    def refuse(self: Path, missing_ok: bool = False) -> None:
        raise PermissionError(13, os.strerror(13), str(self))

    monkeypatch.setattr(Path, "unlink", refuse)
    config = configured(keep_days=30)
    assert delete_expired(config, open_audit(config)) == []
    assert path.exists()
    assert noted() == []


def test_an_old_session_that_is_being_recorded_stays(
    home: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """As when the first agent's clock was wrong at its start, or ``keep_days`` is short."""
    monkeypatch.setattr("exporter.recorder.session.LOCK_WAIT", 0.0)
    config, path = configured(keep_days=30), home / "sessions" / "2020-01-01_0000-abcd.session"
    with record(path, finish=False):
        assert delete_expired(config, open_audit(config)) == []
        assert "open in another program" in caplog.text
    assert (path.exists(), noted()) == (True, [])
    assert delete_expired(config, open_audit(config)) == [path]


def test_of_a_link_that_grew_old_only_the_link_is_deleted_and_nothing_else_is_said(
    home: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    kept, link = recorded(tmp_path, 3, name="kept"), home / "sessions" / "2020-01-01_0000-abcd.session"
    link.symlink_to(kept)
    with caplog.at_level(logging.INFO, "readtheroom"):
        assert delete_expired(configured(keep_days=30), open_audit(configured())) == []
    assert (kept.exists(), link.is_symlink()) == (True, False)
    assert caplog.messages == [f"the expired session {link} was a link: it is deleted, and {kept} is kept"]
    (line,) = noted()
    assert line["what"] == f"a link, older than record.keep_days; kept is {kept}"
    assert "id" not in line


def test_at_its_end_a_recording_that_was_deleted_meanwhile_is_not_called_recorded(
    home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with (
        caplog.at_level(logging.INFO, "readtheroom"),
        recording(configured(), SOURCE, CARD, Audit(None)) as kept,
    ):
        kept.publish(next(lesson(1)))
        until(lambda: kept.path is not None and not _is_empty(kept.path))
        assert kept.path is not None
        delete_session(kept.path)
    assert kept.status.state is RecordState.FAILED
    assert f"{kept.path} was deleted or moved while it was recorded" in caplog.messages[-1]
    assert not any(line.startswith("recorded ") for line in caplog.messages)
    assert list((home / "sessions").iterdir()) == []


def _is_empty(path: Path) -> bool:
    try:
        return not len(load_session(path).seconds)
    except RecordError:
        return True


def test_an_audit_log_that_is_not_wanted_is_not_written() -> None:
    config = configured(audit=False)
    with recording(config, SOURCE, CARD, open_audit(config)):
        pass
    assert not audit_path().exists()
