"""``readtheroom doctor``: checks this machine, and says how to fix what is wrong."""

from __future__ import annotations

import importlib.util
import os
import platform
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import msgspec

from agent.configuration.config import Config
from agent.errors import FeedError, ReadTheRoomError, SourceError
from agent.sources.desktop import is_wayland
from exporter.words import counted


class Level(StrEnum):
    """Result of a check."""

    OK = "ok"
    WARNING = "warning"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Finding:
    """The outcome of one check, and what to do if it is not ``ok``."""

    check: str
    level: Level
    found: str
    remedy: str = ""


Check = Callable[[Config], Finding]

WAYLAND_FOUND = "this is a Wayland session, and the screen cannot be grabbed from it"
WAYLAND_REMEDY = (
    "share the meeting from the browser: readtheroom run --source webrtc; or log in to an X11 session"
)

FLAT_ON_MACOS = "allow screen recording for this program in System Settings, Privacy & Security"
FLAT = "open the meeting on it, or choose another with --monitor"

SCORES = {
    "accuracy": "accuracy",
    "macro_f1": "macro f1",
    "calibration_error": "calibration error, cross-validated,",
}
"""The figures of a model card that are printed, and their names."""

EXTRAS = {
    "overlay": ("PySide6", "draws the readings on the meeting's tiles"),
    "parquet": ("pyarrow", "writes tables as Parquet"),
    "mqtt": ("paho", "sends readings to an MQTT broker"),
    "lsl": ("pylsl", "sends readings to the Lab Streaming Layer"),
    "train": ("torch", "trains and converts models, several GB"),
    "bench": ("fer", "measures another program beside this one, 7 GB"),
}
"""The optional extras: a module of each, and what it does."""

MARKS = {Level.OK: "ok     ", Level.WARNING: "warning", Level.WRONG: "WRONG  "}


def doctor(config: Config, as_json: bool = False) -> int:
    """Run every check and print one line each (or JSON); return 2 when something is wrong, else 0."""
    findings = [_safely(check, config) for check in CHECKS]
    if as_json:
        print(msgspec.json.encode(findings).decode())
    else:
        for finding in findings:
            print(f"{MARKS[finding.level]}  {finding.check}: {finding.found}")
            if finding.remedy:
                print(f"{'':9}-> {finding.remedy}")
    return 2 if any(finding.level is Level.WRONG for finding in findings) else 0


def _safely(check: Check, config: Config) -> Finding:
    try:
        return check(config)
    except ReadTheRoomError as error:
        return Finding(name_of(check), Level.WRONG, error.problem, error.remedy)


def name_of(check: Check) -> str:
    """The check's name, whatever its result; scripts find it by this name."""
    return check.__name__.removeprefix("check_").replace("_", " ")


def check_python(_: Config) -> Finding:
    """The interpreter and the system."""
    version = f"Python {platform.python_version()} on {platform.system()} {platform.machine()}"
    return Finding("python", Level.OK, version)


def check_processor(_: Config) -> Finding:
    """The cores, and the CPU instructions that make INT8 fast."""
    cores = os.cpu_count() or 1
    text = counted(cores, "core")
    flags = _cpu_flags()
    fast = [name for name in ("avx2", "avx512_vnni", "avx_vnni", "asimddp", "i8mm") if name in flags]
    if fast:
        text += ", INT8 instructions: " + ", ".join(fast)
    text += "; no graphics card is used"
    if cores < 2:
        remedy = "lower analysis.hz in the configuration if the meeting stutters"
        return Finding("processor", Level.WARNING, text, remedy)
    return Finding("processor", Level.OK, text)


def _cpu_flags() -> frozenset[str]:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return frozenset()
    return frozenset(
        word for line in lines if line.lower().startswith(("flags", "features")) for word in line.split()
    )


def check_screen(config: Config) -> Finding:
    """Whether the screen can be grabbed: display server, permission, a picture that is not black."""
    from agent.composition.sources import open_screen

    if is_wayland():
        # Some Wayland desktops let X11 programs see the screen after all, so try to grab it.
        try:
            with open_screen(config) as screen:
                name = screen.info.name
        except SourceError:
            return Finding("screen", Level.WARNING, WAYLAND_FOUND, WAYLAND_REMEDY)
        return Finding("screen", Level.OK, f"{name}, although this is a Wayland session")
    with open_screen(config) as screen:
        frame = next((frame for frame in screen.frames() if frame is not None), None)
        name, size = screen.info.name, f"{screen.info.width}x{screen.info.height}"
    if frame is None:
        return Finding("screen", Level.WRONG, f"{name} gave no picture", "start the meeting's display first")
    if int(frame.pixels.max()) == int(frame.pixels.min()):
        remedy = FLAT_ON_MACOS if sys.platform == "darwin" else FLAT
        return Finding("screen", Level.WARNING, f"{name} ({size}) is one flat colour", remedy)
    return Finding("screen", Level.OK, f"{name}, {size}")


def check_face_detector(config: Config) -> Finding:
    """The face detector loads and runs."""
    from agent.composition.models import open_finder

    with open_finder(config):
        return Finding("face detector", Level.OK, "MediaPipe short-range, weights verified")


def check_expression_model(config: Config) -> Finding:
    """The expression model loads, its checksum matches, and its measured scores."""
    from agent.composition.models import open_classifier

    with open_classifier(config) as classifier:
        card = classifier.card
    # Print the card's digits: rounding a rounded figure again could differ from README.
    scores = ", ".join(
        f"{told} {card.figures[name].value:.4f}" for name, told in SCORES.items() if name in card.figures
    )
    return Finding("expression model", Level.OK, f"{card.name}, checksum fits; measured: {scores}")


def check_overlay(config: Config) -> Finding:
    """Whether ``run --overlay`` can draw on the meeting here, or opens the overlay page instead."""
    from agent.commands.overlay import obstacle

    found = obstacle()
    if found is None:
        return Finding("overlay", Level.OK, "it can be drawn on the tiles of this desktop")
    # The overlay is optional: a missing one is never an error.
    return Finding("overlay", Level.WARNING, found.problem, found.remedy)


def check_consent_list(config: Config) -> Finding:
    """If a consent list is set: it is valid, and Tesseract, which reads the names on the labels, runs."""
    from agent.composition.session import open_consent

    if config.consent.list is None:
        installed = shutil.which("tesseract") is not None
        said = "is" if installed else "is not"
        return Finding(
            "consent list", Level.OK, f"none is set; Tesseract, which a list needs, {said} installed"
        )
    open_consent(config, live=True)
    return Finding("consent list", Level.OK, f"{config.consent.list}, and Tesseract reads the names")


def check_extras(_: Config) -> Finding:
    """Which extras are not installed and what each is for, so that nobody learns it at the last step."""
    missing = [name for name, (module, _) in EXTRAS.items() if importlib.util.find_spec(module) is None]
    if not missing:
        return Finding("extras", Level.OK, "all are installed")
    told = "; ".join(f"{name} ({EXTRAS[name][1]})" for name in missing)
    # Double quotes: Windows' command line knows no others, and zsh needs some.
    remedy = f'only if you need one: pip install ".[{missing[0]}]" in the program\'s folder'
    return Finding("extras", Level.OK, f"not installed: {told}", remedy)


def check_port(config: Config) -> Finding:
    """The feed can be served on its address and port, or is served there by this user's agent."""
    from exporter.server.server_settings import ServerSettings, listen

    address = f"{config.feed.host}:{config.feed.port}"
    try:
        # As the server itself listens: a port that another program left a moment ago is free for it.
        listen(ServerSettings(config.feed.host, config.feed.port)).close()
    except FeedError as error:
        if _is_served_by_us(config.feed.port):
            return Finding("port", Level.OK, f"{address} serves the agent that is running")
        return Finding("port", Level.WRONG, error.problem, error.remedy)
    return Finding("port", Level.OK, f"{address} is free")


def _is_served_by_us(port: int) -> bool:
    """Whether the agent of this port's connection file answers there, that is, gives out a one-time token."""
    from exporter.access.one_time_tokens import ask_for_one_time_token
    from exporter.access.token import connection_file, read_connection_file

    try:
        return ask_for_one_time_token(read_connection_file(connection_file(port))) is not None
    except FeedError:
        return False


CHECKS: tuple[Check, ...] = (
    check_python,
    check_processor,
    check_screen,
    check_face_detector,
    check_expression_model,
    check_overlay,
    check_consent_list,
    check_extras,
    check_port,
)
