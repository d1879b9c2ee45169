"""``readtheroom forget`` on a session that the program recorded of the drawn class."""

from __future__ import annotations

import io
import os
import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from agent.__main__ import main
from exporter.recorder.audit import Audit, audit_path
from exporter.recorder.session import load_session
from exporter.recorder.store import Store
from tests.agent.commands.conftest import NAME
from tests.agent.commands.test_report import refused
from tests.exporter.recorder.lessons import details, recorded

Capture = pytest.CaptureFixture[str]


def test_a_participant_is_gone_from_session_report_and_tables(session: Path, capsys: Capture) -> None:
    before = load_session(session)
    gone, *others = before.participants.values()
    count = int((before.said["who"] == next(iter(before.participants))).sum())
    assert main(["report", "latest", "--out", "before.html"]) == 0
    capsys.readouterr()
    assert main(["forget", NAME, "--participant", gone, "--yes"]) == 0
    told = capsys.readouterr().out
    assert f"participant {gone}" in told
    assert f"{count} readings" in told
    # What was written before is the user's own, so it is named.
    assert str(Path("before.html").resolve()) in told
    after = load_session(session)
    assert set(after.participants.values()) == set(others)
    assert len(after.said) == len(before.said) - count
    assert gone.encode() not in session.read_bytes()
    assert main(["report", "latest", "--csv", "after.csv"]) == 0
    assert f",{gone}," not in Path("after.csv").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("answer", "gone"), [("y", True), ("YES ", True), ("", False), ("n", False), (None, False)]
)
def test_in_a_terminal_it_asks_first(
    session: Path, answer: str | None, gone: bool, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    asked = []

    def reply(question: str) -> str:
        asked.append(question)
        if answer is None:
            raise EOFError
        return answer

    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", reply)
    assert main(["forget", "latest"]) == (0 if gone else 1)
    assert session.exists() != gone
    assert ("nothing was deleted" in capsys.readouterr().out) != gone
    assert bool(list(Audit(audit_path()).entries())) == gone
    (question,) = asked
    assert NAME in question
    assert re.search(r"\(.+ \d\d:\d\d, \d+ s, \d participants\)\? \[y/N\] $", question)


@pytest.mark.parametrize(("answer", "gone"), [("n\n", False), ("y\n", True)])
def test_an_answer_on_a_pipe_is_heard(
    session: Path, answer: str, gone: bool, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(answer))
    assert main(["forget", "latest"]) == (0 if gone else 1)
    assert session.exists() != gone
    assert f"Delete the session {NAME} (" in capsys.readouterr().out


@pytest.mark.parametrize("stdin", [io.StringIO(), None])
def test_where_nobody_answers_nothing_is_deleted(
    session: Path, stdin: io.StringIO | None, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.setattr("sys.stdin", stdin)
    for more in ((), ("--participant", next(iter(load_session(session).participants.values())))):
        assert main(["forget", NAME, *more]) == 2
        line = "nothing was deleted, because nobody answered the question: add --yes"
        assert line in capsys.readouterr().err
    assert load_session(session).participants
    assert not list(Audit(audit_path()).entries())


def test_in_a_terminal_it_asks_for_a_participant_too_and_yes_answers(
    session: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, another, *_ = load_session(session).participants.values()
    asked: list[str] = []

    def refuse(question: str) -> str:
        asked.append(question)
        return "n"

    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", refuse)
    assert main(["forget", NAME, "--participant", one]) == 1
    assert f"Delete participant {one} from the session {NAME} (" in asked.pop()
    assert main(["forget", NAME, "--participant", another, "--yes"]) == 0
    assert main(["forget", NAME, "--yes"]) == 0
    assert asked == []


def test_a_file_that_is_refused_anyway_is_not_asked_about(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    (home / "damaged.session").write_bytes(b"no database" * 999)
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", lambda _: pytest.fail("asked"))
    assert "--yes` deletes it" in refused(capsys, "forget", "damaged")


def test_a_session_is_gone_with_all_that_lies_beside_it(session: Path, capsys: Capture) -> None:
    assert main(["forget", NAME, "--yes"]) == 0
    assert NAME in capsys.readouterr().out
    assert list(session.parent.iterdir()) == []
    assert NAME in refused(capsys, "forget", NAME)


def test_the_log_says_that_something_was_forgotten_and_not_who(session: Path) -> None:
    gone = next(iter(load_session(session).participants.values()))
    assert main(["forget", "latest", "--participant", gone, "--yes"]) == 0
    assert main(["forget", "latest", "--yes"]) == 0
    assert [entry.what for entry in Audit(audit_path()).entries()] == ["one participant", "all of it"]
    assert gone not in audit_path().read_text(encoding="utf-8")


def test_a_participant_who_is_not_in_it_is_named_with_those_who_are(session: Path, capsys: Capture) -> None:
    for flags in (["--yes"], []):
        # Without --yes it is said before anything is asked.
        line = refused(capsys, "forget", NAME, "--participant", "nobody", *flags)
        assert "'nobody'" in line
        assert all(one in line for one in load_session(session).participants.values())


def test_part_of_a_name_deletes_nothing(session: Path, capsys: Capture) -> None:
    assert "there is no session" in refused(capsys, "forget", NAME[:10])
    assert session.exists()


def test_an_empty_and_a_damaged_session_can_be_forgotten(home: Path, capsys: Capture) -> None:
    Store(home / "empty.session", details()).close()
    (home / "damaged.session").write_bytes(b"no database" * 999)
    assert main(["forget", "empty", "--yes"]) == 0
    capsys.readouterr()
    assert f"forget {home / 'damaged.session'} --yes`" in refused(capsys, "forget", "damaged")
    assert main(["forget", "damaged", "--yes"]) == 0
    assert list(home.iterdir()) == []


def test_a_file_that_is_no_session_stays_and_nobody_advises_to_delete_it(home: Path, capsys: Capture) -> None:
    Path("lesson.mp4").write_bytes(b"no database" * 999)
    assert "lesson.mp4 is no recorded session" in refused(capsys, "forget", "lesson.mp4", "--yes")
    assert "the file is no recorded session" in refused(capsys, "forget", "lesson.mp4", "--participant", "t1")
    assert "forget" not in refused(capsys, "report", "lesson.mp4")
    assert Path("lesson.mp4").read_bytes() == b"no database" * 999


def test_of_a_damaged_session_nobody_alone_can_be_forgotten(home: Path, capsys: Capture) -> None:
    (home / "damaged.session").write_bytes(b"no database" * 999)
    line = refused(capsys, "forget", "damaged", "--participant", "t1")
    assert "delete it with `readtheroom forget`" in line


@pytest.mark.parametrize("who", [(), ("--participant", "t1")])
def test_a_session_that_another_program_holds_stays(
    session: Path, monkeypatch: pytest.MonkeyPatch, who: tuple[str, ...], capsys: Capture
) -> None:
    monkeypatch.setattr("exporter.recorder.session.LOCK_WAIT", 0.05)
    with closing(sqlite3.connect(session, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        line = refused(capsys, "forget", NAME, *who, "--yes")
    assert "is open in another program, such as the agent that records it: stop that" in line
    assert load_session(session).participants


def test_exports_are_named_however_the_file_was_called_when_they_were_made(
    session: Path, home: Path, capsys: Capture
) -> None:
    assert main(["report", NAME, "--csv", "first.csv"]) == 0
    session.rename(home / "maths.session")
    assert main(["report", "maths", "--csv", "second.csv"]) == 0
    # Another session that was called so once is none of its business.
    Audit(audit_path()).note("exported", session="maths", id="another", to="/elsewhere.csv")
    capsys.readouterr()
    assert main(["forget", "maths", "--yes"]) == 0
    told = capsys.readouterr().out
    assert str(Path("first.csv").resolve()) in told
    assert str(Path("second.csv").resolve()) in told
    assert "elsewhere" not in told
    assert len({entry.id for entry in Audit(audit_path()).entries()} - {"another"}) == 1


def test_exports_of_a_session_without_an_id_are_named_by_both_its_names(home: Path, capsys: Capture) -> None:
    """As it was recorded, and its exports noted, before sessions had one."""
    recorded(home, 3, name=NAME).rename(home / "renamed.session")
    said = details().name
    audit = Audit(audit_path())
    audit.note("exported", session=said, to="/by-its-own.csv")
    assert main(["report", "renamed", "--csv", "by-its-file.csv"]) == 0
    capsys.readouterr()
    assert main(["forget", "renamed", "--yes"]) == 0
    told = capsys.readouterr().out
    assert "/by-its-own.csv" in told
    assert "by-its-file.csv" in told


@pytest.mark.skipif(os.name != "posix", reason="POSIX files lock nobody out of deleting them")
def test_a_file_elsewhere_is_forgotten_by_its_path(drawn_session: Path, home: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.session"
    copy.write_bytes(drawn_session.read_bytes())
    assert main(["forget", str(copy), "--yes"]) == 0
    assert not copy.exists()
    assert drawn_session.exists()
