"""What the overlay remembers between starts."""

from __future__ import annotations

from pathlib import Path

import pytest

from exporter.native.memory import Memory, load_memory, save_memory


def test_what_was_kept_is_recalled_and_nothing_else_lies_there(tmp_path: Path) -> None:
    path = tmp_path / "state" / "overlay.json"
    save_memory(path, Memory(gauge=(0.1, 0.2)))
    save_memory(path, Memory(gauge=(0.25, 0.75), is_introduced=True))
    assert load_memory(path) == Memory(gauge=(0.25, 0.75), is_introduced=True)
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("text", ["", "{", "[]", '{"gauge": [1]}', '{"gauge": "left"}', "\xff"])
def test_what_cannot_be_read_is_forgotten(tmp_path: Path, text: str) -> None:
    path = tmp_path / "overlay.json"
    path.write_text(text, encoding="latin-1")
    assert load_memory(path) == Memory()


def test_a_place_that_cannot_be_written_costs_the_memory_only(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    path = tmp_path / "file" / "overlay.json"
    save_memory(path, Memory(is_introduced=True))
    assert load_memory(path) == Memory()


def test_nothing_is_left_where_it_cannot_be_kept(tmp_path: Path) -> None:
    path = tmp_path / "overlay.json"
    path.mkdir()
    for _ in range(3):
        save_memory(path, Memory(is_introduced=True))
    assert list(tmp_path.iterdir()) == [path]
