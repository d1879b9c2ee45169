"""How the commands of ``models`` end: an exit code, and one line that is printed as it is."""

from __future__ import annotations

import pytest

from agent.errors import DataError
from models.outcome import run_command


def test_a_command_that_works_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(lambda: None) == 0
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("error", "code", "message"),
    [
        (OSError(28, "No space left on device"), 2, "error: No space left on device"),
        (DataError("faces[old].npz is empty"), 2, "error: faces[old].npz is empty"),
        (OSError(28, "No space left on device", "out[1]"), 2, "error: out[1]: No space left on device"),
        (
            ModuleNotFoundError("", name="torch"),
            2,
            "error: torch is not installed; checkpoints and training need it",
        ),
        (KeyboardInterrupt(), 130, "stopped [for now]"),
    ],
)
def test_what_ends_a_command_is_one_line(
    error: BaseException, code: int, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    def run() -> None:
        raise error

    assert run_command(run, "stopped [for now]") == code
    said = capsys.readouterr()
    assert message in said.err
    assert said.err.count("\n") == 1
    assert said.out == ""


def test_a_bug_raises() -> None:
    with pytest.raises(ZeroDivisionError):
        run_command(lambda: 1 / 0)
