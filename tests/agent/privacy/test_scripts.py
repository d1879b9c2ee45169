"""Which script a name is written in, and which ones a language of Tesseract's reads."""

from __future__ import annotations

import pytest

from agent.privacy.name_matching import normalise_name
from agent.privacy.scripts import CYRILLIC, HANGUL, LATIN, OTHERS, SCRIPTS, read_by, scripts_of


@pytest.mark.parametrize(
    ("name", "scripts"),
    [
        ("Łukasz Żak", {LATIN}),
        ("\u02bbOkina 2", {LATIN}),
        ("Катя", {CYRILLIC}),
        ("김선경 Kim", {HANGUL, LATIN}),
        ("王丽", {"CJK"}),
        ("20200756", set()),
    ],
)
def test_the_scripts_of_a_name(name: str, scripts: set[str]) -> None:
    assert scripts_of(name) == scripts_of(normalise_name(name)) == scripts


def test_what_languages_read() -> None:
    assert read_by(["eng"]) == read_by(["deu", "pol"]) == {LATIN}
    assert read_by(["kor", "ukr", "eng"]) == {HANGUL, CYRILLIC, LATIN}
    # Nothing is known of how often names in these are read as others.
    assert not read_by(["jpn", "chi_sim", "ell"])
    assert not OTHERS & SCRIPTS.keys()
