"""Reads the configuration: merges the defaults, a file, the environment and the command line.

Precedence, weakest first: the defaults of ``agent.configuration.config``, a command's own defaults, the
configuration file, ``READTHEROOM_<SECTION>_<KEY>`` variables, command-line flags. Every mistake is a
ConfigError that names the origin, the key with its path, the value and what was expected.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, get_args

import msgspec
from msgspec.inspect import NoneType, StrType, Type, UnionType, type_info

from agent.configuration.config import Config, known_keys
from agent.configuration.plain_yaml import parse_yaml
from agent.configuration.values import wrong_values
from agent.errors import ConfigError
from agent.lesson.rules import RULE_CHOICES
from agent.small_file import read_small
from exporter.words import counted

Data = dict[str, Any]
"""The configuration before validation: sections with keys."""

ENVIRONMENT_PREFIX = "READTHEROOM_"
NOT_KEYS = frozenset({"READTHEROOM_TOKEN", "READTHEROOM_CONFIG", "READTHEROOM_MQTT_PASSWORD"})
"""Variables with the prefix that are not configuration keys: secrets, and the path of the file itself."""

PATTERNS = {
    "feed.host": "must be an IP address, or a name of letters a to z, digits, hyphens and dots",
    "mqtt.topic": "must be a topic without '#' and '+'",
    "consent.languages": "must be a language as Tesseract calls it, such as eng",
}
"""What the patterns of ``agent.configuration.config`` require, in words."""
UNIONS = {"source.monitor": "must be auto, or a monitor's number: 1, 2, ..."}
"""What keys of two types accept, in words."""
LACKING = re.compile(r"Object missing required field `(\w+)`")
BOUNDS = {"<=": "at most", ">=": "at least", "<": "less than", ">": "more than"}

KINDS = {
    "int": "a whole number",
    "float": "a number",
    "str": "a text",
    "bool": "true or false",
    "array": "a list",
    "object": "keys",
    "null": "null",
}

VARIABLE_HINT = "its name is a section and a key of config.yaml, such as READTHEROOM_FEED_PORT for feed.port"


def load_config(
    path: Path | None = None,
    environment: Mapping[str, str] | None = None,
    flags: Mapping[str, Any] | None = None,
    own: Mapping[str, Any] | None = None,
    typed: Mapping[str, str] | None = None,
) -> Config:
    """Read the configuration from a file, then ``environment``, then ``flags`` ({"feed.port": 9000}).

    ``own`` are the command's defaults where they differ from the program's, for keys that none of these sets.
    ``typed`` names the flag that sets a key ({"feed.port": "--port"}), for error messages. Raises ConfigError
    for a wrong value in any of them.
    """
    data: Data = {}
    if path is not None:
        data = _read_file(path)
        _convert(data, str(path))
    for name, text in (environment or {}).items():
        if name.startswith(ENVIRONMENT_PREFIX) and name not in NOT_KEYS:
            key = _variable_key(name)
            _set(data, key, _variable_value(key, text, name))
            _convert(data, f"the environment variable {name}")
    for key, value in (flags or {}).items():
        _set(data, key, value)
        _convert(data, "the command line", (typed or {}).get(key))
    for key, value in (own or {}).items():
        section, _, name = key.partition(".")
        data.setdefault(section, {}).setdefault(name, value)
    return _convert(data, "the defaults")


def _read_file(path: Path) -> Data:
    try:
        text = read_small(path).decode()
    except FileNotFoundError:
        raise ConfigError(
            f"there is no configuration file {path}: check --config, or READTHEROOM_CONFIG"
        ) from None
    except UnicodeDecodeError:
        raise ConfigError(f"the configuration file {path} is no UTF-8 text: save it as UTF-8") from None
    except OSError as error:
        raise ConfigError(
            f"the configuration file {path} cannot be read ({error.strerror or error}): check --config "
            "or READTHEROOM_CONFIG, and the file's permissions"
        ) from None
    try:
        data = parse_yaml(text, str(path))
    except ConfigError as error:
        raise ConfigError(f"{path}: {error}" if str(path) not in str(error) else str(error)) from None
    if data is None:
        return {}
    if not isinstance(data, dict):
        raise ConfigError(f"{path} must hold sections with keys (such as 'feed:'), not {str(data)[:40]!r}")
    return {str(name): {} if section is None else section for name, section in data.items()}


def _variable_key(name: str) -> str:
    short = name.removeprefix(ENVIRONMENT_PREFIX).lower()
    by_variable = {key.replace(".", "_"): key for key in known_keys()}
    if short not in by_variable:
        close = difflib.get_close_matches(short, list(by_variable), n=1)
        raise ConfigError(
            f"the environment variable {name} sets no known key; "
            + (f"did you mean '{_as_variable(close[0])}'?" if close else VARIABLE_HINT)
        )
    return by_variable[short]


def _variable_value(key: str, text: str, name: str) -> Any:
    """The value of a variable: YAML, but a key for a text takes it as it stands, such as a path with a ``#``.

    Raises ConfigError if it is empty, which scripts make of a variable that they forgot to set: it must not
    turn into null, with which ``consent.list`` would protect nobody.
    """
    section, _, short = key.partition(".")
    kind = _field_type(section, short)
    kinds = kind.types if isinstance(kind, UnionType) else (kind,)
    stripped = text.strip()
    takes_null = any(isinstance(one, NoneType) for one in kinds)
    if not stripped and (takes_null or not isinstance(kind, StrType)):
        raise ConfigError(
            f"the environment variable {name} is empty: unset it{', or write null' if takes_null else ''}"
        )
    is_text = any(isinstance(one, StrType) for one in kinds)
    is_yaml = (takes_null and stripped in {"null", "~"}) or stripped[:1] in {"'", '"'}
    return stripped if is_text and not is_yaml else parse_yaml(text, name)


def _field_type(section: str, name: str) -> Type:
    """What msgspec expects of a key."""
    outer = next(field for field in msgspec.structs.fields(Config) if field.name == section)
    return next(type_info(field.type) for field in msgspec.structs.fields(outer.type) if field.name == name)


def _as_variable(short: str) -> str:
    return ENVIRONMENT_PREFIX + short.upper()


def _set(data: Data, key: str, value: Any) -> None:
    section, _, name = key.partition(".")
    data.setdefault(section, {})[name] = value


def _convert(data: Data, origin: str, flag: str | None = None) -> Config:
    """The validated configuration; if a ``flag`` was set last, errors are about its value."""
    _check_names(data, origin)
    try:
        config = msgspec.convert(data, Config)
    except msgspec.ValidationError as error:
        problem, _, path = str(error).partition(" - at `$.")
        key = path.rstrip("`")
        lacking = LACKING.fullmatch(problem)
        if lacking:
            raise ConfigError(f"{origin}: {key} lacks the key '{lacking[1]}'") from None
        what, shown = flag or f"{origin}: {key}", _shown(_value_at(data, key))
        raise ConfigError(f"{what} is {shown}, but {_plain(problem, key)}") from None
    # Check the converted values: aliases of YAML may contain themselves.
    _check_texts(msgspec.to_builtins(config), "", origin)
    for wrong in wrong_values(config):
        raise ConfigError(f"{flag or f'{origin}: {wrong.key}'} is {wrong.shown!r}, but {wrong.expected}")
    return config


def _check_texts(value: Any, key: str, origin: str) -> None:
    """Refuse text that YAML can escape but that no path, message or terminal can hold."""
    if isinstance(value, dict):
        for name, part in value.items():
            _check_texts(part, f"{key}.{name}".removeprefix("."), origin)
    elif isinstance(value, list | tuple):
        for index, part in enumerate(value):
            _check_texts(part, f"{key}[{index}]", origin)
    elif isinstance(value, str) and ("\0" in value or any("\ud800" <= one <= "\udfff" for one in value)):
        raise ConfigError(f"{origin}: {key} is {value!r}, but must be a text without \\0, in UTF-8")


def _shown(value: Any) -> str:
    """A value as written in the file: in YAML's words, not in Python's."""
    words = {None: "null", True: "true", False: "false"}
    return words[value] if value is None or isinstance(value, bool) else repr(value)


def _check_names(data: Data, origin: str) -> None:
    sections = {field.name: field.type for field in msgspec.structs.fields(Config)}
    for name, section in data.items():
        if name not in sections:
            raise ConfigError(f"{origin}: there is no section '{name}'{_suggest(name, sections)}")
        if not isinstance(section, dict):
            raise ConfigError(f"{origin}: {name} must hold keys, each on a line below it, got {section!r}")
        keys = [field.name for field in msgspec.structs.fields(sections[name])]
        for key in section:
            if key not in keys:
                raise ConfigError(f"{origin}: there is no key {name}.{key}{_suggest(str(key), keys)}")


def _suggest(name: str, known: Any) -> str:
    close = difflib.get_close_matches(name, list(known), n=1)
    if close:
        return f"; did you mean '{close[0]}'?"
    return "; known are " + ", ".join(known)


def _value_at(data: Any, key: str) -> Any:
    for part in re.findall(r"[^.\[\]]+", key):
        try:
            data = data[int(part)] if isinstance(data, list) else data[part]
        except (KeyError, IndexError, TypeError, ValueError):
            return None
    return data


def _plain(problem: str, key: str) -> str:
    choices = _choices(key)
    if choices:
        return "must be one of " + ", ".join(str(choice) for choice in choices)
    if "matching regex" in problem:
        return PATTERNS[re.sub(r"\[\d+\]", "", key)]
    if limit := _limit(problem):
        return limit
    if key in UNIONS:
        return UNIONS[key]
    if problem.startswith("Expected `array") and "got `str`" in problem:
        return "must be a list, such as [one, two]"
    named = re.sub(r"`([a-z |]+)`", lambda kinds: _kinds(kinds[1]), problem)
    named = re.sub(r"^Expected (.+), got (.+)$", r"must be \1, not \2", named)
    return named[:1].lower() + named[1:]


def _limit(problem: str) -> str | None:
    bound = re.fullmatch(r"Expected `(?:int|float)` (<=|>=|<|>) (\S+)", problem)
    if bound:
        return f"must be {BOUNDS[bound[1]]} {bound[2].removesuffix('.0')}"
    length = re.fullmatch(r"Expected `(str|array)` of length (<=|>=) (\d+)", problem)
    if length:
        unit = "character" if length[1] == "str" else "item"
        return f"must be {KINDS[length[1]]} of {BOUNDS[length[2]]} {counted(int(length[3]), unit)}"
    return None


def _kinds(kinds: str) -> str:
    """msgspec's ``float | null`` as "a number or null"; names of keys are only quoted."""
    words = [KINDS.get(kind, "") for kind in kinds.split(" | ")]
    return " or ".join(words) if all(words) else f"'{kinds}'"


def _choices(key: str) -> tuple[Any, ...]:
    section, _, name = key.partition(".")
    if section == "alerts":
        return RULE_CHOICES.get(re.sub(r"\[\d+\]", "", name).removeprefix("rules."), ())
    for outer in msgspec.structs.fields(Config):
        for field in msgspec.structs.fields(outer.type) if outer.name == section else ():
            if field.name == name and getattr(field.type, "__origin__", None) is Literal:
                return get_args(field.type)
    return ()
