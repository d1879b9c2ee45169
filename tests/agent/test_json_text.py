"""JSON from files that a crash or another program may have damaged."""

from __future__ import annotations

import msgspec
import pytest

from agent.json_text import decoded


def test_what_fits_is_decoded() -> None:
    assert decoded(b'["a", "b"]', tuple[str, ...]) == ("a", "b")
    assert decoded('{"a": 1}', dict[str, int]) == {"a": 1}


@pytest.mark.parametrize("content", [b"", b"[", b"\xff", b'["\xff"]', b'["\\ud800"]', b"[1]"])
def test_whatever_is_wrong_is_one_kind_of_error(content: bytes) -> None:
    with pytest.raises(msgspec.DecodeError):
        decoded(content, list[str])
