"""Flags by their whole name, of a program and of its commands."""

from __future__ import annotations

import pytest

from agent.whole_flags import WholeFlagParser


def test_the_start_of_a_flag_is_no_flag() -> None:
    parser = WholeFlagParser(prog="one")
    parser.add_argument("--background", action="store_true")
    command = parser.add_subparsers().add_parser("run")
    command.add_argument("--overlay", action="store_true")
    assert parser.parse_args(["--background", "run", "--overlay"]).overlay
    for wrong in (["--backg"], ["run", "--over"]):
        with pytest.raises(SystemExit, match="2"):
            parser.parse_args(wrong)
