"""Tests mirror the tree: a module has a test module of its own, or stands here with the one that tests it."""

from __future__ import annotations

from fnmatch import fnmatchcase
from pathlib import Path

import pytest

from tests.paths import ROOT

TESTED_BY = {
    # Drawing is judged by what it draws: whole galleries and pages with known truth.
    "agent/classroom/*": "agent/classroom/test_gallery.py",
    # The steps of the layout search mean something only together, on drawn and real galleries.
    "agent/layout/*": "agent/layout/test_find.py",
    # Searching at once and beside the frames are one seam.
    "agent/tracking/layout_search": "agent/test_search_beside.py",
    "agent/tracking/identity": "agent/tracking/test_people.py",
    "agent/tracking/strokes": "agent/tracking/test_labels.py",
    # Stages, rivals and live runs are measured by one command.
    "agent/benching/*": "agent/benching/test_measuring.py",
    # Commands are tested as the processes that users start.
    "agent/commands/*": "agent/test_end_to_end.py",
    "agent/dispatch": "agent/test_cli.py",
    # A lane's jobs are tested through the lanes that share them out.
    "agent/lane": "agent/test_lanes.py",
    "agent/bridging": "exporter/bridges/test_mqtt.py",
    # Types without behaviour, exercised by all that use them.
    "agent/outlook": "agent/test_trend.py",
    "agent/rules": "agent/test_alerts.py",
    "agent/tracking/seam": "agent/test_pipeline.py",
    "agent/sources/base": "agent/sources/test_supervised.py",
    "agent/sources/decoding": "agent/sources/test_media.py",
    "agent/sources/pictures": "agent/sources/test_media.py",
    # Two real peers on loopback test the whole way of a shared picture.
    "agent/sources/shared": "agent/sources/test_senders.py",
    "agent/sources/webrtc": "agent/sources/test_senders.py",
    # These need a display server.
    "agent/sources/display": "screen/test_screen_source.py",
    "agent/sources/screen": "screen/test_screen_source.py",
    "exporter/native/*": "screen/test_overlay.py",
    # Clients that come over the wire test what stands between them and the feed.
    "exporter/clients/*": "exporter/test_clients.py",
    "exporter/transport": "exporter/test_security.py",
    "exporter/visits": "exporter/recorder/test_audit.py",
    "exporter/fields": "exporter/test_schema.py",
    "exporter/descriptions": "exporter/test_schema.py",
    # Where the tickets lie, and what ends a run, is seen from outside alone.
    "exporter/places": "agent/test_end_to_end.py",
    "exporter/stopping": "agent/test_end_to_end.py",
    "exporter/outlook": "exporter/test_messages.py",
    "exporter/recorder/*": "exporter/recorder/test_store.py",
    "exporter/report/*": "exporter/report/test_page.py",
    # Networks share one contract, and training, quantising and judging are tested as one short run.
    "models/architectures/*": "models/test_architectures.py",
    "models/checkpoint": "models/test_pipeline.py",
    "models/evaluate": "models/test_pipeline.py",
    "models/progress": "models/test_pipeline.py",
    "models/quantize": "models/test_pipeline.py",
    "models/timing": "models/test_compare.py",
    "models/train": "models/test_pipeline.py",
}
"""Modules (``*``: those of a folder that have no test of their own) and where they are tested."""

MODULES = sorted(
    path.relative_to(ROOT).with_suffix("").as_posix()
    for package in ("agent", "exporter", "models")
    for path in (ROOT / package).rglob("*.py")
    if path.name not in {"__init__.py", "__main__.py"}
)


def has_own_test(module: str) -> bool:
    """Whether one lies at its place, or one of its name elsewhere imports it."""
    path = Path(module)
    if (ROOT / "tests" / path.parent / f"test_{path.name}.py").exists():
        return True
    imported = f"from {module.replace('/', '.')} import"
    others = (ROOT / "tests").rglob(f"test_{path.name}.py")
    return any(imported in other.read_text(encoding="utf-8") for other in others)


def names(module: str) -> list[str]:
    return [name for name in TESTED_BY if fnmatchcase(module, name)]


@pytest.mark.parametrize("module", MODULES)
def test_a_module_has_its_test_or_is_listed(module: str) -> None:
    assert has_own_test(module) or names(module)


@pytest.mark.parametrize(("name", "test"), TESTED_BY.items())
def test_where_a_listed_module_is_tested_exists(name: str, test: str) -> None:
    assert (ROOT / "tests" / test).exists()
    assert any(fnmatchcase(module, name) for module in MODULES), "there is no such module"


def test_a_module_without_a_test_would_be_seen() -> None:
    assert has_own_test("agent/budget")
    assert not has_own_test("agent/sources/absent")
    assert not names("agent/sources/absent")
