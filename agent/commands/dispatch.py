"""Turns the parsed options of each command into the function to call.

Each function reads the configuration, which may raise ConfigError, and returns the command. The commands
themselves are imported only when they run, so that ``--help`` answers at once.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable

from agent.configuration.flags import config_file, configure

REPORT_HZ = 2.0
"""Frames per second for a report: one point of its charts stands for 15 seconds of an hour."""

CliCommand = Callable[[], int]
"""Runs the command and returns the exit code."""


def prepare_run(options: argparse.Namespace) -> CliCommand:
    """``readtheroom run`` and ``demo``."""
    config = configure(options)

    def command() -> int:
        # A detached agent never starts another one.
        if options.background and not options.detached:
            from agent.commands.background import start

            return start(config)
        from agent.commands.run import run

        return run(
            config,
            duration=options.duration,
            open_browser=options.open,
            with_overlay=options.overlay,
            detached=options.detached,
            config_file=config_file(options),
        )

    return command


def prepare_stop(_: argparse.Namespace) -> CliCommand:
    """``readtheroom stop``."""

    def command() -> int:
        from agent.commands.background import stop

        return stop()

    return command


def prepare_overlay(options: argparse.Namespace) -> CliCommand:
    """``readtheroom overlay``."""
    config = configure(options)

    def command() -> int:
        from agent.commands.overlay import overlay

        return overlay(config, options.address, config_file(options))

    return command


def prepare_analyze(options: argparse.Namespace) -> CliCommand:
    """``readtheroom analyze``."""
    # A report must not reduce the rows of a table or the messages.
    is_only_report = options.report and not (options.csv or options.json)
    config = configure(options, {"analysis.hz": REPORT_HZ} if is_only_report else None)

    def command() -> int:
        from agent.commands.analyze import AnalyzeOutputs, analyze

        outputs = AnalyzeOutputs(json=options.json, csv=options.csv, report=options.report)
        return analyze(config, options.files, outputs)

    return command


def prepare_report(options: argparse.Namespace) -> CliCommand:
    """``readtheroom report``."""
    config = configure(options)

    def command() -> int:
        from agent.commands.report import ReportOutputs, report

        outputs = ReportOutputs(
            html=options.out,
            csv=options.csv,
            parquet=options.parquet,
            table=options.table,
            open=options.open,
        )
        return report(config, options.session, outputs)

    return command


def prepare_forget(options: argparse.Namespace) -> CliCommand:
    """``readtheroom forget``."""
    config = configure(options)

    def command() -> int:
        from agent.commands.forget import forget

        return forget(config, options.session, options.participant, sure=options.yes)

    return command


def prepare_bench(options: argparse.Namespace) -> CliCommand:
    """``readtheroom bench``."""
    config = configure(options)

    def command() -> int:
        from agent.commands.bench import BenchOptions, bench

        bench_options = BenchOptions(
            tiles=options.tiles,
            sizes=options.sizes,
            frames=options.frames,
            live=options.live,
            pictures=options.pictures,
            against=[name for name in options.against.split(",") if name],
            yunet=options.yunet_model,
            fer_model=options.fer_model,
            human=options.human_folder,
            modes=options.modes,
        )
        return bench(config, bench_options, as_json=options.json)

    return command


def prepare_doctor(options: argparse.Namespace) -> CliCommand:
    """``readtheroom doctor``."""
    config = configure(options)

    def command() -> int:
        from agent.commands.doctor import doctor

        return doctor(config, as_json=options.json)

    return command
