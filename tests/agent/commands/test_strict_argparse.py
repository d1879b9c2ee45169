"""Flags by their whole name, of a program and of its commands."""

from __future__ import annotations

import pytest

from agent.commands.strict_argparse import StrictArgumentParser, check_command, closest


def test_the_start_of_a_flag_is_no_flag() -> None:
    parser = StrictArgumentParser(prog="one")
    parser.add_argument("--background", action="store_true")
    command = parser.add_subparsers().add_parser("run")
    command.add_argument("--overlay", action="store_true")
    assert parser.parse_args(["--background", "run", "--overlay"]).overlay
    for wrong in (["--backg"], ["run", "--over"]):
        with pytest.raises(SystemExit, match="2"):
            parser.parse_args(wrong)


def test_what_is_missing_is_asked_for_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    parser = StrictArgumentParser(prog="one", without="which file?")
    parser.add_argument("file")
    for given, said in (([], "which file?"), (["a", "b"], "unrecognized arguments: b")):
        with pytest.raises(SystemExit, match="2"):
            parser.parse_args(given)
        # One line: the usage of a command has five, and does not say what is wrong.
        assert capsys.readouterr().err == f"one: error: {said}\n"


def test_a_command_that_there_is_not_ends_with_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    parser = StrictArgumentParser(prog="one")
    for known in ("run", "--version"):
        check_command(parser, {"run", "report"}, known)
    with pytest.raises(SystemExit, match="2"):
        check_command(parser, {"run", "report"}, "runn")
    assert "one: error: there is no command 'runn'; did you mean 'run'?" in capsys.readouterr().err


def test_nothing_is_meant_by_what_is_like_nothing() -> None:
    assert closest("--colour", ["--source", "--port"]) == ""
