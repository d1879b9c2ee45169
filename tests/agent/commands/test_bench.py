"""The command ``bench`` as its users meet it."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from agent.benchmark.table import BenchReport
from agent.commands.bench import BenchOptions, bench
from agent.configuration.config import Config
from agent.errors import ConfigError
from tests.program import call


def test_json_with_the_missing_rivals_by_name() -> None:
    done = call(
        *("bench", "--tiles", "1", "--sizes", "720p", "--modes", "still", "--frames", "2", "--json"),
        *("--live", "1", "--against", "yunet"),
    )
    assert done.returncode == 0, done.stderr
    report = msgspec.json.decode(done.stdout, type=BenchReport)
    assert [(case.mode, case.gallery) for case in report.cases] == [("still", "1 tiles, 720p")]
    assert {rival.name: rival.missing is None for rival in report.rivals} == {
        "readtheroom": True,
        "YuNet + fer's model": False,
        "YuNet at half size + fer's model": False,
    }


@pytest.mark.parametrize("policy", ["eu_education", "eu_work"])
def test_where_expressions_may_not_be_inferred_no_other_program_infers_them(policy: str) -> None:
    done = call(
        *("bench", "--tiles", "1", "--sizes", "720p", "--modes", "still", "--frames", "2", "--live", "0"),
        *("--against", "yunet,human"),
        READTHEROOM_PRIVACY_POLICY=policy,
    )
    assert done.returncode == 2
    assert done.stderr == (
        f"readtheroom: --against yunet,human would infer expressions, which privacy.policy {policy} forbids: "
        "leave out --against\n"
    )


@pytest.mark.parametrize(
    ("choice", "wanted"),
    [
        (BenchOptions(frames=1), "--frames"),
        (BenchOptions(tiles=[50]), "--tiles"),
        (BenchOptions(sizes=["8k"]), "8k"),
        (BenchOptions(modes=["fast"]), "moving-10hz"),
        (BenchOptions(live=-1.0), "--live"),
        (BenchOptions(against=["deepface"]), "deepface"),
        (BenchOptions(pictures=Path("absent")), "--pictures absent"),
        (BenchOptions(pictures=Path("a" * 300)), "--pictures a+ cannot be read"),
        (BenchOptions(against=["yunet"], yunet=Path("a" * 300)), "--yunet-model a+: there is no such file"),
        (BenchOptions(against=["yunet"], yunet=Path("absent.onnx")), "absent.onnx"),
    ],
)
def test_a_mistake_is_named(choice: BenchOptions, wanted: str) -> None:
    with pytest.raises(ConfigError, match=wanted):
        bench(Config(), choice, as_json=False)
