"""One agent per user in the background, and a session that ends it."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.background import InstanceLock, ended_with_session, session_marks
from agent.errors import InstanceError


def test_a_second_agent_is_told_who_holds_the_lock(tmp_path: Path) -> None:
    with InstanceLock(tmp_path) as first:
        first.tell(8765)
        second = InstanceLock(tmp_path)
        holder = second.holder()
        assert holder is not None
        assert holder.port == 8765
        with pytest.raises(InstanceError, match="already"):
            second.acquire()
    assert InstanceLock(tmp_path).holder() is None


def test_the_lock_can_be_had_again(tmp_path: Path) -> None:
    for _ in range(2):
        with InstanceLock(tmp_path) as lock:
            assert lock.holder() is not None


def test_a_session_without_marks_is_never_over(tmp_path: Path) -> None:
    stopped: list[str] = []
    assert session_marks({}) == []
    with ended_with_session([lambda: stopped.append("stop")], session_marks({"XDG_SESSION_ID": "none such"})):
        pass
    assert stopped == []
