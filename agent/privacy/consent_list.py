"""The list of who consented. ``name_matching`` compares its names with names read off labels.

A list is UTF-8 text, one name per line: ``+ Anna Berg`` opted in, ``- Ben Okafor`` opted out. Any dash counts
as ``-``. A name without a mark opted in. It is refused if everybody else is read by default, because somebody
who lists those who said no would get the reverse. Empty lines and lines that begin with ``#`` are ignored, as
are signs that nobody sees. A line whose mark can be understood in two ways is refused.

Text recognition makes errors, so every rule errs on the safe side. A name counts as read only if two readings
agree and none differs. A name that resembles an opted-out name, even in a single word, counts as opted out
until the teacher decides otherwise. A name counts as opted in only if it is exactly the same.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import takewhile
from pathlib import Path

from agent.errors import ConfigError
from agent.privacy.name_matching import LEGIBLE, letters, normalise_name, resembles
from agent.privacy.scripts import LATIN, scripts_of
from agent.small_file import read_small

SHORTEST = 2
"""Minimum letters of a name in a list."""
BOTH_MARKS = "write '+ Name' for in or '- Name' for out"
AGREEING = 2
"""Minimum readings that must agree: of 2,709 single readings on difficult backgrounds, one had nothing in
common with the name; of readings that agree, none."""
QUOTES = "'\"\u2018\u2019\u201c\u201d("
"""Signs with which a name may begin: 't Hooft."""
SOFT_HYPHEN = "\u00ad"
FILLERS = "\u115f\u1160\u3164\uffa0"
"""Hangul letters that are drawn as nothing."""
DASHES = SOFT_HYPHEN + "\u2212\u2043\u30fc\uff70\u3161"
"""Signs beside Unicode's dashes that look like one; East Asian keyboards give the last three for it."""
STRUCK = ("\u0334", "\u0335", "\u0336", "\u0337", "\u0338", "~~")
"""Signs that strike a text through, as where a name was taken off a list."""
BRACKET = "("
"""Begins an addition, which ``normalise_name`` leaves out: (4b), (no)."""
LINE_BREAKS = "\r\v\f\x1c\x1d\x1e\x85\u2028\u2029"
"""Signs that some programs take for the end of a line; inside a line they may hide a second mark."""


class Listed(Enum):
    """What a list says of a name; ``PERHAPS_OUT``: it resembles one that opted out."""

    OUT = "out"
    PERHAPS_OUT = "perhaps out"
    IN = "in"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class OcrResult:
    """One reading of a label, and whether every word of it is certain."""

    text: str
    sure: bool = True


@dataclass(frozen=True, slots=True)
class ConsentList:
    """Names that opted in and names that opted out, each normalised by ``normalise_name``."""

    opted_in: frozenset[str] = frozenset()
    opted_out: frozenset[str] = frozenset()

    def lookup(self, name: str) -> Listed:
        """What the list says of a name read off a label."""
        read = normalise_name(name)
        if read in self.opted_out:
            return Listed.OUT
        if any(resembles(read, one) for one in self.opted_out):
            return Listed.PERHAPS_OUT
        return Listed.IN if read in self.opted_in else Listed.UNKNOWN

    def decide(self, readings: Sequence[OcrResult]) -> Listed | None:
        """What the list says of a label that was read several times; None if its name is not certain.

        One reading of an opted-out name is enough; an uncertain reading may still resemble such a name.
        """
        sure = [normalise_name(one.text) for one in readings if one.sure]
        if not self.opted_out.isdisjoint(sure):
            return Listed.OUT
        if len(sure) < AGREEING or len(set(sure)) > 1 or letters(sure[0]) < LEGIBLE:
            return None
        listed = self.lookup(sure[0])
        is_doubtful = any(self.lookup(one.text) in {Listed.OUT, Listed.PERHAPS_OUT} for one in readings)
        return None if is_doubtful and listed is not Listed.PERHAPS_OUT else listed


def is_name(text: str) -> bool:
    """Whether text can be a name at all."""
    return letters(text) >= SHORTEST


def load_consent_list(
    path: Path, *, others_read: bool = False, scripts: frozenset[str] = frozenset({LATIN})
) -> ConsentList:
    """Read a list of consent (see ``parse_consent_list``).

    Raises ConfigError that names the file, and the line if one is wrong.
    """
    try:
        text = read_small(path).decode("utf-8-sig")
    except FileNotFoundError:
        raise ConfigError(f"consent.list: there is no file {str(path)!r}", "check the path") from None
    except OSError as error:
        raise ConfigError(
            f"consent.list: {path} cannot be read ({error.strerror or error})",
            "name a text file of names that is yours to read",
        ) from None
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise ConfigError(
            f"consent.list: {path}, line {line}: byte {error.object[error.start]:#04x} is no UTF-8",
            "save the file as UTF-8",
        ) from None
    return parse_consent_list(text, str(path), others_read=others_read, scripts=scripts)


def parse_consent_list(
    text: str, origin: str, *, others_read: bool = False, scripts: frozenset[str] = frozenset({LATIN})
) -> ConsentList:
    """Parse a list; ``origin`` names the text in errors.

    ``others_read``: everybody who is not in the list is read. Names without a mark are then refused, and so
    are opted-out names in a script that cannot be read off a label, which is one outside ``scripts``. Raises
    ConfigError.
    """
    marks: dict[str, tuple[str, int]] = {}
    for number, line in enumerate(_lines(text), 1):
        entry = _visible(line)
        try:
            _check_is_one_line(entry)
            if not entry or entry.startswith("#"):
                continue
            mark, name = _marked(entry, scripts if others_read else None)
        except ConfigError as error:
            problem = f"consent.list: {origin}, line {number}: {entry[:60]!r} {error.problem}"
            raise ConfigError(problem, error.remedy) from None
        before, where = marks.setdefault(normalise_name(name), (mark, number))
        if before != mark:
            raise ConfigError(
                f"consent.list: {origin}, line {number}: {name[:60]!r} is in and out (line {where})",
                "keep one",
            )
    if not marks:
        raise ConfigError(
            f"consent.list: {origin} holds no names",
            "write one a line ('+ Name' opted in, '- Name' out), or set consent.list to null",
        )
    by_mark = {sign: frozenset(name for name, (mark, _) in marks.items() if mark == sign) for sign in "+-"}
    return ConsentList(by_mark["+"], by_mark["-"])


def _lines(text: str) -> list[str]:
    """The lines of a text; Excel may end all of them with a carriage return alone."""
    return text.replace("\r\n", "\n").split("\n") if "\n" in text else text.split("\r")


def _visible(line: str) -> str:
    """A line without what nobody sees: spaces around it, and marks of direction, byte order and joining.

    A soft hyphen stays, because many programs show it as a hyphen.
    """
    return "".join(
        sign
        for sign in unicodedata.normalize("NFC", line)
        if sign == SOFT_HYPHEN or not (sign in FILLERS or unicodedata.category(sign) == "Cf")
    ).strip()


def _check_is_one_line(entry: str) -> None:
    """Raise ConfigError if a line holds a sign that some programs show as a new line."""
    if breaks := [sign for sign in entry if sign in LINE_BREAKS]:
        raise ConfigError(
            f"holds a line break in its middle (U+{ord(breaks[0]):04X})", "write one name a line"
        )


def _marked(entry: str, scripts: frozenset[str] | None) -> tuple[str, str]:
    """The mark of a line, ``+`` or ``-``, and its name. Raises ConfigError, without the line and its number.

    ``scripts``: if everybody else is read, the scripts in which an opted-out name may be written.

    Word processors make longer dashes of a hyphen; a bullet or a cross may mean anything.
    """
    signs = "".join("-" if _is_dash(sign) else "+" if sign == "\uff0b" else sign for sign in entry)
    name = entry[len(signs) - len(signs.lstrip("+- \t")) :].replace(SOFT_HYPHEN, "")
    if not is_name(normalise_name(name)):
        raise ConfigError(
            "holds no name", f"write one of at least {SHORTEST} letters, or '#' before a remark"
        )
    before = "".join(takewhile(lambda sign: not sign.isalnum(), signs))
    if "+" in before and "-" in before:
        raise ConfigError("has both marks", BOTH_MARKS)
    is_bare = signs[0] in QUOTES or not unicodedata.category(signs[0]).startswith(("P", "S"))
    if not is_bare and signs[0] not in "+-":
        raise ConfigError("begins with a sign that is neither in nor out", BOTH_MARKS)
    if is_bare and _has_loose_mark(signs):
        raise ConfigError(
            "has a '+' or '-' that is not its first sign, and may be a mark",
            f"{BOTH_MARKS}, without quotes or numbers before it",
        )
    mark = "+" if is_bare else signs[0]
    _check_is_no_no(entry, name, mark, is_bare)
    if is_bare and scripts is not None:
        raise ConfigError(
            "has no mark, and with consent.default include it may mean either",
            f"write '+ {name[:60]}' or '- {name[:60]}', or set consent.default to exclude, with which a name "
            "without a mark opts in",
        )
    if mark == "-" and scripts is not None and (unread := scripts_of(normalise_name(name)) - scripts):
        # Text recognition reads letters that it does not know as others, and is certain of them.
        known = " and ".join(script.title() for script in sorted(scripts)) or "none"
        raise ConfigError(
            f"opts out in letters ({', '.join(sorted(unread)).title()}) that cannot be read off a label "
            f"with consent.languages as it is, which are {known}",
            "add the language (eng for Latin, kor for Hangul, rus or ukr for Cyrillic; others are not known "
            "well enough), or set consent.default to exclude and list who opted in, or exclude this "
            "participant by hand",
        )
    return mark, name


def _check_is_no_no(entry: str, name: str, mark: str, is_bare: bool) -> None:
    """Raise ConfigError for a name that would opt in though its line may say the contrary."""
    if mark == "+" and any(sign in entry for sign in STRUCK):
        raise ConfigError("is struck through, and may mean a no", BOTH_MARKS)
    if is_bare and BRACKET in name:
        raise ConfigError(
            "has no mark, and what stands in brackets may be a no",
            f"{BOTH_MARKS}; what is in brackets is no part of the name",
        )


def _is_dash(sign: str) -> bool:
    """Whether it is a hyphen, a dash, a minus sign, a hyphen bullet or looks like one."""
    return unicodedata.category(sign) == "Pd" or sign in DASHES


def _has_loose_mark(signs: str) -> bool:
    """Whether a ``+`` or ``-`` stands anywhere but between two letters or digits, as in Jo-Ann."""
    # Accents and vowel signs belong to the letter before them.
    text = "".join(sign for sign in signs if not unicodedata.category(sign).startswith("M"))
    around = zip(f" {text}", text, f"{text[1:]} ", strict=False)
    return any(sign in "+-" and not (one.isalnum() and other.isalnum()) for one, sign, other in around)
