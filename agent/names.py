"""The list of who consented, and how its names are compared with names that were read off label pictures.

A list is UTF-8 text, one name a line: ``+ Anna Berg`` opted in, ``- Ben Okafor`` opted out, a name without a
mark opted in. Any dash counts as ``-``. Empty lines and lines that begin with ``#`` are passed over.

Reading letters off a picture goes wrong now and then, so both comparisons err to the safe side: a name that
resembles one that opted out, be it in a single word, counts as that one until the teacher says otherwise; a
name counts as opted in only when it is exactly that.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import Enum
from pathlib import Path

from agent.errors import ConfigError

ALIKE = 0.65
"""Share of letters in common from which a name may be a misread one; "Anna Berg", "Anna Borg": 0.88."""
SAME_LETTERS = 0.85
SHORTEST = 2
"""Letters that a name must have: fewer are what text recognition makes of a microphone's symbol."""
LONG_WORD = 4
"""Letters from which a single word in common is no chance."""
LOOK_ALIKE = str.maketrans({"0": "o", "1": "l", "i": "l", "j": "l", "|": "l", "5": "s", "8": "b", "6": "b"})
"""Signs that text recognition takes for each other."""
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


def plain(name: str) -> str:
    """A name for comparison: without accents, case, punctuation and additions, its words in order."""
    decomposed = unicodedata.normalize("NFKD", ADDED.sub(" ", name))
    # What signs such as ℻ are made of may be capitals, and small letters may come apart again.
    decomposed = unicodedata.normalize("NFKD", decomposed.casefold())
    letters = (one for one in decomposed if not unicodedata.combining(one))
    words = "".join(one if one.isalnum() else " " for one in letters).split()
    return " ".join(sorted(words))


def resembles(read: str, known: str) -> bool:
    """Whether a ``plain`` name may be another, misread or cut short; both ways round.

    One word in common is enough: of "Diego Ramirez" on a moving picture, "Diego so" may be all that is read.
    """
    one, other = _folded(read), _folded(known)
    if _alike(one, other) or _same_letters(one, other) or _shortened(one, other) or _shortened(other, one):
        return True
    words = [word for word in other.split() if len(word) >= LONG_WORD]
    return any(_alike(word, part) for word in words for part in one.split() if len(part) >= LONG_WORD)


def is_name(text: str) -> bool:
    """Whether text read off a label can be a name at all."""
    return sum(one.isalpha() for one in text) >= SHORTEST


def read_roll(path: Path) -> Roll:
    """Read a list of consent.

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
    return parse_roll(text, str(path))


def parse_roll(text: str, place: str) -> Roll:
    """The list in a text; ``place`` says in errors where it comes from. Raises ConfigError."""
    marks: dict[str, tuple[str, int]] = {}
    for number, line in enumerate(text.splitlines(), 1):
        entry = line.strip()
        if not entry or entry.startswith("#"):
            continue
        mark, name = _marked(entry)
        known = plain(name)
        if not is_name(known):
            raise ConfigError(
                f"consent.list: {place}, line {number}: {entry[:60]!r} holds no name: write one of at least "
                f"{SHORTEST} letters, or '#' before a remark"
            )
        if mark not in {"+", "-"}:
            raise ConfigError(
                f"consent.list: {place}, line {number}: {entry[:60]!r} begins with a sign that is neither in "
                "nor out: write '+ Name' for in or '- Name' for out"
            )
        before, where = marks.setdefault(known, (mark, number))
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


def _marked(entry: str) -> tuple[str, str]:
    """What a line says, ``+``, ``-`` or a sign that is neither, and the name in it.

    Word processors make longer dashes of a hyphen; a bullet or a cross may mean anything.
    """
    signs = "".join("-" if _is_dash(sign) else "+" if sign == "\uff0b" else sign for sign in entry)
    name = entry[len(signs) - len(signs.lstrip("+- \t")) :]
    is_bare = signs[0] in QUOTES or not unicodedata.category(signs[0]).startswith(("P", "S"))
    return ("+" if is_bare else signs[0]), name


def _is_dash(sign: str) -> bool:
    """Whether it is a hyphen, a dash, a minus sign or a hyphen bullet."""
    return unicodedata.category(sign) == "Pd" or sign in "\u2212\u2043"


def _alike(one: str, other: str) -> bool:
    return one == other or SequenceMatcher(None, one, other, autojunk=False).ratio() >= ALIKE


def _same_letters(one: str, other: str) -> bool:
    """Whether hardly a letter differs, in whatever order: a space too many moves the words about."""
    letters, others = Counter(one.replace(" ", "")), Counter(other.replace(" ", ""))
    return 2 * (letters & others).total() >= SAME_LETTERS * (letters.total() + others.total())


def _folded(name: str) -> str:
    return name.replace("rn", "m").replace("vv", "w").translate(LOOK_ALIKE)


def _shortened(short: str, long: str) -> bool:
    """Whether each word of one name begins a word of the other: "Anna B", or a label that was cut off."""
    words = long.split()
    return bool(short) and all(any(word.startswith(part) for word in words) for part in short.split())
