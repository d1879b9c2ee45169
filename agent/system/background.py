"""Life in the background: one agent per user, detached, with a log file, ending with the desktop session."""

from __future__ import annotations

import logging.handlers
import os
import secrets
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Self

import msgspec
import platformdirs
from msgspec import Struct

from agent.errors import InstanceError
from agent.system.logs import logger
from agent.system.own_command import own_command
from exporter.files import write_private
from exporter.locking import try_lock
from exporter.user_folders import state_folder

FLAG, CHILD_FLAG = "--background", "--detached"
"""What the user asks for, and what the program then starts itself with."""

START_TIMEOUT = 60.0
"""Seconds in which the detached agent must serve its feed: models are loaded and the screen is searched."""

NONCE = "_READTHEROOM_NONCE"
"""The variable with the nonce by which its starter knows a detached agent; no configuration key."""

PATIENCE = 1.0
"""Seconds in which the lock is tried again: who asks who holds it, as a starter does, has it for a moment."""

LOG_BYTES, LOG_FILES = 1_000_000, 4
"""The log is renewed at this size; so many older ones are kept."""

LOOK_EVERY = 2.0
"""Seconds between looks at whether the desktop session is still there."""


class Instance(Struct, frozen=True, kw_only=True):
    """The agent that holds the lock; ``port`` is 0 until its feed is served, ``nonce`` its starter's.

    ``record`` is the whole path of the file that it records, empty where it records none.
    """

    pid: int
    port: int = 0
    nonce: str = ""
    record: str = ""


class InstanceLock:
    """At most one agent per user: the system frees the lock when its holder ends, however that ends."""

    def __init__(self, folder: Path | None = None) -> None:
        base = folder or state_folder()
        self._lock_path, self._info_path = base / "agent.lock", base / "agent.json"
        self._file: IO[bytes] | None = None

    def acquire(self) -> None:
        """Hold the lock. Raises InstanceError when another agent does, or it cannot be kept."""
        with _writable(self._lock_path):
            file = self._lock_path.open("ab")
            is_held = try_lock(file, PATIENCE)
        if not is_held:
            file.close()
            raise InstanceError("an agent is running in the background already: `readtheroom stop` ends it")
        self._file = file
        try:
            self.tell(0)
        except InstanceError:
            self._file = None
            file.close()
            raise

    def tell(self, port: int, record: Path | None = None) -> None:
        """Say to others where this agent serves its feed, and what it records.

        Raises InstanceError when that cannot be written.
        """
        path = "" if record is None else str(record.absolute())
        nonce = os.environ.get(NONCE, "")
        text = msgspec.json.encode(Instance(pid=os.getpid(), port=port, nonce=nonce, record=path))
        with _writable(self._info_path):
            write_private(self._info_path, text)

    def holder(self) -> Instance | None:
        """The agent that holds the lock now; None when nobody does."""
        try:
            with self._lock_path.open("ab") as file:
                if try_lock(file):
                    return None
            return msgspec.json.decode(self._info_path.read_bytes(), type=Instance)
        except (OSError, msgspec.DecodeError):
            return None

    def close(self) -> None:
        """Let go; may be called twice."""
        file, self._file = self._file, None
        if file is not None:
            self._info_path.unlink(missing_ok=True)
            file.close()

    def __enter__(self) -> Self:
        self.acquire()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


@contextmanager
def _writable(path: Path) -> Iterator[None]:
    """Open a file in here: its folder is made; where that fails, InstanceError says what to do."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        yield
    except OSError as error:
        raise InstanceError(
            f"{path} cannot be written ({error.strerror or error}): make its folder writable for yourself, "
            "or run without --background"
        ) from None


def log_folder() -> Path:
    """The user's folder for this program's logs."""
    return platformdirs.user_log_path("readtheroom", appauthor=False)


def log_to_file(folder: Path) -> Path:
    """Log into a file that is renewed before it grows large, in place of stderr; returns the file.

    Raises InstanceError when it cannot be written.
    """
    path = folder / "agent.log"
    with _writable(path):
        handler = logging.handlers.RotatingFileHandler(
            path, maxBytes=LOG_BYTES, backupCount=LOG_FILES, encoding="utf-8"
        )
    handler.setFormatter(logging.Formatter("%(asctime)s  %(levelname)s  %(message)s"))
    for old in logger.handlers:
        old.close()
    logger.handlers[:] = [handler]
    return path


def detach(arguments: Sequence[str], lock: InstanceLock, folder: Path) -> Instance:
    """Start this program again, detached from the terminal; returns when its feed is served.

    ``arguments`` are those of the command line; ``folder`` is that of the logs. Raises InstanceError with
    what the new agent had to say when it ends before that, or takes too long, and when no log can be kept.
    """
    said, nonce = folder / "start.log", secrets.token_hex(8)
    process = _start_detached(arguments, said, nonce)
    end = time.monotonic() + START_TIMEOUT
    while time.monotonic() < end:
        holder = lock.holder()
        if holder is not None and holder.port and holder.nonce == nonce:
            # Not told by its number: in a virtual environment on Windows the process that was started is only
            # a launcher, and the agent its child. It outlives this process on purpose: nobody waits for it.
            process.returncode = 0
            return holder
        if process.poll() is not None:
            lines = said.read_text(encoding="utf-8", errors="replace").strip().splitlines()
            reason = lines[-1].removeprefix("readtheroom: ") if lines else f"exit code {process.returncode}"
            raise InstanceError(f"the agent did not start: {reason}")
        time.sleep(0.1)
    process.terminate()
    raise InstanceError(f"the agent did not start within {START_TIMEOUT:g} s: see {folder}")


def _start_detached(arguments: Sequence[str], said: Path, nonce: str) -> subprocess.Popen[bytes]:
    """This program once more, without a terminal; what it has to say goes into the file ``said``."""
    command = own_command(*(one for one in arguments if one != FLAG), CHILD_FLAG)
    apart = 0
    if sys.platform == "win32":
        apart = subprocess.DETACHED_PROCESS | subprocess.CREATE_NEW_PROCESS_GROUP
    with _writable(said):
        output = said.open("wb")
    with output:
        return subprocess.Popen(  # noqa: S603 - this program itself
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=output,
            env={**os.environ, NONCE: nonce},
            creationflags=apart,
            start_new_session=True,
        )


def session_marks(environment: Mapping[str, str]) -> list[Path]:
    """Files that speak of the desktop session; none where the system ends its programs itself."""
    if not sys.platform.startswith("linux"):
        return []
    marks = []
    session, display = environment.get("XDG_SESSION_ID"), environment.get("DISPLAY", "")
    if session:
        marks.append(Path("/run/systemd/sessions") / session)
    number = display.removeprefix(":").split(".")[0]
    if display.startswith(":") and number.isdigit():
        marks.append(Path("/tmp/.X11-unix") / f"X{number}")  # noqa: S108 - where X servers listen
    return [mark for mark in marks if mark.exists()]


@contextmanager
def ended_with_session(stop: Callable[[], None], marks: Sequence[Path]) -> Iterator[None]:
    """Call ``stop`` once one of the session's marks says that it ended: a detached program outlives it."""
    done = threading.Event()

    def watch() -> None:
        while not done.wait(LOOK_EVERY):
            if any(_says_ended(mark) for mark in marks):
                logger.info("the desktop session ended")
                stop()
                return

    thread = threading.Thread(target=watch, name="session", daemon=True)
    if marks:
        thread.start()
    try:
        yield
    finally:
        done.set()
        if marks:
            thread.join()


def _says_ended(mark: Path) -> bool:
    """Whether a session's mark is gone, or is logind's file of a session that was logged out.

    logind keeps that file while any program of the session runs, as this one does; the line is the one that
    its library's ``sd_session_get_state`` reads.
    """
    try:
        return "STATE=closing" in mark.read_text(encoding="utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return True
    except OSError:
        # The socket of an X server cannot be read.
        return False
