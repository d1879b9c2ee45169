"""What may be committed: no path of somebody's machine, and no picture or recording but those listed."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.paths import ROOT

BINARY = {
    "exporter/dashboard.png": "the dashboard over the drawn class",
    "exporter/overlay.png": "the overlay over the drawn class",
    "models/weights/expression/calibration.png": "a figure of the model card",
    "models/weights/expression/confusion.png": "a figure of the model card",
    "models/weights/expression/sizes.png": "a figure of the model card",
    "models/weights/expression/expression.tflite": "the classifier",
    "models/weights/face_detection/face_detection_full_range_sparse.tflite": "MediaPipe's detector",
    "models/weights/face_detection/face_detection_short_range.tflite": "MediaPipe's detector",
}
"""Files that are no text, and what they show. A picture of a real person has no place here."""

EMBEDDED = re.compile(r"data:(?:image|video)/(?!svg)[a-z0-9.+-]+;base64,[A-Za-z0-9+/]{200}")
"""A picture written into a text."""

MACHINE = re.compile(r"(?<![\w.~/*:)}-])/(?:work|home|Users|root|mnt)/[\w.-]+")
"""A folder that only somebody's own machine has."""


def committed() -> list[str]:
    if not (ROOT / ".git").exists():
        pytest.skip("not a checkout: there is nothing that says what is committed")
    done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [name for name in done.stdout.split("\0") if name and (ROOT / name).is_file()]


def is_text(path: Path) -> bool:
    data = path.read_bytes()
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return b"\0" not in data


def test_every_file_that_is_no_text_is_known() -> None:
    assert {name for name in committed() if not is_text(ROOT / name)} == set(BINARY)


def test_no_text_names_a_machine_or_holds_a_picture() -> None:
    found = []
    for name in set(committed()) - set(BINARY):
        text = (ROOT / name).read_text(encoding="utf-8")
        found += [f"{name}: {hit[0][:60]}" for rule in (MACHINE, EMBEDDED) for hit in rule.finditer(text)]
    assert found == []


@pytest.mark.parametrize(
    ("text", "is_found"),
    [
        ("see /" + "home/ann/class.png", True),
        ('"/' + 'Users/ann"', True),
        ("https://example.org/" + "home/page", False),
        ("src/" + "work/part", False),
    ],
)
def test_a_path_of_a_machine_is_seen(text: str, is_found: bool) -> None:
    assert bool(MACHINE.search(text)) is is_found


def test_a_picture_in_a_text_is_seen() -> None:
    assert EMBEDDED.search("data:image/" + "jpeg;base64," + "A" * 200)
    assert not EMBEDDED.search("data:image/svg+xml;base64," + "A" * 200)


def test_no_hint_has_pip_fetch_a_package_of_this_name_from_an_index() -> None:
    """It is on none: whoever registers the name there would be installed."""
    hint = re.compile(r"pip install\s+(?:#\s*)?['\"]?readtheroom\b")
    texts = [name for name in committed() if is_text(ROOT / name)]
    assert [name for name in texts if hint.search((ROOT / name).read_text(encoding="utf-8"))] == []
