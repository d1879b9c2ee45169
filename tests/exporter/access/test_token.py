"""The ticket in which tools find the token."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.errors import FeedError
from exporter.access.token import Ticket, make_token, read_ticket, remove_ticket, ticket_path, write_ticket

MINE = Ticket(feed="ws://127.0.0.1:1/feed", token="a" * 32)
OTHER = Ticket(feed="ws://127.0.0.1:1/feed", token="b" * 32)


def test_a_ticket_reads_back_and_leaves_no_other_file(tmp_path: Path) -> None:
    path = ticket_path(1, tmp_path)
    write_ticket(path, OTHER)
    write_ticket(path, MINE)
    assert read_ticket(path) == MINE
    assert list(tmp_path.iterdir()) == [path]


def test_the_ticket_of_another_agent_is_left_alone(tmp_path: Path) -> None:
    path = ticket_path(1, tmp_path)
    write_ticket(path, OTHER)
    remove_ticket(path, MINE)
    assert read_ticket(path) == OTHER
    remove_ticket(path, OTHER)
    remove_ticket(path, OTHER)
    assert not path.exists()


@pytest.mark.parametrize("content", [b"", b"{", b'{"feed": 1}', b"\xff"])
def test_a_damaged_ticket_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "feed-1.json"
    path.write_bytes(content)
    with pytest.raises(FeedError, match=r"feed-1\.json"):
        read_ticket(path)


def test_a_missing_ticket_asks_for_the_agent(tmp_path: Path) -> None:
    with pytest.raises(FeedError, match="start one with `readtheroom run`"):
        read_ticket(tmp_path / "none.json")


def test_a_ticket_that_cannot_be_moved_in_place_leaves_no_token_behind(tmp_path: Path) -> None:
    path = tmp_path / "feed-1.json"
    path.mkdir()
    with pytest.raises(FeedError, match=r"feed-1\.json"):
        write_ticket(path, MINE)
    assert list(tmp_path.iterdir()) == [path]


def test_every_session_has_another_token() -> None:
    first, second = make_token({}), make_token({})
    assert first != second
    assert len(first) >= 32
