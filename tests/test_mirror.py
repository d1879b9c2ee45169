"""Tests mirror the tree: a module has a test module of its own, or stands here with the one that tests it."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from tests.paths import ROOT


def inside(folder: str, names: str, test: str) -> dict[str, str]:
    """Modules of one folder, their names parted by spaces, all tested by the same test module."""
    return {f"{folder}/{name}": test for name in names.split()}


TESTED_BY = {
    # Drawing is judged by what it draws: people, whole galleries and pages with known truth.
    **inside("agent/classroom", "features hair people video", "agent/classroom/test_face.py"),
    **inside("agent/classroom", "rooms scene tile", "agent/classroom/test_gallery.py"),
    **inside("agent/classroom", "charts chrome filler_text office photos", "agent/classroom/test_pages.py"),
    # The steps of the layout search mean something only together, on drawn and real galleries.
    **inside("agent/layout", "cell_evidence contents edges picture", "agent/layout/test_find.py"),
    "agent/layout/tilt": "agent/layout/test_photographed.py",
    # Searching at once and beside the frames are one seam.
    "agent/layout/assembly": "agent/layout/test_find.py",
    "agent/layout/search_profile": "agent/layout/test_find.py",
    "agent/tracking/layout_search": "agent/analysis/test_background_search.py",
    "agent/participants/identity": "agent/participants/test_people.py",
    "agent/tracking/held_layout": "agent/tracking/test_layout_watch.py",
    "agent/participants/label_image": "agent/participants/test_labels.py",
    # Stages, rivals and live runs are measured by one command.
    **inside(
        "agent/benchmark", "competitors latency stage_costs warm_up", "agent/benchmark/test_measuring.py"
    ),
    # The pipeline and its models are tested as they are put together.
    "agent/composition/analyzer": "agent/analysis/test_pipeline.py",
    "agent/composition/models": "agent/commands/test_doctor.py",
    # Commands are tested as the processes that users start.
    "agent/commands/dispatch": "agent/test_cli.py",
    # A worker's batches are tested through the pool that shares them out.
    "agent/faces/tile_worker": "agent/faces/test_worker_pool.py",
    "agent/privacy/name_matching": "agent/privacy/test_consent_list.py",
    "agent/composition/bridging": "exporter/bridges/test_mqtt.py",
    "agent/steps": "exporter/recorder/test_presence.py",
    # Types without behaviour, exercised by all that use them.
    "agent/lesson_values": "agent/lesson/test_trend.py",
    "agent/source_values": "agent/sources/test_supervised.py",
    "agent/lesson/rules": "agent/lesson/test_alerts.py",
    "agent/tracking/tracker": "agent/analysis/test_pipeline.py",
    "agent/sources/base": "agent/sources/test_supervised.py",
    "agent/sources/still_picture": "agent/sources/test_pictures.py",
    # Two real peers on loopback test the whole way of a shared picture.
    **inside("agent/sources/webrtc", "session source", "agent/sources/webrtc/test_sessions.py"),
    # These need a display server: windows and what they draw with, the tray and its menu.
    **inside("agent/sources", "display screen", "screen/test_screen_source.py"),
    **inside("exporter/native", "qt_app qt_paint qt_probe qt_run qt_window", "screen/test_overlay.py"),
    **inside("exporter/native", "qt_hotkey qt_pick qt_tray qt_welcome", "screen/test_tray.py"),
    "exporter/native/symbols": "exporter/native/test_tile_texts.py",
    **inside("exporter/native", "exclusion shortcut", "exporter/native/test_obstacles.py"),
    # Clients that come over the wire test what stands between them and the feed.
    "exporter/clients/python_client": "exporter/test_clients.py",
    "exporter/clients/connection": "exporter/native/test_feed_client.py",
    "exporter/server/client_record": "exporter/recorder/test_audit.py",
    "exporter/server/views": "exporter/server/test_hub.py",
    **inside("exporter/protocol", "descriptions fields", "exporter/protocol/test_schema.py"),
    # Where the connection files lie, and what ends a run, is seen from outside alone.
    **inside("exporter", "stopping user_folders", "agent/test_end_to_end.py"),
    "exporter/protocol/lesson_parts": "exporter/protocol/test_messages.py",
    # A session is read as it was written, and a file is told from others before it is forgotten.
    "exporter/recorder/session": "exporter/recorder/test_store.py",
    "exporter/recorder/file_kind": "exporter/recorder/test_forget.py",
    **inside("exporter/report", "notes reliability", "exporter/report/test_page.py"),
    # Networks share one contract, and training, quantising and judging are tested as one short run.
    **inside(
        "models/architectures",
        "blocks densenet dexpression mobilenet plain resnet student",
        "models/test_architectures.py",
    ),
    **inside("models", "checkpoint evaluate progress quantize train", "models/test_pipeline.py"),
    "models/labelled": "models/test_data.py",
    "models/timing": "models/test_compare.py",
}
"""Each module that has no test of its own, and where it is tested: a new one has to be placed by hand."""

MODULES = sorted(
    path.relative_to(ROOT).with_suffix("").as_posix()
    for package in ("agent", "exporter", "models")
    for path in (ROOT / package).rglob("*.py")
    if path.name not in {"__init__.py", "__main__.py"}
)


@cache
def texts_called(name: str) -> tuple[str, ...]:
    """The texts of all test modules of one name."""
    return tuple(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob(f"test_{name}.py"))


def has_own_test(module: str) -> bool:
    """Whether one lies at its place, or one of its name elsewhere imports it."""
    path = Path(module)
    if (ROOT / "tests" / path.parent / f"test_{path.name}.py").exists():
        return True
    imported = f"from {module.replace('/', '.')} import"
    return any(imported in text for text in texts_called(path.name))


def test_a_module_has_its_test_or_is_listed() -> None:
    assert [module for module in MODULES if not has_own_test(module) and module not in TESTED_BY] == []


def test_where_a_listed_module_is_tested_exists() -> None:
    assert [test for test in TESTED_BY.values() if not (ROOT / "tests" / test).exists()] == []


def test_what_is_listed_exists_and_needs_to_be() -> None:
    assert sorted(set(TESTED_BY) - set(MODULES)) == []
    assert [module for module in TESTED_BY if has_own_test(module)] == []


def test_a_module_without_a_test_would_be_seen() -> None:
    assert has_own_test("agent/scheduling/budget")
    for absent in ("agent/sources/absent", "agent/layout/absent", "exporter/native/absent"):
        assert not has_own_test(absent)
        assert absent not in TESTED_BY
