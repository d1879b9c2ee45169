"""What ``readtheroom analyze`` prints of a file."""

from __future__ import annotations

import dataclasses

import pytest

from agent.commands.analyze import _print_summary
from agent.values import Room
from tests.exporter.samples import snapshot


@pytest.mark.parametrize(
    ("faces", "said"), [(0, "0 faces, 0 read"), (1, "1 face, 1 read"), (2, "2 faces, 2 read")]
)
def test_the_summary_counts_in_plain_english(
    capsys: pytest.CaptureFixture[str], faces: int, said: str
) -> None:
    one = dataclasses.replace(snapshot(1, tiles=3), room=Room(3, faces, faces))
    _print_summary("lesson.mp4", one, 3570.0)
    assert capsys.readouterr().out.startswith(
        f"lesson.mp4, at its end (59 min): a gallery of 3 tiles, {said}\n"
    )
