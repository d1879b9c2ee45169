"""The connection file in which tools find the token."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.errors import FeedError
from exporter.access.token import (
    ConnectionInfo,
    connection_file,
    make_token,
    read_connection_file,
    remove_connection_file,
    write_connection_file,
)

MINE = ConnectionInfo(feed="ws://127.0.0.1:1/feed", token="a" * 32)
OTHER = ConnectionInfo(feed="ws://127.0.0.1:1/feed", token="b" * 32)


def test_a_connection_file_reads_back_and_leaves_no_other_file(tmp_path: Path) -> None:
    path = connection_file(1, tmp_path)
    write_connection_file(path, OTHER)
    write_connection_file(path, MINE)
    assert read_connection_file(path) == MINE
    assert list(tmp_path.iterdir()) == [path]


def test_the_connection_file_of_another_agent_is_left_alone(tmp_path: Path) -> None:
    path = connection_file(1, tmp_path)
    write_connection_file(path, OTHER)
    remove_connection_file(path, MINE)
    assert read_connection_file(path) == OTHER
    remove_connection_file(path, OTHER)
    remove_connection_file(path, OTHER)
    assert not path.exists()


@pytest.mark.parametrize("content", [b"", b"{", b'{"feed": 1}', b"\xff", b'{"feed": "\xff"}'])
def test_a_damaged_connection_file_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "feed-1.json"
    path.write_bytes(content)
    with pytest.raises(FeedError, match=r"feed-1\.json"):
        read_connection_file(path)


def test_a_missing_connection_file_asks_for_the_agent(tmp_path: Path) -> None:
    with pytest.raises(FeedError, match="start one with `readtheroom run`"):
        read_connection_file(tmp_path / "none.json")


def test_a_connection_file_that_cannot_be_moved_in_place_leaves_no_token_behind(tmp_path: Path) -> None:
    path = tmp_path / "feed-1.json"
    path.mkdir()
    with pytest.raises(FeedError, match=r"feed-1\.json"):
        write_connection_file(path, MINE)
    assert list(tmp_path.iterdir()) == [path]


def test_every_session_has_another_token() -> None:
    first, second = make_token({}), make_token({})
    assert first != second
    assert len(first) >= 32
