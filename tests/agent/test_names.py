"""The list of consent, and how names are compared with what was read off a label."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from agent.errors import ConfigError
from agent.names import Listed, Roll, is_name, parse_roll, plain, read_roll

LIST = """\
# Form 4b
+ Chloé Dubois
Ben Okafor
- Diego Ramírez
\u2212 Zoë Ångström

+ Chloé Dubois
"""
ROLL = parse_roll(LIST, "list.txt")


def test_a_list_is_read(tmp_path: Path) -> None:
    path = tmp_path / "list.txt"
    path.write_bytes(b"\xef\xbb\xbf" + LIST.replace("\n", "\r\n").encode())
    assert read_roll(path) == ROLL
    assert ROLL.opted_in == {"chloe dubois", "ben okafor"}
    assert ROLL.opted_out == {"diego ramirez", "angstrom zoe"}


@pytest.mark.parametrize(
    ("data", "named"),
    [
        (b"", "holds no names"),
        (b"\n# nobody yet\n", "holds no names"),
        ("Ann\nJos\u00e9\n".encode("latin-1"), "line 2: byte 0xe9 is no UTF-8"),
        ("Ann\n".encode("utf-16"), "line 1: byte 0xff is no UTF-8"),
        (b"Ann\n+ \n", "line 2: '\\+' holds no name"),
        (b"Ann\n42\n", "line 2: '42' holds no name"),
        ("Ann\n\u2022 Ben\n".encode(), "line 2: '\u2022 Ben' begins with a sign that is neither"),
        (b"* Ben\n", "line 1: '\\* Ben' begins with a sign that is neither"),
        (b"+ Ann Lee\n\n- ann  LEE\n", "line 3: 'ann  LEE' is in and out \\(line 1\\)"),
    ],
)
def test_a_wrong_list_is_named_with_its_line(tmp_path: Path, data: bytes, named: str) -> None:
    path = tmp_path / "list.txt"
    path.write_bytes(data)
    with pytest.raises(ConfigError, match=named):
        read_roll(path)


@pytest.mark.parametrize("dash", "-\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u2212\ufe58\ufe63\uff0d")
def test_every_dash_of_a_word_processor_opts_out(dash: str) -> None:
    assert parse_roll(f"{dash} Ben Okafor\n+ Jo-Ann\n'T Hooft", "list.txt") == Roll(
        frozenset({plain("Jo-Ann"), plain("'T Hooft")}), frozenset({"ben okafor"})
    )


def test_a_list_that_is_no_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no file"):
        read_roll(tmp_path / "missing.txt")
    with pytest.raises(ConfigError, match="cannot be read"):
        read_roll(tmp_path)


@pytest.mark.parametrize(
    ("read", "listed"),
    [
        ("Chloé Dubois", Listed.IN),
        ("CHLOE DUBOIS (You)", Listed.IN),
        ("Dubois, Chloe\u0301", Listed.IN),
        # A letter wrong may be somebody else: not opted in.
        ("Chloé Dubais", Listed.UNKNOWN),
        ("Ben Okafor Ro", Listed.UNKNOWN),
        ("Diego Ramírez", Listed.OUT),
        ("DIEGO RAMIREZ (Host, me", Listed.OUT),
        # Misread, cut short, or a namesake: in doubt, out.
        ("D1ego Rarnirez", Listed.PERHAPS_OUT),
        ("Diego so", Listed.PERHAPS_OUT),
        ("Diego R...", Listed.PERHAPS_OUT),
        ("Dieqo Ramírez » : ,", Listed.PERHAPS_OUT),
        ("Zoe", Listed.PERHAPS_OUT),
        ("Mia Lindqvist", Listed.UNKNOWN),
    ],
)
def test_names_are_compared_to_the_safe_side(read: str, listed: Listed) -> None:
    assert ROLL.says(read) is listed


NAMES = st.lists(st.text("abcdefghäöüéß", min_size=4, max_size=9), min_size=1, max_size=3).map(" ".join)


@given(NAMES, st.data())
def test_one_letter_misread_never_frees_a_name_that_opted_out(name: str, data: st.DataObject) -> None:
    roll = Roll(opted_in=frozenset({plain(name)}), opted_out=frozenset({plain(name)}))
    place = data.draw(st.integers(0, len(name) - 1))
    wrong = data.draw(st.sampled_from("xo1 |"))
    read = data.draw(
        st.sampled_from([name[:place] + wrong + name[place + 1 :], name.upper(), f"{name} ({name}"])
    )
    assert roll.says(read) in {Listed.OUT, Listed.PERHAPS_OUT}


@example("℻", "")
@given(st.text(max_size=40), st.text(max_size=40))
def test_whatever_was_read_has_an_answer(read: str, known: str) -> None:
    assert Roll(opted_out=frozenset({plain(known)})).says(read) in set(Listed)
    assert plain(plain(read)) == plain(read)


@given(st.text(max_size=80))
def test_a_list_is_read_or_named(text: str) -> None:
    try:
        roll = parse_roll(text, "list.txt")
    except ConfigError as error:
        assert "list.txt" in str(error)
    else:
        assert all(is_name(name) for name in roll.opted_in | roll.opted_out)
