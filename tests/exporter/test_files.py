"""Files of the program's own: whole, private, and nothing beside them."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

import pytest

from exporter.files import remedy, write_private


def test_a_file_is_replaced_whole_and_is_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "new" / "a.json"
    before = os.umask(0)
    try:
        write_private(path, b"first")
        write_private(path, b"second")
    finally:
        os.umask(before)
    assert path.read_bytes() == b"second"
    assert list(path.parent.iterdir()) == [path]
    assert [stat.S_IMODE(one.stat().st_mode) for one in (path, path.parent)] == [0o600, 0o700]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no device that is always full")
def test_a_full_disk_leaves_what_was_there_and_nothing_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.json"
    write_private(path, b"first")

    def full(_: Path, data: bytes) -> None:
        with Path("/dev/full").open("wb") as device:
            device.write(data)

    monkeypatch.setattr(Path, "write_bytes", full)
    for _ in range(3):
        with pytest.raises(OSError, match="No space left"):
            write_private(path, b"second")
    assert path.read_bytes() == b"first"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("error", "advice"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "free some room"),
        (OSError(errno.EDQUOT, "Disk quota exceeded"), "free some room"),
        (PermissionError(errno.EACCES, "Permission denied"), "make its folder writable"),
        (ValueError("no error of the system"), "make its folder writable"),
    ],
)
def test_the_advice_fits_the_error(error: Exception, advice: str) -> None:
    assert advice in remedy(error)


def test_a_folder_at_its_place_stays(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.mkdir()
    with pytest.raises(OSError, match=r"a\.json"):
        write_private(path, b"text")
    assert list(tmp_path.iterdir()) == [path]
