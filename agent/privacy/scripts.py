"""The scripts that names are written in, and which of them a language of Tesseract's reads."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

LATIN, CYRILLIC, HANGUL = "LATIN", "CYRILLIC", "HANGUL"
"""Scripts as Unicode's names of their letters begin."""
SCRIPTS = {"kor": HANGUL} | dict.fromkeys(("rus", "ukr", "bel", "bul", "mkd", "srp"), CYRILLIC)
"""The script of a language by Tesseract's name of it, where one of that script was tried on labels."""
OTHERS = frozenset(
    "amh ara asm ben bod chi_sim chi_tra div dzo ell fas grc guj heb hin hye iku jpn kan kat khm lao mal mar "  # noqa: SIM905
    "mya nep ori pan pus san sin snd syr tam tel tgk tha tir uig urd yid".split()
)
"""Languages that are written in yet other letters. What stands in neither place is written in Latin ones."""
MODIFIER = "MODIFIER"
"""Signs such as the one in front of Okina, which belong to any script."""


def read_by(languages: Sequence[str]) -> frozenset[str]:
    """The scripts whose names Tesseract surely tells apart with these languages, such as eng and kor."""
    return frozenset(SCRIPTS.get(one, LATIN) for one in languages if one not in OTHERS)


def scripts_of(name: str) -> frozenset[str]:
    """The scripts of the letters of a name."""
    kinds = {unicodedata.name(sign, "").split(" ")[0] for sign in name if sign.isalpha()}
    return frozenset(kinds - {MODIFIER})
