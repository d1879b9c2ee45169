"""Files are written all or none."""

from __future__ import annotations

from pathlib import Path

import pytest

from models.files import write_all


def test_files_are_written_and_replace_those_before(tmp_path: Path) -> None:
    folder = tmp_path / "made" / "here"
    write_all(folder, {"a.json": b"1", "b.bin": b"2"})
    write_all(folder, {"a.json": b"3"})
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {"a.json": b"3", "b.bin": b"2"}


def test_a_failure_leaves_the_old_files_and_nothing_half_written(tmp_path: Path) -> None:
    write_all(tmp_path, {"a.json": b"old"})
    with pytest.raises(OSError, match="missing"):
        write_all(tmp_path, {"a.json": b"new", "missing/b.bin": b"2"})
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("a.json", b"old")]
