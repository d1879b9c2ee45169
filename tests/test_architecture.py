"""The house rules: imports go one way, one module each touches a device or a model, modules stay small."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from tests.paths import ROOT

PACKAGES = ("agent", "models", "exporter")
VOCABULARY = {
    "agent.values", "agent.errors", "agent.json_text", "agent.rate_limits", "agent.steps", "agent.whole_file",
}  # fmt: skip
"""What every package may use of the agent."""

RUNTIME = {"models", "models.runtime", "models.card", "models.weights", "models.native"}
"""The half of models that runs beside a meeting; the rest trains and judges."""

ONLY = {
    "mss": {"agent.sources.display"},
    "av": {"agent.sources.decoding"},
    "mediapipe": {"agent.faces.detector"},
    "ai_edge_litert": {"models.runtime"},
    "tflite_runtime": {"models.runtime"},
    # Qt has thin shells side by side: each is one window or one of its services.
    "PySide6": {
        f"exporter.native.qt_{name}"
        for name in ("app", "gauge", "hotkey", "paint", "pick", "probe", "run", "tray", "welcome", "window")
    },
    "aiortc": {"agent.sources.webrtc.session"},
}

PURE = (
    "agent.box",
    "agent.classroom",
    "agent.colour_distance",
    "agent.errors",
    "agent.faces.crops",
    "agent.faces.face_track",
    "agent.layout",
    "agent.lesson.mood",
    "agent.lesson.motivation",
    "agent.lesson.rules",
    "agent.lesson_values",
    "agent.overlap",
    "agent.participants",
    "agent.privacy.consent",
    "agent.privacy.consent_list",
    "agent.privacy.listed_names",
    "agent.privacy.name_matching",
    "agent.privacy.text_line",
    "agent.source_values",
    "agent.tracking",
    "agent.tracking.gallery_check",
    "agent.values",
    "agent.words",
    "exporter.access.rules",
    "exporter.native.symbols",
    "exporter.native.tile_texts",
    "exporter.protocol.lesson_parts",
    "exporter.protocol.messages",
    "exporter.protocol.parts",
    "exporter.protocol.schema",
    "exporter.server.ice",
    "exporter.server.pacing",
)
"""Modules and packages that decide, beside all those whose docstring says that they are pure."""

IMPURE = {
    "threading", "socket", "time", "asyncio", "subprocess", "logging",
    "concurrent", "multiprocessing", "ctypes",
}  # fmt: skip
LONGEST = 310
"""Lines: about 300 is the aim, and what is longer than this is two modules."""


def name_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {name_of(path): path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))}


def imports(tree: ast.AST) -> Iterator[str]:
    """Every module that a module imports, also inside functions; ``from a import b`` gives a and a.b."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@cache
def text_of(module: str) -> str:
    return MODULES[module].read_text(encoding="utf-8")


@cache
def tree_of(module: str) -> ast.Module:
    return ast.parse(text_of(module))


@cache
def imported(module: str) -> frozenset[str]:
    return frozenset(imports(tree_of(module)))


def ours(module: str, package: str) -> set[str]:
    return {name for name in imported(module) if name in MODULES and name.split(".")[0] == package}


def forbidden(module: str) -> set[str]:
    """What a module imports of the project and must not."""
    package = module.split(".", maxsplit=1)[0]
    if package == "exporter":
        return (ours(module, "agent") - VOCABULARY - {"agent"}) | ours(module, "models")
    if package == "models" and module in RUNTIME:
        return (
            (ours(module, "agent") - VOCABULARY - {"agent"})
            | (ours(module, "models") - RUNTIME)
            | ours(module, "exporter")
        )
    if package == "agent":
        return ours(module, "models") - RUNTIME
    return ours(module, "exporter")


def test_imports_go_one_way() -> None:
    found = {module: forbidden(module) for module in MODULES}
    assert {module: names for module, names in found.items() if names} == {}


@pytest.mark.parametrize(("library", "allowed"), ONLY.items())
def test_one_module_each_touches_a_device_or_a_model(library: str, allowed: set[str]) -> None:
    users = {module for module in MODULES if any(name.split(".")[0] == library for name in imported(module))}
    assert users <= allowed


def calls_itself_pure(tree: ast.Module) -> bool:
    return re.search(r"\bpure\b", ast.get_docstring(tree) or "", re.IGNORECASE) is not None


def is_pure(module: str) -> bool:
    is_listed = any(f"{module}.".startswith(f"{pure}.") for pure in PURE)
    return is_listed or calls_itself_pure(tree_of(module))


def impure(module: str) -> set[str]:
    """What a module imports that decisions must not touch."""
    return {name.split(".", maxsplit=1)[0] for name in imported(module)} & IMPURE


def test_decisions_touch_no_thread_clock_or_socket() -> None:
    found = {module: impure(module) for module in MODULES if is_pure(module)}
    assert len(found) > len(PURE)
    assert {module: names for module, names in found.items() if names} == {}


def test_no_modules_import_each_other_in_a_circle() -> None:
    """Also inside of functions: a circle there is one that somebody hid."""
    order = TopologicalSorter({module: imported(module) & MODULES.keys() - {module} for module in MODULES})
    # Raises CycleError, which names the circle.
    assert len(list(order.static_order())) == len(MODULES) > 200


def folder_of(module: str) -> str | None:
    """The folder of a package that a module lies in; None for a module of the package itself."""
    parts = module.split(".")
    inside = len(parts) > 2 or MODULES[module].name == "__init__.py"
    return ".".join(parts[:2]) if inside and len(parts) > 1 else None


def test_no_folders_import_each_other_in_a_circle() -> None:
    """So that the folders can be read one after the other."""
    order: TopologicalSorter[str] = TopologicalSorter()
    for module in MODULES:
        if folder := folder_of(module):
            needed = {folder_of(name) for name in imported(module) & MODULES.keys()}
            order.add(folder, *(name for name in needed - {folder} if name))
    # Raises CycleError, which names the circle.
    assert len(list(order.static_order())) > 20


def test_modules_stay_small() -> None:
    lines = {module: len(text_of(module).splitlines()) for module in MODULES}
    assert {module: count for module, count in lines.items() if count > LONGEST} == {}


def test_all_log_into_the_one_logger_that_is_set_up() -> None:
    assert [module for module in MODULES if "getLogger(__name__)" in text_of(module)] == []


def loaded_by(statement: str) -> set[str]:
    code = f"{statement}; import sys; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT, timeout=60
    )
    return set(done.stdout.split())


def test_help_loads_no_heavy_library() -> None:
    assert not loaded_by("import agent.cli") & {"cv2", "mediapipe", "torch", "av", "starlette", "matplotlib"}


def test_a_run_never_loads_what_trains() -> None:
    loaded = loaded_by("import agent.commands.run")
    assert not loaded & {"torch", "litert_torch", "matplotlib", "jax"}
    assert {name for name in loaded if name.split(".")[0] == "models"} <= RUNTIME


def test_a_command_of_the_tests_names_the_extra_that_it_needs() -> None:
    code = "import sys; sys.modules['hypothesis'] = None; import tests"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=ROOT, timeout=60
    )
    assert done.returncode == 2
    assert 'pip install ".[dev]"' in done.stderr
    assert done.stderr.count("\n") == 1


def test_what_is_listed_as_pure_exists() -> None:
    assert set(PURE) <= set(MODULES)


def test_the_checks_themselves_see_a_breach() -> None:
    assert calls_itself_pure(ast.parse('"""Judges. Pure: time comes in."""'))
    assert not calls_itself_pure(ast.parse('"""Judges impurely."""'))
    tree = ast.parse("def f():\n    from models import train\n    import agent.faces.detector")
    assert {"models.train", "agent.faces.detector"} <= set(imports(tree))
