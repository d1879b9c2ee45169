"""Tables of a session for other programs."""

from __future__ import annotations

import csv
import dataclasses
import os
import stat
import sys
from datetime import datetime
from pathlib import Path

import pyarrow.parquet
import pytest

from agent.errors import RecordError
from exporter.recorder.export import (
    TABLES,
    TableName,
    files_columns,
    files_table,
    table,
    write_csv,
    write_parquet,
)
from exporter.recorder.packing import SessionEvent
from tests.exporter.recorder.lessons import excluded, lesson, session


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_readings_as_csv(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    write_csv(table(session(tmp_path), "readings"), path)
    found = rows(path)
    assert len(found) == 450
    read, unread, off = found[0], found[3], found[5]
    assert (read["tile"], read["label"], read["confidence"], read["angry"]) == ("t0", "angry", "0.76", "0.76")
    assert (read["time"], read["face_width"]) == ("2026-01-01T09:00:00.000Z", "40")
    assert (unread["label"], unread["reason"], unread["angry"], unread["facing"]) == ("", "unsure", "", "0.8")
    assert (off["state"], off["facing"], off["face_width"]) == ("camera_off", "", "")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("name", ["readings", "room"])
def test_seconds_and_time_are_one_clock(tmp_path: Path, name: TableName) -> None:
    """Also where the clock of the machine was set in the middle of the lesson."""
    one = session(tmp_path)
    one.wall[20:] += 3600
    columns = table(one, name)
    times = [datetime.fromisoformat(text).timestamp() for text in columns["time"]]
    passed = [time - times[0] for time in times]
    assert passed == pytest.approx([at - columns["seconds"][0] for at in columns["seconds"]], abs=1e-5)
    assert times[0] == pytest.approx(one.wall[0])


def test_parquet_holds_the_same_as_csv(tmp_path: Path) -> None:
    one = session(tmp_path)
    for name in TABLES:
        columns = table(one, name)
        write_csv(columns, tmp_path / "out.csv")
        write_parquet(columns, tmp_path / "out.parquet")
        back = pyarrow.parquet.read_table(tmp_path / "out.parquet").to_pylist()
        texts = [{key: "" if value is None else str(value) for key, value in row.items()} for row in back]
        assert texts == rows(tmp_path / "out.csv")
        assert texts


@pytest.mark.parametrize("name", TABLES)
def test_parquet_has_the_same_types_whatever_was_recorded(tmp_path: Path, name: TableName) -> None:
    """A lesson without alerts, without faces or in mode ``room`` is read together with others."""
    alert = SessionEvent("alert 3.0", "alert", "many sad", "4 look sad", ("t1",), "room", 3.0, 9.0)
    columns = table(dataclasses.replace(session(tmp_path), events=(alert,)), name)
    schemas = []
    for number, one in enumerate((columns, {key: [] for key in columns}, {key: [None] for key in columns})):
        write_parquet(one, tmp_path / f"{number}.parquet")
        schemas.append(pyarrow.parquet.read_schema(tmp_path / f"{number}.parquet"))
    assert schemas[0] == schemas[1] == schemas[2] == pyarrow.table(columns).schema


def test_the_room_is_empty_where_nothing_was_read(tmp_path: Path) -> None:
    one = session(tmp_path)
    one.scores[3] = float("nan")
    assert table(one, "room")["happy"][3] is None


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20"])
def test_a_marker_is_no_formula_for_a_spreadsheet(tmp_path: Path, sign: str) -> None:
    one = session(tmp_path)
    bad = dataclasses.replace(one.events_of("marker")[0], text=f"{sign}cmd|' /C calc'!A0")
    changed = dataclasses.replace(one, events=(bad,))
    assert table(changed, "events")["text"] == [f"'{sign}cmd|' /C calc'!A0"]


def test_advice_holds_until_the_next_advice(tmp_path: Path) -> None:
    events = (
        SessionEvent("advice 0.0", "advice", "unknown", "Too early to say.", (), "room", 0.0),
        SessionEvent("marker 3.0", "marker", "", "a new topic", (), "room", 3.0),
        SessionEvent("advice 94.1", "advice", "keep", "Keep the pace.", (), "room", 94.1),
        SessionEvent("alert 95.0", "alert", "many sad", "4 look sad", ("t1",), "room", 95.0, 99.0),
        SessionEvent("advice 120.5", "advice", "slower", "Slow down.", (), "room", 120.5),
    )
    found = table(dataclasses.replace(session(tmp_path), events=events), "events")
    assert found["until"] == [94.1, None, 120.5, 99.0, None]


def test_a_participant_is_no_formula_either(tmp_path: Path) -> None:
    one = dataclasses.replace(session(tmp_path), participants=dict.fromkeys(range(9), "=1+1"))
    assert set(table(one, "readings")["tile"]) == {"'=1+1"}
    alert = SessionEvent("alert 95.0", "alert", "many sad", "4 look sad", ("=1+1", "t1"), "room", 95.0)
    assert table(dataclasses.replace(one, events=(alert,)), "events")["tiles"] == ["'=1+1 t1"]


def test_a_marker_has_neither_name_nor_tiles(tmp_path: Path) -> None:
    one = session(tmp_path)
    marker = SessionEvent("m", "marker", "", "a topic", (), "room", 1.0)
    written = table(dataclasses.replace(one, events=(marker,)), "events")
    assert (written["name"], written["tiles"], written["text"]) == ([None], [None], ["a topic"])


def test_files_have_the_table_of_a_session_without_a_time_of_day(tmp_path: Path) -> None:
    """Whatever they are called, in bytes that are no text too, and each with participants of its own."""
    write_csv(table(session(tmp_path, frames=20), "readings"), tmp_path / "session.csv")
    wanted = [{k: v for k, v in row.items() if k != "time"} for row in rows(tmp_path / "session.csv")]
    with files_table(tmp_path / "files.csv") as written:
        for name in ("=HYPERLINK(1).mp4", os.fsdecode(b"b\xff.mp4")):
            written.begin(name)
            for index, one in enumerate(lesson(20)):
                written.add(index / 5, one)
            # Who is excluded leaves no row.
            written.add(4.0, dataclasses.replace(one, readings=excluded(one, 0).readings[:1]))
    found = rows(tmp_path / "files.csv")
    assert [row.pop("file") for row in found] == ["'=HYPERLINK(1).mp4"] * 180 + ["b\\udcff.mp4"] * 180
    assert found == wanted * 2
    assert tuple(rows(tmp_path / "files.csv")[0]) == files_columns()


def test_without_the_extra_it_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(RecordError, match=r"pip install \"\.\[parquet\]\" in .* folder, or export CSV"):
        write_parquet({}, tmp_path / "out.parquet")


def test_a_file_that_cannot_be_written_is_named_and_nothing_is_left(tmp_path: Path) -> None:
    with pytest.raises(RecordError, match=r"none does not exist; make it"):
        write_csv({"a": [1]}, tmp_path / "none" / "out.csv")
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(RecordError, match=r"folder\.csv is a folder: name a file"):
        write_csv({"a": [1]}, tmp_path / "folder.csv")
    assert [file.name for file in tmp_path.iterdir()] == ["folder.csv"]
