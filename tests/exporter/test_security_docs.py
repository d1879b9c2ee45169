"""SECURITY.md promises a test for each threat: all that it names exist."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest

from tests.paths import ROOT

TEXT = (ROOT / "exporter" / "SECURITY.md").read_text(encoding="utf-8")
ROWS = [line.strip("| ").split(" | ") for line in TEXT.splitlines() if line.startswith("| ")][2:]
"""Of each threat: who and what they try, what stands in the way, and what tests it."""

REFERENCE = re.compile(r"`([\w./-]*)(?:::(\w+))?`")


def references() -> Iterator[tuple[str, str]]:
    """Each file that is named, from the repository's root, with the test in it, which may be empty."""
    for *_, tests in ROWS:
        file = ""
        for named, test in REFERENCE.findall(tests):
            file = named or file
            yield file, test


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0][:40])
def test_each_threat_names_a_test(row: list[str]) -> None:
    assert len(row) == 3
    assert REFERENCE.search(row[2])


@pytest.mark.parametrize(("file", "test"), sorted(set(references())))
def test_what_it_names_exists(file: str, test: str) -> None:
    assert file, f"::{test} stands before any file"
    path = ROOT / file
    assert path.exists()
    if test:
        defined = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        assert test in {one.name for one in defined if isinstance(one, ast.FunctionDef)}


def test_no_test_is_named_elsewhere_on_the_page() -> None:
    """Where it would not be looked for."""
    elsewhere = [line for line in TEXT.splitlines() if not line.startswith("| ")]
    assert not re.search(r"test_\w+", "\n".join(elsewhere))
