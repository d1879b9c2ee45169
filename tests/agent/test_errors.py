"""The tree of errors is the whole of it: drawn as it is, and no module has errors of its own."""

from __future__ import annotations

import ast
import inspect
from pathlib import Path

from agent import errors
from tests.paths import ROOT

CLASSES = [one for _, one in inspect.getmembers(errors, inspect.isclass)]
MODULES = sorted(
    path.relative_to(ROOT).as_posix()
    for package in ("agent", "exporter", "models")
    for path in (ROOT / package).rglob("*.py")
    if path != Path(errors.__file__)
)
BUILT_IN = {"Exception", "BaseException", "OSError", "RuntimeError", "ValueError", "KeyError", "TypeError"}


def drawn() -> dict[str, str]:
    """Of each error in the docstring's tree the one above it."""
    lines = (errors.__doc__ or "").split("::\n", 1)[1].splitlines()
    above: dict[int, str] = {}
    found = {}
    for line in lines:
        depth = next((at for at, sign in enumerate(line) if sign.isalpha()), 0)
        name = line[depth:].split(" ")[0]
        if not name.endswith("Error"):
            continue
        found[name] = next((above[at] for at in sorted(above, reverse=True) if at < depth), "Exception")
        above = {at: other for at, other in above.items() if at < depth} | {depth: name}
    return found


def test_the_tree_is_drawn_as_it_is() -> None:
    assert drawn() == {one.__name__: one.__bases__[0].__name__ for one in CLASSES}


def own_errors(module: str) -> list[str]:
    """The classes of a module that are errors, by what they are made from or by their names."""
    known = BUILT_IN | {one.__name__ for one in CLASSES}
    tree = ast.parse((ROOT / module).read_text(encoding="utf-8"))
    own = {node.name: node.bases for node in ast.walk(tree) if isinstance(node, ast.ClassDef)}
    above = {name: {getattr(base, "id", getattr(base, "attr", "")) for base in own[name]} for name in own}
    return [name for name in own if above[name] & known or name.endswith("Error")]


def test_no_module_has_errors_of_its_own() -> None:
    assert [(module, name) for module in MODULES for name in own_errors(module)] == []
    assert own_errors("agent/errors.py")
