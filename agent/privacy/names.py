"""The list of who consented, and how its names are compared with names that were read off label pictures.

A list is UTF-8 text, one name a line: ``+ Anna Berg`` opted in, ``- Ben Okafor`` opted out. Any dash counts
as ``-``. A name without a mark opted in, but is refused where everybody else is read: whoever lists those who
said no would get the reverse. Empty lines and lines that begin with ``#`` are passed over.

Reading letters off a picture goes wrong now and then, so everything errs to the safe side: a name counts as
read only when two readings agree and none says otherwise; one that resembles a name that opted out, be it in
a single word, counts as that one until the teacher says otherwise; a name counts as opted in only when it is
exactly that.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import Enum
from pathlib import Path

from agent.errors import ConfigError
from agent.privacy.scripts import LATIN, scripts_of

ALIKE = 0.65
"""Share of letters in common from which a name may be a misread one; "Anna Berg", "Anna Borg": 0.88."""
ALIKE_SHORT = 0.55
"""The same where one has four letters or fewer, of which one misread counts more: "Tom", "Tony": 0.57."""
SAME_LETTERS = 0.85
SHORTEST = 2
"""Letters that a name in a list must have."""
LEGIBLE = 3
"""Letters that a name read off a label must have: fewer are what text recognition makes of a texture."""
AGREEING = 2
"""Readings that must say the same: of 2709 single ones on hard grounds one resembled the name in nothing, of
those that agree none."""
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
QUOTES = "'\"\u2018\u2019\u201c\u201d("
"""Signs that a name may begin with: 't Hooft."""
ADDED = re.compile(r"\([^)]*\)?")
"""What meeting programs add to a name: (You), (Host, me)."""


class Listed(Enum):
    """What a list says of a name: ``PERHAPS_OUT`` resembles one that opted out."""

    OUT = "out"
    PERHAPS_OUT = "perhaps out"
    IN = "in"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Written:
    """One reading of a label, and whether every word of it is certain."""

    text: str
    sure: bool = True


@dataclass(frozen=True, slots=True)
class Roll:
    """Names that opted in and names that opted out, each as ``plain`` makes it."""

    opted_in: frozenset[str] = frozenset()
    opted_out: frozenset[str] = frozenset()

    def says(self, name: str) -> Listed:
        """What the list says of a name that was read off a label."""
        read = plain(name)
        if read in self.opted_out:
            return Listed.OUT
        if any(resembles(read, one) for one in self.opted_out):
            return Listed.PERHAPS_OUT
        return Listed.IN if read in self.opted_in else Listed.UNKNOWN

    def weighs(self, readings: Sequence[Written]) -> Listed | None:
        """What the list says of a label that was read several times; None where its name is not certain.

        One that says who opted out is enough for that; one that is not sure may still resemble such a name.
        """
        sure = [plain(one.text) for one in readings if one.sure]
        if not self.opted_out.isdisjoint(sure):
            return Listed.OUT
        if len(sure) < AGREEING or len(set(sure)) > 1 or _letters(sure[0]) < LEGIBLE:
            return None
        listed = self.says(sure[0])
        is_doubtful = any(self.says(one.text) in {Listed.OUT, Listed.PERHAPS_OUT} for one in readings)
        return None if is_doubtful and listed is not Listed.PERHAPS_OUT else listed


def plain(name: str) -> str:
    """A name for comparison: without accents, case, punctuation and additions, its words in order."""
    decomposed = unicodedata.normalize("NFKD", ADDED.sub(" ", name))
    # What signs such as ℻ are made of may be capitals, and small letters may come apart again.
    decomposed = unicodedata.normalize("NFKD", decomposed.casefold())
    letters = (one for one in decomposed if not unicodedata.combining(one))
    words = "".join(one if one.isalnum() else " " for one in letters).split()
    return " ".join(sorted(SYLLABLES.sub("", " ".join(words)).split()))


def resembles(read: str, known: str) -> bool:
    """Whether a ``plain`` name may be another, misread or cut short; both ways round.

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


def is_name(text: str) -> bool:
    """Whether text can be a name at all."""
    return _letters(text) >= SHORTEST


def read_roll(path: Path, *, others_read: bool = False, scripts: frozenset[str] = frozenset({LATIN})) -> Roll:
    """Read a list of consent (see ``parse_roll``).

    Raises ConfigError that names the file, and the line where one is to blame.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise ConfigError(f"consent.list: there is no file {str(path)!r}: check the path") from None
    except OSError as error:
        raise ConfigError(
            f"consent.list: {path} cannot be read ({error.strerror or error}): name a text file of names "
            "that is yours to read"
        ) from None
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise ConfigError(
            f"consent.list: {path}, line {line}: byte {error.object[error.start]:#04x} is no UTF-8; save the "
            "file as UTF-8"
        ) from None
    return parse_roll(text, str(path), others_read=others_read, scripts=scripts)


def parse_roll(
    text: str, place: str, *, others_read: bool = False, scripts: frozenset[str] = frozenset({LATIN})
) -> Roll:
    """The list in a text; ``place`` says in errors where it comes from.

    ``others_read``: whoever is not in it is read, so that names without a mark are refused, and names that
    opted out in letters of none of ``scripts``, which are those that can be read off a label. Raises
    ConfigError.
    """
    marks: dict[str, tuple[str, int]] = {}
    for number, line in enumerate(text.splitlines(), 1):
        entry = line.strip()
        if not entry or entry.startswith("#"):
            continue
        try:
            mark, name = _marked(entry, scripts if others_read else None)
        except ValueError as error:
            raise ConfigError(f"consent.list: {place}, line {number}: {entry[:60]!r} {error}") from None
        before, where = marks.setdefault(plain(name), (mark, number))
        if before != mark:
            raise ConfigError(
                f"consent.list: {place}, line {number}: {name[:60]!r} is in and out (line {where}): keep one"
            )
    if not marks:
        raise ConfigError(
            f"consent.list: {place} holds no names: write one a line ('+ Name' opted in, '- Name' out), "
            "or set consent.list to null"
        )
    by_mark = {sign: frozenset(name for name, (mark, _) in marks.items() if mark == sign) for sign in "+-"}
    return Roll(by_mark["+"], by_mark["-"])


def _marked(entry: str, scripts: frozenset[str] | None) -> tuple[str, str]:
    """The mark of a line, ``+`` or ``-``, and the name in it. Raises ValueError that says what is wrong.

    ``scripts``: where all others are read, what a name that opts out may be written in.

    Word processors make longer dashes of a hyphen; a bullet or a cross may mean anything.
    """
    signs = "".join("-" if _is_dash(sign) else "+" if sign == "\uff0b" else sign for sign in entry)
    name = entry[len(signs) - len(signs.lstrip("+- \t")) :]
    if not is_name(plain(name)):
        raise ValueError(f"holds no name: write one of at least {SHORTEST} letters, or '#' before a remark")
    is_bare = signs[0] in QUOTES or not unicodedata.category(signs[0]).startswith(("P", "S"))
    if not is_bare and signs[0] not in "+-":
        raise ValueError(
            "begins with a sign that is neither in nor out: write '+ Name' for in or '- Name' for out"
        )
    if is_bare and scripts is not None:
        raise ValueError(
            f"has no mark, and with consent.default include it may mean either: write '+ {name[:60]}' or "
            f"'- {name[:60]}', or set consent.default to exclude, with which a name without a mark opts in"
        )
    mark = "+" if is_bare else signs[0]
    if mark == "-" and scripts is not None and (unread := scripts_of(plain(name)) - scripts):
        # Of letters that it does not know text recognition makes others, and is sure of them.
        known = " and ".join(script.title() for script in sorted(scripts)) or "none"
        raise ValueError(
            f"opts out in letters ({', '.join(sorted(unread)).title()}) that cannot be read off a label "
            f"with consent.languages as it is, which are {known}: add the language (eng for Latin, kor for "
            "Hangul, rus or ukr for Cyrillic; others are not known well enough), or set consent.default to "
            "exclude and list who opted in, or exclude this participant by hand"
        )
    return mark, name


def _letters(text: str) -> int:
    """How many letters a text has; a Korean syllable is one, of whatever parts."""
    return sum(one.isalpha() for one in unicodedata.normalize("NFC", text))


def _is_dash(sign: str) -> bool:
    """Whether it is a hyphen, a dash, a minus sign or a hyphen bullet."""
    return unicodedata.category(sign) == "Pd" or sign in "\u2212\u2043"


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
