"""Comparing names that were read off label pictures with names in a list.

Reading letters off a picture goes wrong now and then, so a name resembles another rather once too often: be
it in a single word.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from difflib import SequenceMatcher

ALIKE = 0.65
"""Share of letters in common from which a name may be a misread one; "Anna Berg", "Anna Borg": 0.88."""
ALIKE_SHORT = 0.55
"""The same where one has four letters or fewer, of which one misread counts more: "Tom", "Tony": 0.57."""
SAME_LETTERS = 0.85
LEGIBLE = 3
"""Letters that a name read off a label must have: fewer are what text recognition makes of a texture."""
LONG_WORD = 4
"""Letters from which a single word in common is no chance, unless it is all there is."""
LOOK_ALIKE = str.maketrans(
    {"0": "o", "1": "l", "i": "l", "j": "l", "|": "l", "5": "s", "8": "b", "6": "b"}
    | {"ł": "t", "ø": "o", "đ": "d"}
    | dict(zip("авеікмнорстухѕј", "abelkmhopctyxsl", strict=True))
)
"""Signs that text recognition takes for each other, and letters that its English does not know. With Russian
it takes Latin letters for Cyrillic ones that look like them, and the other way round."""
SYLLABLES = re.compile("(?<=[\u1100-\u11ff]) (?=[\u1100-\u11ff])")
"""The space between two Korean letters: text recognition sets one between syllables, and some people do."""
ADDED = re.compile(r"\([^)]*\)?")
"""What meeting programs add to a name: (You), (Host, me)."""


def normalise_name(name: str) -> str:
    """A name for comparison: without accents, case, punctuation and additions, its words in order."""
    decomposed = unicodedata.normalize("NFKD", ADDED.sub(" ", name))
    # What signs such as ℻ are made of may be capitals, and small letters may come apart again.
    decomposed = unicodedata.normalize("NFKD", decomposed.casefold())
    letters = (one for one in decomposed if not unicodedata.combining(one))
    words = "".join(one if one.isalnum() else " " for one in letters).split()
    return " ".join(sorted(SYLLABLES.sub("", " ".join(words)).split()))


def resembles(read: str, known: str) -> bool:
    """Whether a ``normalise_name`` name may be another, misread or cut short; both ways round.

    One word in common is enough: of "Diego Ramirez" on a moving picture, "Diego so" may be all that is read.
    """
    one, other = _folded(read), _folded(known)
    is_short = min(len(one), len(other)) <= LONG_WORD
    least = ALIKE_SHORT if is_short else ALIKE
    if (
        _alike(one, other, least)
        or _same_letters(one, other)
        or _shortened(other, one)
        or _part_of(one, other)
    ):
        return True
    long = LEGIBLE if is_short else LONG_WORD
    words = [word for word in other.split() if len(word) >= long]
    return any(_alike(word, part, least) for word in words for part in one.split() if len(part) >= long)


def letters(text: str) -> int:
    """How many letters a text has; a Korean syllable is one, of whatever parts."""
    return sum(one.isalpha() for one in unicodedata.normalize("NFC", text))


def _alike(one: str, other: str, least: float) -> bool:
    return one == other or SequenceMatcher(None, one, other, autojunk=False).ratio() >= least


def _same_letters(one: str, other: str) -> bool:
    """Whether hardly a letter differs, in whatever order: a space too many moves the words about."""
    letters, others = Counter(one.replace(" ", "")), Counter(other.replace(" ", ""))
    return 2 * (letters & others).total() >= SAME_LETTERS * (letters.total() + others.total())


def _folded(name: str) -> str:
    return name.replace("rn", "m").replace("vv", "w").translate(LOOK_ALIKE)


def _shortened(short: str, long: str) -> bool:
    """Whether each word of one name begins a word of the other: "Anna B"."""
    words = long.split()
    return bool(short) and all(any(word.startswith(part) for word in words) for part in short.split())


def _part_of(piece: str, whole: str) -> bool:
    """Whether each word read is part of a word of a name: of a label that is half covered, or was cut.

    Single letters beside longer words say nothing: "K Ma" was read of a microphone and "Maya Cohen".
    """
    parts, words = piece.split(), whole.split()
    parts = [part for part in parts if len(part) > 1] or parts
    return bool(parts) and all(any(part in word for word in words) for part in parts)
