"""The command ``bench`` as its users meet it."""

from __future__ import annotations

import msgspec
import pytest

from agent.__main__ import main
from agent.benching.table import Report
from tests.program import call


def test_json_with_the_missing_rivals_by_name() -> None:
    done = call(
        *("bench", "--tiles", "1", "--sizes", "720p", "--modes", "still", "--frames", "2", "--json"),
        *("--against", "yunet"),
    )
    assert done.returncode == 0, done.stderr
    report = msgspec.json.decode(done.stdout, type=Report)
    assert [(case.mode, case.gallery) for case in report.cases] == [("still", "1 tiles, 720p")]
    assert {rival.name: rival.missing is None for rival in report.rivals} == {
        "readtheroom": True,
        "YuNet + fer's model": False,
        "YuNet at half size + fer's model": False,
    }


@pytest.mark.parametrize(
    ("arguments", "wanted"),
    [
        (["--frames", "1"], "--frames"),
        (["--tiles", "50"], "--tiles"),
        (["--sizes", "8k"], "8k"),
        (["--modes", "fast"], "moving-10hz"),
        (["--live", "-1"], "--live"),
        (["--against", "deepface"], "deepface"),
        (["--pictures", "absent"], "--pictures absent"),
        (["--against", "yunet", "--yunet-model", "absent.onnx"], "absent.onnx"),
    ],
)
def test_a_mistake_is_named(arguments: list[str], wanted: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", *arguments]) == 2
    said = capsys.readouterr().err
    assert wanted in said
    assert "Traceback" not in said
