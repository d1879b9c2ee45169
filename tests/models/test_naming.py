"""The names that other data sets give the seven labels."""

from __future__ import annotations

import pytest

from agent.errors import DataError
from agent.values import LABELS
from models.naming import NUMBERED, SYNONYMS, read_names


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("Angry", "angry"),
        ("anger", "angry"),
        ("Happiness", "happy"),
        ("joy", "happy"),
        ("SADNESS", "sad"),
        ("surprised", "surprise"),
        ("fearful", "fear"),
        ("Disgusted", "disgust"),
        ("Neutral", "neutral"),
        ("3_happy", "happy"),
        ("happy (2)", "happy"),
        ("05 - sadness", "sad"),
        ("AN", "angry"),
        ("contempt", None),
        ("7_Contempt", None),
        ("Unknown", None),
    ],
)
def test_words_in_use_are_understood(name: str, label: str | None) -> None:
    assert read_names([name]) == {name: label}


def test_no_word_means_two_labels() -> None:
    words = [word for label, others in SYNONYMS.items() for word in (label, *others)]
    assert len(words) == len(set(words))
    assert set(SYNONYMS) == set(LABELS)


def test_numbers_are_read_by_whose_they_are() -> None:
    raf = read_names([str(number) for number in range(1, 8)])
    assert [raf[str(number)] for number in (1, 4, 6, 7)] == ["surprise", "happy", "angry", "neutral"]
    assert read_names([str(number) for number in range(7)]) == {
        str(number): label for number, label in enumerate(LABELS)
    }
    affect = read_names([str(number) for number in range(8)])
    assert (affect["0"], affect["6"], affect["7"]) == ("neutral", "angry", None)
    assert all(len(set(words) & set(LABELS)) == 7 for words in NUMBERED.values())


@pytest.mark.parametrize("names", [["1", "2"], ["0", "9"], ["1", "2", "3", "4", "5", "6", "8"]])
def test_some_numbers_only_could_be_anybodys(names: list[str]) -> None:
    with pytest.raises(DataError, match=r"1 to 7 \(RAF-DB\), 0 to 6 \(FER-2013\)"):
        read_names(names)


def test_any_other_name_is_an_error() -> None:
    for name in ("bored", "", "__", "happysad", "²"):
        with pytest.raises(DataError, match="is not named after a label; wanted angry, disgust"):
            read_names(["happy", name])
    with pytest.raises(DataError, match="'²' is not named after a label"):
        read_names(["²", "1"])
