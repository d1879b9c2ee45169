"""The scripts that names are written in, and the scripts that each language of Tesseract reads."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

LATIN, CYRILLIC, HANGUL = "LATIN", "CYRILLIC", "HANGUL"
"""Scripts, by the first word of their letters' Unicode names."""
SCRIPTS = {"kor": HANGUL} | dict.fromkeys(("rus", "ukr", "bel", "bul", "mkd", "srp"), CYRILLIC)
"""The script of each language, by Tesseract's code, of those that were tried on labels."""
OTHERS = frozenset(
    "amh ara asm ben bod chi_sim chi_tra div dzo ell fas grc guj heb hin hye iku jpn kan kat khm lao mal mar "  # noqa: SIM905
    "mya nep ori pan pus san sin snd syr tam tel tgk tha tir uig urd yid".split()
)
"""Languages in other scripts. A language in neither table is written in Latin letters."""
MODIFIER = "MODIFIER"
"""First word of the Unicode names of signs that belong to any script, such as the one before Okina."""


def read_by(languages: Sequence[str]) -> frozenset[str]:
    """The scripts whose names Tesseract reads reliably with these languages, such as eng and kor."""
    return frozenset(SCRIPTS.get(one, LATIN) for one in languages if one not in OTHERS)


def scripts_of(name: str) -> frozenset[str]:
    """The scripts of the letters of a name."""
    kinds = {unicodedata.name(sign, "").split(" ")[0] for sign in name if sign.isalpha()}
    return frozenset(kinds - {MODIFIER})
