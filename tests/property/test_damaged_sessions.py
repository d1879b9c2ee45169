"""Recordings with a value that no recorder writes: named, or read all the same, and always forgotten."""

from __future__ import annotations

import contextlib
import json
import math
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from agent.commands.report import print_sessions
from agent.errors import RecordError
from exporter.recorder.export import TABLES, write_csv
from exporter.recorder.folder import list_sessions
from exporter.recorder.forget import forget_participant, forget_session
from exporter.recorder.packing import FRAME_COLUMNS, RECORD
from exporter.recorder.session import load_session
from exporter.report.page import render
from tests.exporter.recorder.lessons import recorded

Change = tuple[str, str, Any]

HUGE = [1e308, -1e308, math.inf, -math.inf, 10**18, -(10**18), 1e13, -1, 0]
TEXTS = ["x", "", "[1]", "[[[", '["<script>"]', b"\xff\xfe", b"", None, "a" * 1000]
VALUES = st.sampled_from([*HUGE, *TEXTS]) | st.floats() | st.binary(max_size=70)
CHANGES = st.one_of(
    st.tuples(st.just("frames"), st.sampled_from(FRAME_COLUMNS), VALUES),
    st.tuples(
        st.just("events"),
        st.sampled_from(["kind", "name", "text", "tiles", "scope", "since", "until"]),
        VALUES,
    ),
    st.tuples(st.just("participants"), st.just("id"), VALUES),
    st.tuples(
        st.just("about"),
        st.sampled_from(["started", "utc_offset", "hz", "people", "ended", "min_group", "name", "model"]),
        st.sampled_from([*HUGE[:2], *HUGE[4:], "x", "", None, {"figures": {"accuracy": 1e308}}, 1e-300]),
    ),
)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return recorded(tmp_path_factory.mktemp("whole"), frames=30).read_bytes()


@contextlib.contextmanager
def damaged(whole: bytes, changes: list[Change]) -> Iterator[Path]:
    """A recording beside a sound one, with one value in some rows set to another."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "bad.session")
        path.write_bytes(whole)
        path.with_name("good.session").write_bytes(whole)
        with closing(sqlite3.connect(path)) as connection, connection:
            for table, column, value in changes:
                _change(connection, table, column, value)
        yield path


def _change(connection: sqlite3.Connection, table: str, column: str, value: Any) -> None:
    if table == "about":
        told = json.loads(connection.execute("SELECT value FROM about").fetchone()[0])
        told[column] = {**told["model"], **value} if isinstance(value, dict) else value
        connection.execute("UPDATE about SET value = ?", (json.dumps(told),))
        return
    rows = {"frames": "number % 3 = 1", "participants": "number = 3", "events": "1"}[table]
    with contextlib.suppress(sqlite3.IntegrityError):
        connection.execute(f"UPDATE {table} SET {column} = ? WHERE {rows}", (value,))  # noqa: S608


def test_frames_with_half_a_reading_each_are_no_session(whole: bytes) -> None:
    """Two halves make a whole: all bytes together are as many as whole readings have."""
    with damaged(whole, []) as path:
        with closing(sqlite3.connect(path)) as connection, connection:
            half = bytes(RECORD.itemsize // 2)
            connection.execute("UPDATE frames SET said = ? WHERE number IN (3, 4)", (half,))
        with pytest.raises(RecordError, match=r"bad\.session is damaged: .* cut short"):
            load_session(path)


@settings(max_examples=150, deadline=None)
@given(st.lists(CHANGES, min_size=1, max_size=2))
@example([("about", "started", 1e18)])
@example([("about", "hz", 0)])
@example([("frames", "seconds", "x")])
@example([("frames", "seconds", math.inf)])
@example([("frames", "wall", 1e13)])
@example([("frames", "said", b"x" * 31)])
@example([("frames", "said", "x" * 31)])
@example([("events", "tiles", "[[[")])
@example([("events", "tiles", b'["\xff"]')])
@example([("events", "since", 1e308)])
@example([("participants", "id", "x" * 10**6)])
@example([("about", "model", {"figures": {"accuracy": 1e308}})])
def test_a_damaged_session_is_named_or_read_and_always_forgotten(whole: bytes, changes: list[Change]) -> None:
    with damaged(whole, changes) as path:
        good = path.with_name("good.session")
        listed = list_sessions(path.parent)
        print_sessions(listed, "none")
        assert {one.name for one in listed if one.details is not None} >= {"good"}
        try:
            session = load_session(path)
        except RecordError as error:
            assert str(path.stem) in str(error)
        else:
            assert "</html>" in render(session)
            for table in TABLES.values():
                write_csv(table(session), path.with_suffix(".csv"))
        (number,) = (one for one, name in load_session(good).participants.items() if name == "t1")
        forget_participant(path, "t1")
        with closing(sqlite3.connect(path)) as connection:
            assert not connection.execute("SELECT 1 FROM participants WHERE id = 't1'").fetchall()
            for (said,) in connection.execute("SELECT said FROM frames"):
                assert number not in np.frombuffer(said, RECORD)["who"]
            for (tiles,) in connection.execute("SELECT tiles FROM events"):
                assert "t1" not in json.loads(tiles)
        forget_session(path)
        assert not path.exists()
