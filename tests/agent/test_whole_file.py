"""Files are replaced whole, and nothing is left beside them."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from agent.whole_file import whole_file


def test_what_was_there_stays_until_all_is_written(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(b"old")
    with whole_file(path) as partial:
        partial.write_bytes(b"new")
        assert path.read_bytes() == b"old"
    assert path.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [path]


def test_a_failure_leaves_what_was_there_and_nothing_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(b"old")

    def interrupted() -> None:
        with whole_file(path) as partial:
            partial.write_bytes(b"half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.skipif(os.name != "posix", reason="permissions are those of POSIX")
@pytest.mark.parametrize(("mode", "wanted"), [(0o600, 0o600), (0o666, 0o644)])
def test_its_permissions_are_those_asked_for(tmp_path: Path, mode: int, wanted: int) -> None:
    before = os.umask(0o022)
    try:
        with whole_file(tmp_path / "a", mode) as partial:
            assert stat.S_IMODE(partial.stat().st_mode) == wanted
    finally:
        os.umask(before)
