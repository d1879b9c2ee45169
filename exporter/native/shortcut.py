"""Parses the shortcut that hides everything, from the configuration. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from agent.errors import ConfigError

MODIFIERS = {
    "ctrl": "ctrl",
    "control": "ctrl",
    "alt": "alt",
    "option": "alt",
    "shift": "shift",
    "meta": "meta",
    "win": "meta",
    "super": "meta",
}
EXPECTED = "must be like Ctrl+Alt+H: Ctrl, Alt or Meta, then a letter, a digit or F1 to F24 (empty: none)"
"""The error text for a wrong shortcut."""


@dataclass(frozen=True, slots=True)
class Shortcut:
    """A key with its modifiers (ctrl, alt, shift, meta): ``key`` is a letter, a digit, or F1 to F24."""

    modifiers: frozenset[str]
    key: str

    def __str__(self) -> str:
        names = [name.capitalize() for name in ("ctrl", "alt", "shift", "meta") if name in self.modifiers]
        return "+".join([*names, self.key.upper()])


def parse_shortcut(text: str) -> Shortcut | None:
    """Parse a text such as ``Ctrl+Alt+H``; None for an empty text.

    Raises ConfigError for anything else, also without Ctrl, Alt or Meta: such a shortcut would take a key
    from every program.
    """
    if not text.strip():
        return None
    *names, key = (part.strip().lower() for part in text.split("+"))
    modifiers = frozenset(MODIFIERS.get(name, "") for name in names)
    is_function = key[:1] == "f" and key[1:].isdigit() and 1 <= int(key[1:]) <= 24
    is_letter = len(key) == 1 and key.isascii() and key.isalnum()
    if "" in modifiers or not (is_letter or is_function) or not modifiers & {"ctrl", "alt", "meta"}:
        raise ConfigError(f"overlay.shortcut is {text!r}, but {EXPECTED}")
    return Shortcut(modifiers, key.upper() if is_function else key)
