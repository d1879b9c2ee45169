"""The command line: what each command takes, and how flags reach the configuration.

The commands themselves are imported only when they run: ``--help`` answers at once.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from agent import __version__
from agent.config import Config, load_config
from agent.logs import set_up

Command = Callable[[], int]

FLAG_KEYS = {
    "source": "source.origin",
    "monitor": "source.monitor",
    "port": "feed.port",
    "host": "feed.host",
    "hz": "analysis.hz",
    "participants": "demo.participants",
    "style": "demo.style",
    "seed": "demo.seed",
    "log_level": "log.level",
}
"""Which flag sets which configuration key."""

TEXT_KEYS = frozenset({"source.origin", "feed.host"})
"""Keys whose flag is text even where it looks like a number: a picture may be called 5."""


def parse(arguments: Sequence[str]) -> Command:
    """Turn a command line into the command to call.

    Raises ConfigError for what the configuration does not allow; argparse itself prints usage and exits
    with 2 for an unknown flag.
    """
    options = _parser().parse_args(arguments)
    command: Command = options.prepare(options)
    return command


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="readtheroom",
        description="Reads the expressions in a meeting's gallery view, on this machine only.",
        epilog="An expression is not a feeling. Inferring emotions in education is prohibited in the EU.",
    )
    parser.add_argument("--version", action="version", version=f"readtheroom {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _add_run(commands)
    _add_demo(commands)
    _add_analyze(commands)
    _add_bench(commands)
    _add_doctor(commands)
    return parser


def _common(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--config", type=Path, help="a configuration file (see config.yaml)")
    parser.add_argument("--log-level", help="debug, info, warning or error")


def _live(parser: argparse.ArgumentParser) -> None:
    _common(parser)
    parser.add_argument("--host", help="the address to serve the feed on (default 127.0.0.1)")
    parser.add_argument("--port", help="the port of the feed and the pages (default 8765; 0: any)")
    parser.add_argument("--hz", help="frames read per second (default 5)")
    parser.add_argument("--duration", type=float, metavar="S", help="stop after so many seconds")


def _add_run(commands: Any) -> None:
    run = commands.add_parser("run", help="read a gallery and serve the feed")
    _live(run)
    run.add_argument("--source", help="screen (default), camera, webrtc, demo, or a picture's or video's path")
    run.add_argument("--monitor", help="for the screen: auto (default), 1, 2, ...")
    run.add_argument("--open", action="store_true", help="open the dashboard in the browser")
    run.set_defaults(prepare=_prepare_run)


def _add_demo(commands: Any) -> None:
    demo = commands.add_parser("demo", help="read a drawn class, with the dashboard open")
    _live(demo)
    demo.add_argument("--participants", help="how many, 1 to 49 (default 25)")
    demo.add_argument("--style", help="zoom (default), meet or teams")
    demo.add_argument("--seed", help="the same seed draws the same class")
    demo.add_argument("--no-open", dest="open", action="store_false", help="do not open the browser")
    demo.set_defaults(prepare=_prepare_run, source="demo")


def _add_analyze(commands: Any) -> None:
    analyze = commands.add_parser("analyze", help="read pictures and recordings")
    _common(analyze)
    analyze.add_argument("files", nargs="+", metavar="FILE", help="a picture, a video, or its address")
    analyze.add_argument("--json", action="store_true", help="one feed message per frame on stdout")
    analyze.add_argument("--csv", type=Path, metavar="OUT", help="write one row per tile and frame")
    analyze.add_argument("--hz", help="frames of a video read per second of its time (default 5)")
    analyze.set_defaults(prepare=_prepare_analyze)


def _add_bench(commands: Any) -> None:
    bench = commands.add_parser("bench", help="measure the speed of each stage on this machine")
    _common(bench)
    bench.add_argument("--json", action="store_true", help="print JSON in place of the table")
    bench.add_argument("--frames", type=int, default=30, help="frames per case (default 30)")
    bench.add_argument("--tiles", type=int, nargs="+", default=[9, 25, 49], help="galleries to measure")
    bench.set_defaults(prepare=_prepare_bench)


def _add_doctor(commands: Any) -> None:
    doctor = commands.add_parser("doctor", help="check this machine and say how to mend what is wrong")
    _common(doctor)
    doctor.add_argument("--json", action="store_true", help="print JSON in place of the lines")
    doctor.set_defaults(prepare=_prepare_doctor)


def _configure(options: argparse.Namespace) -> Config:
    path = options.config
    if path is None and "READTHEROOM_CONFIG" in os.environ:
        path = Path(os.environ["READTHEROOM_CONFIG"])
    flags = {}
    for flag, key in FLAG_KEYS.items():
        value = getattr(options, flag, None)
        if value is not None:
            flags[key] = value if key in TEXT_KEYS else _number(value)
    config = load_config(path, os.environ, flags)
    set_up(config.log.level)
    return config


def _number(text: str) -> str | int | float:
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text


def _prepare_run(options: argparse.Namespace) -> Command:
    config = _configure(options)

    def command() -> int:
        from agent.commands.run import run

        return run(config, duration=options.duration, open_browser=options.open)

    return command


def _prepare_analyze(options: argparse.Namespace) -> Command:
    config = _configure(options)

    def command() -> int:
        from agent.commands.analyze import analyze

        return analyze(config, options.files, as_json=options.json, csv_path=options.csv)

    return command


def _prepare_bench(options: argparse.Namespace) -> Command:
    config = _configure(options)

    def command() -> int:
        from agent.commands.bench import bench

        return bench(config, options.tiles, frames=options.frames, as_json=options.json)

    return command


def _prepare_doctor(options: argparse.Namespace) -> Command:
    config = _configure(options)

    def command() -> int:
        from agent.commands.doctor import doctor

        return doctor(config, as_json=options.json)

    return command
