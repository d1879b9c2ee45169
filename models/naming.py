"""The names of the seven labels in other data sets: words, abbreviations and numbers, as folder names."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from agent.errors import DataError
from agent.values import LABELS

SYNONYMS: Mapping[str, tuple[str, ...]] = {
    "angry": ("anger", "an", "ang"),
    "disgust": ("disgusted", "di", "dis"),
    "fear": ("fearful", "scared", "afraid", "fe", "af", "fea"),
    "happy": ("happiness", "joy", "ha", "hap"),
    "sad": ("sadness", "sa"),
    "surprise": ("surprised", "su", "sur"),
    "neutral": ("neutrality", "natural", "ne", "neu"),
}
"""Other names of each label, with the codes of JAFFE and KDEF."""

NOT_OURS = frozenset(
    {
        "contempt",
        "contemptuous",
        "con",
        "co",
        "none",
        "unknown",
        "uncertain",
        "other",
        "others",
        "no face",
        "nf",
    }
)
"""Labels of other data sets outside the seven; their pictures are left out and counted."""

NUMBERED: Mapping[str, tuple[str, ...]] = {
    "RAF-DB": ("", "surprise", "fear", "disgust", "happy", "sad", "angry", "neutral"),
    "FER-2013": LABELS,
    "AffectNet": ("neutral", "happy", "sad", "surprise", "fear", "disgust", "angry", "contempt"),
}
"""The label of each number, from 0, in each data set; RAF-DB counts from 1."""

_BY_NAME = {name: label for label, names in SYNONYMS.items() for name in (label, *names)}


def read_names(names: Sequence[str]) -> dict[str, str | None]:
    """The label of each folder name; None for a name of NOT_OURS, such as contempt.

    Case, and a number with its separator before or after the word, are ignored ("3_Happiness"). Plain numbers
    mean RAF-DB if they are 1 to 7, FER-2013 if 0 to 6, and AffectNet if 0 to 7. Raises DataError for any
    other name, and for an incomplete set of numbers, which is ambiguous.
    """
    if names and all(name.isdecimal() for name in names):
        return _by_number(names)
    found: dict[str, str | None] = {}
    for name in names:
        word = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", name.lower()).replace("_", " ")
        if word in NOT_OURS:
            found[name] = None
        elif word in _BY_NAME:
            found[name] = _BY_NAME[word]
        else:
            raise DataError(f"{name!r} is not named after a label; wanted {', '.join(LABELS)}")
    return found


def _by_number(names: Sequence[str]) -> dict[str, str | None]:
    numbers = {int(name) for name in names}
    for words in NUMBERED.values():
        if numbers == {number for number, word in enumerate(words) if word}:
            found = {name: words[int(name)] for name in names}
            return {name: word if word in LABELS else None for name, word in found.items()}
    raise DataError(
        f"folders {', '.join(sorted(names))}: numbers are labels only if all of them are there, 1 to 7 "
        f"(RAF-DB), 0 to 6 (FER-2013) or 0 to 7 (AffectNet); else name the folders {', '.join(LABELS)}"
    )
