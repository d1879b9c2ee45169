"""The list of consent, and how names are compared with what was read off a label."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from agent.errors import ConfigError
from agent.privacy.consent_list import (
    ConsentList,
    Listed,
    OcrResult,
    is_name,
    load_consent_list,
    parse_consent_list,
)
from agent.privacy.name_matching import normalise_name
from agent.privacy.scripts import read_by

LIST = """\
# Form 4b
+ Chloé Dubois
Ben Okafor
- Diego Ramírez
\u2212 Zoë Ångström

+ Chloé Dubois
"""
LISTED = parse_consent_list(LIST, "list.txt")


def test_a_list_is_read(tmp_path: Path) -> None:
    path = tmp_path / "list.txt"
    path.write_bytes(b"\xef\xbb\xbf" + LIST.replace("\n", "\r\n").encode())
    assert load_consent_list(path) == LISTED
    assert LISTED.opted_in == {"chloe dubois", "ben okafor"}
    assert LISTED.opted_out == {"diego ramirez", "angstrom zoe"}


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
        load_consent_list(path)


@pytest.mark.parametrize("dash", "-\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u2212\ufe58\ufe63\uff0d")
def test_every_dash_of_a_word_processor_opts_out(dash: str) -> None:
    assert parse_consent_list(f"{dash} Ben Okafor\n+ Jo-Ann\n'T Hooft", "list.txt") == ConsentList(
        frozenset({normalise_name("Jo-Ann"), normalise_name("'T Hooft")}), frozenset({"ben okafor"})
    )


UNSEEN = "\u200f- Ben Okafor|\u200e\u2066- Ben Okafor\u2069|\u200b - Ben Okafor|\ufeff- Ben Okafor|\
-\u2060Ben O\u00adkafor|\u3164- Ben Okafor|\u00ad Ben Okafor|\u30fc Ben Okafor"
AMBIGUOUS = '"- Ben Okafor"|\'- Ben Okafor|(-) Ben Okafor|\'-Ben|1. - Ben Okafor|4b -Ben|Ben Okafor -|\
+- Ben Okafor|- + Ben Okafor|+ (-) Ben Okafor|\u0301-Ben Okafor|\u201c\u2013 Ben\u201d|"+ Ben"|\
- Ben\vOkafor|+ Ann\u2028- Ben|# Ann\u2029- Ben|- Ann\r- Ben'


@pytest.mark.parametrize("entry", UNSEEN.split("|"))
def test_a_sign_that_nobody_sees_does_not_turn_a_no_into_a_yes(entry: str) -> None:
    for others_read in (False, True):
        read = parse_consent_list(f"+ Ann Lee\n{entry}\n", "list.txt", others_read=others_read)
        assert read == ConsentList(frozenset({"ann lee"}), frozenset({"ben okafor"}))


@pytest.mark.parametrize("entry", AMBIGUOUS.split("|"))
def test_a_line_whose_mark_may_mean_either_is_refused(entry: str) -> None:
    expected = "line 2: .*(may be a mark|both marks|line break in its middle)"
    for others_read in (False, True):
        with pytest.raises(ConfigError, match=expected):
            parse_consent_list(f"+ Cy Young\n{entry}\n", "list.txt", others_read=others_read)


@pytest.mark.parametrize("entry", ["Ben Okafor (no)", "Ben Okafor (withdrew)", "(not) Ben Okafor", "Ben (no"])
def test_a_name_without_a_mark_whose_brackets_may_say_no_is_refused(entry: str) -> None:
    for others_read in (False, True):
        with pytest.raises(ConfigError, match="line 2: .*brackets may be a no"):
            parse_consent_list(f"+ Cy Young\n{entry}\n", "list.txt", others_read=others_read)
    read = parse_consent_list("+ Ben Okafor (4b)\n- Cy Young (asked twice)", "list.txt")
    assert read == ConsentList(frozenset({"ben okafor"}), frozenset({"cy young"}))


@pytest.mark.parametrize("mark", ["", "+ "])
@pytest.mark.parametrize("name", ["~~Ben~~", "Ann ~~Lee~~", "\u0336".join("Ben Okafor"), "B\u0335en"])
def test_a_name_that_is_struck_through_does_not_opt_in(mark: str, name: str) -> None:
    with pytest.raises(ConfigError, match="line 2: "):
        parse_consent_list(f"+ Cy Young\n{mark}{name}\n", "list.txt")
    assert len(parse_consent_list(f"+ Cy Young\n- {name}\n", "list.txt").opted_out) == 1


def test_signs_within_a_name_are_no_marks() -> None:
    text = "Jo-Ann Lee\nJose\u0301-Ann\n2020-0756 Kim\n+ Dee (4b - new)\n- Ben (new + 4b)\n'T Hooft\n-- Eve"
    read = parse_consent_list(text, "list.txt")
    assert (len(read.opted_in), len(read.opted_out)) == (5, 2)


def test_a_list_with_the_line_ends_of_old_spreadsheets_is_read() -> None:
    read = parse_consent_list("+ Ann Lee\r- Ben Okafor\r", "list.txt")
    assert read == ConsentList(frozenset({"ann lee"}), frozenset({"ben okafor"}))


@pytest.mark.parametrize(
    ("entry", "named"),
    [
        ("Ben Okafor", r"line 3: 'Ben Okafor' has no mark, .*write '\+ Ben Okafor' or '- Ben Okafor'"),
        ("'T Hooft", r"line 3: \"'T Hooft\" has no mark"),
        # Tesseract's English is sure to read "Poma" and "Kata" here.
        ("- Рома", "line 3: '- Рома' opts out in letters \\(Cyrillic\\) that cannot"),
        ("- 김선경 Kim", "line 3: '- 김선경 Kim' opts out in letters \\(Hangul\\) that cannot"),
    ],
)
def test_where_all_others_are_read_a_line_that_would_read_somebody_against_her_will_is_refused(
    entry: str, named: str
) -> None:
    text = f"# who said no\n- Ann Lee\n{entry}\nCy\n"
    with pytest.raises(ConfigError, match=named):
        parse_consent_list(text, "list.txt", others_read=True)
    parse_consent_list(text, "list.txt")


def test_where_all_others_are_read_every_marked_name_of_latin_letters_is_taken() -> None:
    names = "+ Катя\n- Łukasz Żak\n- Nguyễn Thị Hà\n- D\u2019Angelo-Groß 2\n- \u02bbOkina"
    consent_list = parse_consent_list(names, "list.txt", others_read=True)
    assert (len(consent_list.opted_in), len(consent_list.opted_out)) == (1, 4)


def test_where_their_language_is_read_names_of_other_letters_may_opt_out() -> None:
    text = "- Рома\n- 김선경 Kim\n- \u02bbOkina\n"
    scripts = read_by(["eng", "kor", "rus"])
    assert len(parse_consent_list(text, "list.txt", others_read=True, scripts=scripts).opted_out) == 3
    with pytest.raises(
        ConfigError, match=r"opts out in letters \(Hangul\) .*, which are Cyrillic and Latin: "
    ):
        parse_consent_list(text, "list.txt", others_read=True, scripts=read_by(["eng", "rus"]))
    with pytest.raises(
        ConfigError, match=r"opts out in letters \(Latin\) .*, which are none: add the language"
    ):
        parse_consent_list("- Ann Lee", "list.txt", others_read=True, scripts=read_by(["jpn"]))


@pytest.mark.parametrize(
    ("read", "known", "listed"),
    [
        ("이 희 래", "이희래", Listed.OUT),
        ("20200756 김선경", "김선경 (20200756)", Listed.PERHAPS_OUT),
        ("선경 김", "김선경", Listed.PERHAPS_OUT),
        ("이휘래", "이희래", Listed.PERHAPS_OUT),
        ("양예지", "이희래", Listed.UNKNOWN),
        # The eye takes these for Latin letters, and Tesseract with English does.
        ("Copa Hoes", "Сора Ноев", Listed.PERHAPS_OUT),
        ("Соrа Лее", "Cora Lee", Listed.PERHAPS_OUT),
        ("Мария Сидорова", "Олег Кузнецов", Listed.UNKNOWN),
    ],
)
def test_names_of_other_letters_are_compared_on_the_safe_side(read: str, known: str, listed: Listed) -> None:
    assert ConsentList(opted_out=frozenset({normalise_name(known)})).lookup(read) is listed


def test_a_korean_syllable_is_one_letter() -> None:
    assert not is_name(normalise_name("이"))
    assert is_name(normalise_name("허준"))
    # What text recognition makes of a texture: read twice, it is nobody's name.
    assert ConsentList(opted_out=frozenset({normalise_name("이희래")})).decide([OcrResult("씨")] * 2) is None


def test_a_list_that_is_no_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no file"):
        load_consent_list(tmp_path / "missing.txt")
    with pytest.raises(ConfigError, match="cannot be read"):
        load_consent_list(tmp_path)


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
        # Half covered, cut short beside a microphone's symbol, or short and misread.
        ("amirez", Listed.PERHAPS_OUT),
        ("K Di Ra", Listed.PERHAPS_OUT),
        ("Zoy", Listed.PERHAPS_OUT),
        ("Zoy Lind", Listed.UNKNOWN),
        ("K. D.", Listed.UNKNOWN),
    ],
)
def test_names_are_compared_to_the_safe_side(read: str, listed: Listed) -> None:
    assert LISTED.lookup(read) is listed


@pytest.mark.parametrize(("read", "known"), [("Tony,", "Tom"), ("tuki", "Łukasz Żak"), ("Tory Hill", "Tom")])
def test_short_names_that_were_misread_on_real_videos_are_known(read: str, known: str) -> None:
    assert ConsentList(opted_out=frozenset({normalise_name(known)})).lookup(read) is Listed.PERHAPS_OUT


SURE, IN_DOUBT = True, False


@pytest.mark.parametrize(
    ("readings", "listed"),
    [
        ([("Chloé Dubois", SURE)] * 3, Listed.IN),
        ([("Mia Lindqvist", SURE), ("Mia Lindqvist", SURE), ("Mia Lind", IN_DOUBT)], Listed.UNKNOWN),
        ([("Mia Lindqvist", SURE), ("mia, lindqvist", SURE), ("", IN_DOUBT)], Listed.UNKNOWN),
        # One reading alone, one that says otherwise, letters for a word: not certain.
        ([("Mia Lindqvist", SURE), ("Mia Lindqvist", IN_DOUBT), ("Mia Lindqvist", IN_DOUBT)], None),
        ([("Mia Lindqvist", SURE), ("Mia Lindqvist", SURE), ("Mia Lindqvisl", SURE)], None),
        ([("eee aye d f", IN_DOUBT), ("= EV TY Ps", IN_DOUBT), ("oa a 7 rs", IN_DOUBT)], None),
        ([("Al", SURE)] * 3, None),
        ([("42", SURE)] * 3, None),
        ([("", IN_DOUBT)] * 3, None),
        ([], None),
        # That a name may be one that opted out needs no certainty.
        ([("Diego Ramirez", SURE), ("Oiego Rarnirez", IN_DOUBT), ("", IN_DOUBT)], Listed.OUT),
        ([("Mia Lindqvist", SURE), ("Mia Lindqvist", SURE), ("Diego Lindq", IN_DOUBT)], None),
        ([("Diego R", SURE), ("Diego R", SURE), ("Diego", IN_DOUBT)], Listed.PERHAPS_OUT),
    ],
)
def test_a_name_is_certain_when_two_readings_agree_and_none_says_otherwise(
    readings: list[tuple[str, bool]], listed: Listed | None
) -> None:
    assert LISTED.decide([OcrResult(*one) for one in readings]) is listed


@given(st.lists(st.builds(OcrResult, st.text(max_size=12), st.booleans()), max_size=4))
def test_who_opted_out_is_never_weighed_as_anybody_else(others: list[OcrResult]) -> None:
    readings = [*others, OcrResult("Diego Ramírez")]
    assert LISTED.decide(readings) in {Listed.OUT, Listed.PERHAPS_OUT}


NAMES = st.lists(st.text("abcdefghäöüéß", min_size=4, max_size=9), min_size=1, max_size=3).map(" ".join)


@given(NAMES, st.data())
def test_one_letter_misread_never_frees_a_name_that_opted_out(name: str, data: st.DataObject) -> None:
    consent_list = ConsentList(
        opted_in=frozenset({normalise_name(name)}), opted_out=frozenset({normalise_name(name)})
    )
    place = data.draw(st.integers(0, len(name) - 1))
    wrong = data.draw(st.sampled_from("xo1 |"))
    read = data.draw(
        st.sampled_from([name[:place] + wrong + name[place + 1 :], name.upper(), f"{name} ({name}"])
    )
    assert consent_list.lookup(read) in {Listed.OUT, Listed.PERHAPS_OUT}


@example("℻", "")
@given(st.text(max_size=40), st.text(max_size=40))
def test_whatever_was_read_has_an_answer(read: str, known: str) -> None:
    assert ConsentList(opted_out=frozenset({normalise_name(known)})).lookup(read) in set(Listed)
    assert normalise_name(normalise_name(read)) == normalise_name(read)


@given(st.text(max_size=80))
def test_a_list_is_read_or_named(text: str) -> None:
    try:
        consent_list = parse_consent_list(text, "list.txt")
    except ConfigError as error:
        assert "list.txt" in str(error)
    else:
        assert all(is_name(name) for name in consent_list.opted_in | consent_list.opted_out)
