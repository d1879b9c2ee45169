"""Compares names read off labels with the names of a list.

Text recognition makes errors, so in doubt two names count as alike: a single word in common is enough.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from difflib import SequenceMatcher

ALIKE = 0.65
"""Minimum share of letters in common of a name that may be misread; "Anna Berg", "Anna Borg": 0.88."""
ALIKE_SHORT = 0.55
"""The same if one has four letters or fewer, where one misread letter counts more: "Tom", "Tony": 0.57."""
SAME_LETTERS = 0.85
LEGIBLE = 3
"""Minimum letters of a name read off a label: text recognition reads fewer from a texture."""
LONG_WORD = 4
"""Minimum letters of a word in common at which it is no coincidence, unless it is the whole name."""
LOOK_ALIKE = str.maketrans(
    {"0": "o", "1": "l", "i": "l", "j": "l", "|": "l", "5": "s", "8": "b", "6": "b"}
    | {"ł": "t", "ø": "o", "đ": "d"}
    | dict(zip("авеікмнорстухѕј", "abelkmhopctyxsl", strict=True))
)
"""Signs that text recognition confuses, and letters that its English does not know. With Russian it confuses
Latin letters with the Cyrillic ones that look like them."""
SYLLABLES = re.compile("(?<=[\u1100-\u11ff]) (?=[\u1100-\u11ff])")
"""The space between two Korean letters: text recognition puts one between syllables, and some people do."""
ADDED = re.compile(r"\([^)]*\)?")
"""Additions of meeting programs to a name: (You), (Host, me)."""


def normalise_name(name: str) -> str:
    """A name for comparison: without accents, case, punctuation and additions, its words in order."""
    decomposed = unicodedata.normalize("NFKD", ADDED.sub(" ", name))
    # The parts of signs such as ℻ may be capitals, and small letters may decompose again.
    decomposed = unicodedata.normalize("NFKD", decomposed.casefold())
    bare = (one for one in decomposed if not unicodedata.combining(one))
    words = "".join(one if one.isalnum() else " " for one in bare).split()
    return " ".join(sorted(SYLLABLES.sub("", " ".join(words)).split()))


def resembles(read: str, known: str) -> bool:
    """Whether a ``normalise_name`` name may be another, misread or cut short; symmetric.

    One word in common is enough: of "Diego Ramirez" over a moving picture, only "Diego so" may be read.
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
    """Number of letters in a text; a Korean syllable is one, whatever its parts."""
    return sum(one.isalpha() for one in unicodedata.normalize("NFC", text))


def _alike(one: str, other: str, least: float) -> bool:
    return one == other or SequenceMatcher(None, one, other, autojunk=False).ratio() >= least


def _same_letters(one: str, other: str) -> bool:
    """Whether nearly all letters are the same, in any order: an extra space reorders the words."""
    ours, theirs = Counter(one.replace(" ", "")), Counter(other.replace(" ", ""))
    return 2 * (ours & theirs).total() >= SAME_LETTERS * (ours.total() + theirs.total())


def _folded(name: str) -> str:
    return name.replace("rn", "m").replace("vv", "w").translate(LOOK_ALIKE)


def _shortened(short: str, long: str) -> bool:
    """Whether each word of one name begins a word of the other: "Anna B"."""
    words = long.split()
    return bool(short) and all(any(word.startswith(part) for word in words) for part in short.split())


def _part_of(piece: str, whole: str) -> bool:
    """Whether each word read is part of a word of a name, as when a label is half covered or cut.

    Single letters beside longer words say nothing: "K Ma" was read off a microphone and "Maya Cohen".
    """
    parts, words = piece.split(), whole.split()
    parts = [part for part in parts if len(part) > 1] or parts
    return bool(parts) and all(any(part in word for word in words) for part in parts)
