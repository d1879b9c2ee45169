"""YAML for configurations: plain values only, no duplicate keys, and errors with their line."""

from __future__ import annotations

import re
from typing import Any

import yaml

from agent.errors import ConfigError


class _Loader(yaml.SafeLoader):
    """YAML in which only true and false are booleans (so ``mode: off`` is text) and keys are unique."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key_node, _ in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                problem = "a key must be a text, not a list or a mapping"
                raise yaml.constructor.ConstructorError(None, None, problem, key_node.start_mark)
            if key_node.value in seen:
                line = key_node.start_mark.line + 1
                raise ConfigError(f"the key '{key_node.value}' stands twice (again in line {line}): keep one")
            seen.add(key_node.value)
        return super().construct_mapping(node, deep)


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:bool"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:bool", re.compile(r"^(?:true|True|false|False)$"), list("tTfF")
)


def parse_yaml(text: str, origin: str) -> Any:
    """The value of a YAML text; ``origin`` names its source in errors. Raises ConfigError."""
    try:
        # The loader derives from SafeLoader: it builds plain values only.
        return yaml.load(text, Loader=_Loader)  # noqa: S506
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f", line {mark.line + 1}" if mark else ""
        problem = getattr(error, "problem", None) or "unreadable"
        raise ConfigError(
            f"{origin}{where}: {problem}; not valid YAML: check indentation, quotes and brackets"
        ) from None
    except (ValueError, RecursionError, TypeError) as error:
        raise ConfigError(f"{origin}: {error}; put the value into quotes") from None
