"""The command line: what each command takes, before any of them runs."""

from __future__ import annotations

import pytest

from agent import __version__
from agent.cli import parse
from agent.errors import ConfigError

COMMANDS = ("run", "demo", "overlay", "stop", "analyze", "report", "forget", "bench", "doctor")


def test_help_names_every_command_and_the_law(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        parse(["--help"])
    shown = capsys.readouterr().out
    assert ended.value.code == 0
    assert all(f"\n    {command} " in shown for command in COMMANDS)
    assert "prohibited in the EU" in " ".join(shown.split())


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        parse([command, "--help"])
    assert ended.value.code == 0
    assert f"usage: readtheroom {command}" in capsys.readouterr().out


def test_the_version_is_the_packages(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parse(["--version"])
    assert capsys.readouterr().out == f"readtheroom {__version__}\n"


@pytest.mark.parametrize(
    ("arguments", "wanted"),
    [
        ([], "COMMAND"),
        ([], "readtheroom doctor"),
        (["watch"], "there is no command 'watch': choose one of run, demo"),
        (["runn"], "did you mean 'run'?"),
        (["run", "--prot", "1"], "did you mean '--port'?"),
        (["run", "--backg"], "did you mean '--background'?"),
        (["--vers"], "COMMAND"),
        (["run", "lesson.mp4"], "did you mean '--source lesson.mp4'?"),
        (["run", "--whatever"], "--whatever is no argument of this command (`readtheroom run --help`"),
        (["--foo", "run"], "unrecognized arguments: --foo (flags come after the command"),
        (["--port=1", "run", "--foo"], "unrecognized arguments: --port=1 (flags come after"),
        (["run", "--source", "demo", "x"], "`readtheroom run --help` lists them"),
        (["analyze"], "error: which file? name a picture or video"),
        (["forget"], "error: which session? name one"),
        (["forget"], "`readtheroom report` lists them"),
        (["run", "--duration", "long"], "--duration: must be a number, not 'long'"),
        (["run", "--duration", "-3"], "must be more than 0 seconds, not -3"),
        (["demo", "--duration", "nan"], "more than 0 seconds"),
        (["bench", "--tiles", "9", "few"], "--tiles: must be a whole number, not 'few'"),
        (["report", "--table", "faces"], "invalid choice: 'faces'"),
    ],
)
def test_a_mistake_is_named_and_ends_with_2(
    arguments: list[str], wanted: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        parse(arguments)
    assert ended.value.code == 2
    assert wanted in capsys.readouterr().err


@pytest.mark.parametrize("command", ["run", "demo"])
def test_a_value_that_is_not_allowed_is_refused_before_the_command_runs(command: str) -> None:
    with pytest.raises(ConfigError, match=r"^--hz is 0, but must be at least 0.1$"):
        parse([command, "--hz", "0"])
