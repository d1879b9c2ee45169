"""``readtheroom report`` on a session that the program recorded of the drawn class, and on what is none."""

from __future__ import annotations

import csv
import os
import random
import re
import shutil
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from agent.__main__ import main
from agent.values import LABELS
from exporter.privacy import PrivacyPolicy, filter_snapshot
from exporter.recorder.audit import Audit, audit_path
from exporter.recorder.packing import Packer
from exporter.recorder.session import load_session
from exporter.recorder.store import Store
from tests.agent.commands.conftest import NAME
from tests.exporter.recorder.lessons import details, lesson, record, recorded
from tests.program import call

Capture = pytest.CaptureFixture[str]


def refused(capsys: Capture, *arguments: str) -> str:
    """What is said on stderr of a command that ends with exit code 2: one line, with what to do."""
    assert main(arguments) == 2
    said = capsys.readouterr()
    lines = said.err.strip().splitlines()
    assert len(lines) == 1, said.err
    assert lines[0].startswith("readtheroom: ")
    assert said.out == ""
    return lines[0]


def test_the_list_names_the_session(session: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    assert main(["report"]) == 0
    told = capsys.readouterr().out
    assert NAME in told
    people = len(load_session(session).participants)
    assert f" {people} " in told.split(NAME)[1].splitlines()[0]


def test_the_list_keeps_the_brackets_of_a_name(
    session: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    session.rename(session.with_name("lesson [red].session"))
    assert main(["report"]) == 0
    assert "lesson [red] " in capsys.readouterr().out


@pytest.mark.usefixtures("session")
@pytest.mark.parametrize("columns", ["20", "80"])
def test_the_list_can_be_read_in_a_narrow_terminal(
    columns: str, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    assert main(["report"]) == 0
    name, facts = capsys.readouterr().out.splitlines()[:2]
    assert name == NAME
    assert re.fullmatch(r"  \w+, \d+ \w+ \d{4}, \d\d:\d\d, \d+ .*, \d+ participants, \d\.\d MB", facts)


def test_without_any_session_it_says_how_to_record_one(home: Path, capsys: Capture) -> None:
    assert main(["report"]) == 0
    assert "readtheroom run --record" in capsys.readouterr().out
    assert "readtheroom run --record" in refused(capsys, "report", "latest")


@pytest.mark.skipif(sys.platform in {"win32", "darwin"}, reason="names there are text")
@pytest.mark.parametrize(("flag", "ending"), [("--csv", "csv"), ("--out", "html"), ("--parquet", "parquet")])
def test_a_file_whose_name_is_no_text_is_written_named_and_noted(
    session: Path, flag: str, ending: str
) -> None:
    name = os.fsdecode(b"c\xff." + ending.encode())
    told = call("report", str(session), flag, str(session.parent / name), READTHEROOM_RECORD_AUDIT="true")
    assert (told.returncode, told.stderr) == (0, "")
    assert f"c\\udcff.{ending}" in told.stdout
    assert (session.parent / name).is_file()
    assert [entry.to for entry in Audit(audit_path()).entries()][-1].endswith(f"c\\udcff.{ending}")


@pytest.mark.parametrize("name", ["latest", NAME, NAME[:10]])
def test_the_page_of_the_drawn_class_is_written(session: Path, name: str, capsys: Capture) -> None:
    assert main(["report", name]) == 0
    page = Path(f"{NAME}.html")
    assert capsys.readouterr().out == f"wrote {page.resolve()}: open it in a browser\n"
    text = page.read_text(encoding="utf-8")
    for participant in load_session(session).participants.values():
        assert participant in text
    # Self-contained: nothing is fetched from anywhere.
    assert "<script" not in text
    assert "src=" not in text
    assert "url(http" not in text
    assert page.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("name", ["{}/elsewhere/boo", "../elsewhere/boo"])
def test_a_session_that_somebody_sent_does_not_choose_where_its_report_goes(
    name: str, home: Path, tmp_path: Path, capsys: Capture
) -> None:
    (tmp_path / "elsewhere").mkdir()
    with Store(home / "evil.session", details(name=name.format(tmp_path))) as store:
        store.write([Packer().pack(one, 0.0) for one in lesson(1)])
    assert main(["report", "evil"]) == 0
    assert capsys.readouterr().out == f"wrote {Path('evil.html').resolve()}: open it in a browser\n"
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_the_tables_say_what_was_recorded(session: Path) -> None:
    pytest.importorskip("pyarrow")
    import pyarrow.parquet

    assert main(["report", "latest", "--csv", "a.csv", "--parquet", "a.parquet"]) == 0
    assert sorted(path.name for path in Path().iterdir()) == ["a.csv", "a.parquet"]
    with Path("a.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    recorded = load_session(session)
    assert len(rows) == len(recorded.said)
    assert {row["tile"] for row in rows} == set(recorded.participants.values())
    read = [row for row in rows if row["label"]]
    assert len(read) == int((recorded.said["label"] < len(LABELS)).sum()) > 0
    assert np.allclose([sum(float(row[label]) for label in LABELS) for row in read], 1, atol=0.02)
    assert pyarrow.parquet.read_table("a.parquet").num_rows == len(rows)
    assert main(["report", "latest", "--csv", "room.csv", "--table", "room"]) == 0
    assert len(Path("room.csv").read_text(encoding="utf-8").splitlines()) == len(recorded.seconds) + 1


@pytest.mark.parametrize(
    ("flags", "says"),
    [
        (("--csv", "x", "--parquet", "./x"), "--csv and --parquet would both be x: name two files"),
        (("--out", "x", "--csv", "x"), "the report and --csv would both be x"),
        (("--open", "--parquet", f"{NAME}.html"), f"the report and --parquet would both be {NAME}.html"),
        (("--csv", f"../data/readtheroom/sessions/{NAME}.session"), "the session and --csv would both be"),
    ],
)
def test_two_things_are_not_written_over_each_other(
    session: Path, flags: tuple[str, ...], says: str, capsys: Capture
) -> None:
    assert says in refused(capsys, "report", "latest", *flags)
    assert not list(Path().iterdir())


@pytest.mark.parametrize(
    ("flags", "says"),
    [
        (("--out", "a.pdf"), "--out a.pdf would hold a page of HTML, whatever its name: call it a.html"),
        (("--out", "a.csv"), "call it a.html"),
        (("--csv", "a.html"), "--csv a.html would hold a table as CSV, whatever its name: call it a.csv"),
        (("--csv", "a.XLSX"), "call it a.csv"),
        (("--parquet", "a.csv"), "call it a.parquet"),
    ],
)
def test_an_ending_that_is_another_kinds_is_refused(
    session: Path, flags: tuple[str, ...], says: str, capsys: Capture
) -> None:
    assert says in refused(capsys, "report", "latest", *flags)
    assert not list(Path().iterdir())


@pytest.mark.parametrize("name", ["a.html", "a.HTM", "a"])
def test_a_page_may_be_called_as_browsers_know_it(session: Path, name: str) -> None:
    assert main(["report", "latest", "--out", name]) == 0
    assert Path(name).exists()


def test_a_table_without_rows_says_why(home: Path, capsys: Capture) -> None:
    room = details(privacy_mode="room")
    with Store(home / "a.session", room) as store:
        one = filter_snapshot(next(lesson(1)), PrivacyPolicy("room", 1))
        store.write([Packer().pack(one, 0.0)])
    assert main(["report", "a", "--csv", "a.csv"]) == 0
    assert (
        "no rows: privacy.mode room keeps no single readings. `--table room` has" in capsys.readouterr().out
    )
    assert len(Path("a.csv").read_text(encoding="utf-8").splitlines()) == 1
    assert main(["report", "a", "--csv", "a.csv", "--table", "room"]) == 0
    assert capsys.readouterr().out == "wrote a.csv\n"


def test_what_was_exported_is_in_the_audit_log(session: Path) -> None:
    assert main(["report", "latest", "--csv", "a.csv"]) == 0
    (entry,) = Audit(audit_path()).entries()
    assert (entry.event, entry.session, entry.what) == ("exported", NAME, "csv")
    assert entry.to == str(Path("a.csv").resolve())


def test_an_unfinished_session_gets_its_report(home: Path, capsys: Capture) -> None:
    """As a killed program leaves it: the log still beside the file."""
    path = home / f"{NAME}.session"
    store = record(path, finish=False)
    # Closing folds the log in: copy what a power cut would leave.
    for file in home.iterdir():
        shutil.copy(file, home / file.name.replace("beef", "dead"))
    store.close()
    assert (home / f"{NAME.replace('beef', 'dead')}.session-wal").exists()
    assert main(["report"]) == 0
    assert capsys.readouterr().out.count("(no end)") == 2
    assert main(["report", NAME.replace("beef", "dead")]) == 0
    assert len(load_session(home / f"{NAME.replace('beef', 'dead')}.session").seconds) == 50


def test_an_empty_session_is_named_with_what_to_do(home: Path, capsys: Capture) -> None:
    Store(home / f"{NAME}.session", details()).close()
    line = refused(capsys, "report", "latest")
    assert NAME in line
    assert "ended before the first frame" in line
    assert "readtheroom forget" in line
    assert not list(Path().iterdir())


@pytest.mark.parametrize("content", [b"", b"notes on the lesson\n" * 400, b"SQLite format 3\0" + bytes(5000)])
def test_a_file_that_is_no_session_is_named(home: Path, content: bytes, capsys: Capture) -> None:
    (home / f"{NAME}.session").write_bytes(content)
    assert NAME in refused(capsys, "report", NAME)
    assert main(["report"]) == 0
    assert "cannot be read" in capsys.readouterr().out


def test_wherever_a_session_is_damaged_the_error_is_one_line(session: Path, capsys: Capture) -> None:
    """It may also be read, where the damage is in what is never looked at; it never ends in a traceback."""
    whole = session.read_bytes()
    rng = random.Random(5)
    codes = []
    for _ in range(30):
        damaged = bytearray(whole)
        start = rng.randrange(len(damaged))
        damaged[start : start + 600] = rng.randbytes(min(600, len(damaged) - start))
        session.write_bytes(damaged)
        codes.append(main(["report", NAME, "--csv", "a.csv"]))
        lines = capsys.readouterr().err.strip().splitlines()
        assert codes[-1] in {0, 2}
        assert len(lines) == (codes[-1] == 2)
    session.write_bytes(whole[: len(whole) // 2])
    assert "readtheroom forget" in refused(capsys, "report", NAME)
    assert 2 in codes


def test_a_locked_session_is_named_with_what_to_do(
    session: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.setattr("exporter.recorder.session.LOCK_WAIT", 0.05)
    with closing(sqlite3.connect(session, isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        line = refused(capsys, "report", "latest")
    assert "another program holds the file" in line
    assert "try again" in line
    assert main(["report", "latest"]) == 0


@pytest.mark.parametrize(
    ("out", "says"),
    [
        ("nowhere/a", "nowhere does not exist; make it"),
        (".", ". is a folder: name a file in it"),
        ("file/a", "file is no folder"),
        ("pipe", "no file but a device or pipe"),
    ],
)
@pytest.mark.parametrize("kind", ["--out", "--csv"])
def test_a_place_that_cannot_be_written_is_named(
    session: Path, out: str, says: str, kind: str, capsys: Capture
) -> None:
    Path("file").write_text("mine", encoding="utf-8")
    os.mkfifo("pipe")
    assert says in refused(capsys, "report", "latest", kind, out)
    assert sorted(path.name for path in Path().iterdir()) == ["file", "pipe"]


LIMITED = "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, 40_000)); "
RUN = "from agent.__main__ import main; sys.exit(main(sys.argv[1:]))"


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX limits the size of files")
def test_a_disk_that_takes_no_more_leaves_the_old_table(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "out").mkdir()
    old = tmp_path / "out" / "lesson.csv"
    old.write_text("the old one", encoding="utf-8")
    # A limit on the size of files stands for a full disk; SQLite's own files are smaller.
    monkeypatch.setattr("tests.program.command", lambda *given: [sys.executable, "-c", LIMITED + RUN, *given])
    done = call("report", str(recorded(tmp_path, 100)), "--csv", str(old))
    assert done.returncode == 2
    assert done.stderr.splitlines() == [
        f"readtheroom: {old} cannot be written: File too large; the disk takes no file of this size: "
        "name a file on another disk"
    ]
    assert [path.name for path in old.parent.iterdir()] == ["lesson.csv"]
    assert old.read_text(encoding="utf-8") == "the old one"


def test_a_session_that_is_not_there_is_named_with_those_that_are(session: Path, capsys: Capture) -> None:
    line = refused(capsys, "report", "yesterday")
    assert "'yesterday'" in line
    assert NAME in line


@pytest.mark.parametrize("by", ["file", "variable"])
def test_sessions_in_a_folder_of_ones_own_are_found(
    session: Path, tmp_path: Path, by: str, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    """``latest`` must never be one of the default folder instead."""
    own = tmp_path / "own"
    own.mkdir()
    more: list[str] = []
    if by == "file":
        Path("own.yaml").write_text(f"record: {{path: {own}}}\n", encoding="utf-8")
        more = ["--config", "own.yaml"]
    else:
        monkeypatch.setenv("READTHEROOM_RECORD_PATH", str(own))
    assert f"no session is recorded in {own}" in refused(capsys, "report", "latest", *more)
    recorded(own, 7, name="maths")
    assert main(["report", *more]) == 0
    told = capsys.readouterr().out
    assert "maths" in told
    assert NAME not in told
    assert main(["report", "latest", "--table", "room", "--csv", "a.csv", *more]) == 0
    assert len(Path("a.csv").read_text(encoding="utf-8").splitlines()) == 8
    assert main(["forget", "latest", *more, "--yes"]) == 0
    assert list(own.iterdir()) == []
    assert session.exists()


def test_a_folder_lists_the_sessions_in_it(session: Path, capsys: Capture) -> None:
    own = Path("recs")
    own.mkdir()
    recorded(own, 7, name="maths")
    for given in ("recs", "recs/", "./recs"):
        assert main(["report", given]) == 0
        told = capsys.readouterr().out
        assert "maths" in told
        assert NAME not in told
        assert "readtheroom report recs/SESSION (or recs/latest)" in told
    for given in ("recs/latest", "recs/maths", "recs/ma"):
        assert main(["report", given, "--table", "room", "--csv", "a.csv"]) == 0
        assert len(Path("a.csv").read_text(encoding="utf-8").splitlines()) == 8
    capsys.readouterr()
    assert "such as `recs/latest`" in refused(capsys, "report", "recs", "--csv", "b.csv")
    assert "there is no session 'art': the last ones are maths" in refused(capsys, "report", "recs/art")
    assert "recs is a folder: name a session in it, such as recs/latest" in refused(capsys, "forget", "recs")
    assert main(["forget", "recs/latest", "--yes"]) == 0
    assert list(own.iterdir()) == []
    assert session.exists()


def test_where_nothing_is_recorded_the_folders_that_were_named_before_are(
    home: Path, tmp_path: Path, capsys: Capture
) -> None:
    own = tmp_path / "my recs"
    own.mkdir()
    for place in ("relative", str(tmp_path / "gone"), str(own)):
        Audit(audit_path()).note("recorded", session="maths", to=f"{place}/maths.session")
    recorded(own, 7, name="maths")
    advice = f"but elsewhere some are; list them with `readtheroom report '{own}'`"
    assert main(["report"]) == 0
    told = capsys.readouterr().out
    assert advice in told
    assert "--record" not in told
    for command in ("report", "forget"):
        assert advice in refused(capsys, command, "latest")
        assert advice in refused(capsys, command, "maths")
    (own / "maths.session").unlink()
    assert "readtheroom run --record" in refused(capsys, "report", "latest")


def test_the_list_says_where_the_audit_log_is(session: Path, capsys: Capture) -> None:
    assert main(["report"]) == 0
    assert "audit" not in capsys.readouterr().out
    Audit(audit_path()).note("connected", address="127.0.0.1")
    assert main(["report"]) == 0
    assert f"Who followed and what was exported: {audit_path()}\n" in capsys.readouterr().out


@pytest.mark.parametrize("more", [(), ("--out", "r.html"), ("--open",)])
def test_a_table_that_is_to_be_written_nowhere_is_refused(
    session: Path, more: tuple[str, ...], capsys: Capture
) -> None:
    said = refused(capsys, "report", "latest", "--table", "room", *more)
    assert "add --csv OUT or --parquet OUT" in said
    assert not list(Path().iterdir())


def test_an_export_of_no_session_asks_which(session: Path, capsys: Capture) -> None:
    assert "which session?" in refused(capsys, "report", "--csv", "a.csv")
