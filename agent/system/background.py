"""The agent in the background: one per user, detached, with a log file, ended with the desktop session."""

from __future__ import annotations

import logging.handlers
import os
import secrets
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, Self

import msgspec
import platformdirs
from msgspec import Struct

from agent.errors import InstanceError
from agent.json_text import decoded
from agent.system.logs import logger
from agent.system.own_command import own_command
from exporter.files import remedy, write_private
from exporter.locking import try_lock
from exporter.user_folders import state_folder

FLAG, CHILD_FLAG = "--background", "--detached"
"""The user's flag, and the flag with which the program starts itself."""

START_TIMEOUT = 60.0
"""Maximum seconds until the detached agent serves its feed: it loads models and searches the screen."""

NONCE = "_READTHEROOM_NONCE"
"""Environment variable with the nonce that identifies a detached agent to its starter; not a key."""

PATIENCE = 1.0
"""Seconds for which acquiring the lock is retried: a process that asks for the holder takes it briefly."""

LOG_BYTES, LOG_FILES = 1_000_000, 4
"""Size in bytes at which the log is rotated, and the number of older files that are kept."""

LOOK_EVERY = 2.0
"""Seconds between checks that the desktop session is still there."""


class Instance(Struct, frozen=True, kw_only=True):
    """The agent that holds the lock; ``port`` is 0 until its feed is served, ``nonce`` is its starter's.

    ``record`` is the absolute path of the file being recorded, or empty.
    """

    pid: int
    port: int = 0
    nonce: str = ""
    record: str = ""


class InstanceLock:
    """At most one agent per user: the system frees the lock when its holder ends, even if it is killed."""

    def __init__(self, folder: Path | None = None) -> None:
        base = folder or state_folder()
        self._lock_path, self._info_path = base / "agent.lock", base / "agent.json"
        self._file: IO[bytes] | None = None

    def acquire(self) -> None:
        """Take the lock. Raises InstanceError when another agent holds it, or the file cannot be written."""
        with _writable(self._lock_path), ExitStack() as undo:
            file = undo.enter_context(self._lock_path.open("ab"))
            if not try_lock(file, PATIENCE):
                raise InstanceError(
                    "an agent is running in the background already: `readtheroom stop` ends it"
                )
            self.tell(0)
            undo.pop_all()
        self._file = file

    def tell(self, port: int, record: Path | None = None) -> None:
        """Write for other commands where this agent serves its feed, and what it records.

        Raises InstanceError when the file cannot be written.
        """
        # JSON cannot hold the bytes of a path that are no UTF-8.
        path = "" if record is None else str(record.absolute()).encode(errors="backslashreplace").decode()
        nonce = os.environ.get(NONCE, "")
        text = msgspec.json.encode(Instance(pid=os.getpid(), port=port, nonce=nonce, record=path))
        with _writable(self._info_path):
            write_private(self._info_path, text)

    def holder(self) -> Instance | None:
        """The agent that holds the lock now, or None."""
        try:
            with self._lock_path.open("ab") as file:
                if try_lock(file):
                    return None
            return decoded(self._info_path.read_bytes(), Instance)
        except (OSError, msgspec.DecodeError):
            return None

    def close(self) -> None:
        """Release the lock; idempotent."""
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
    """Create the file's folder and open the file inside the block; failures become InstanceError."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        yield
    except OSError as error:
        raise InstanceError(
            f"{path} cannot be written ({error.strerror or error}): {remedy(error)}, or run without "
            "--background"
        ) from None


def log_folder() -> Path:
    """The user's folder for this program's logs."""
    return platformdirs.user_log_path("readtheroom", appauthor=False)


def log_to_file(folder: Path) -> Path:
    """Log to a rotating file in place of stderr; returns the file.

    Raises InstanceError when the file cannot be written.
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

    ``arguments`` are those of the command line; ``folder`` is the folder of the logs. Raises InstanceError
    with the new agent's last message if it ends before that, if it takes too long, or if the log cannot be
    written.
    """
    said, nonce = folder / "start.log", secrets.token_hex(8)
    process = _start_detached(arguments, said, nonce)
    end = time.monotonic() + START_TIMEOUT
    while time.monotonic() < end:
        holder = lock.holder()
        if holder is not None and holder.port and holder.nonce == nonce:
            # Not identified by process id: in a virtual environment on Windows the started process is only a
            # launcher, and the agent is its child. It outlives this process on purpose: nobody waits for it.
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
    """Start this program again without a terminal; its output goes into the file ``said``."""
    command = own_command(*(one for one in arguments if one != FLAG), CHILD_FLAG)
    apart = 0
    if sys.platform == "win32":
        apart = subprocess.DETACHED_PROCESS | subprocess.CREATE_NEW_PROCESS_GROUP
    with _writable(said):
        # Fails if the disk is full: the new agent could not say so, as its words go into this file.
        said.write_bytes(b"\n")
    with said.open("ab") as output:
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
    """Files that show the desktop session's state; none where the system ends its programs itself."""
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
    """Call ``stop`` once one of the marks shows that the session ended: a detached program outlives it."""
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

    logind keeps that file while any program of the session runs, as this one does. The line is the same that
    libsystemd's ``sd_session_get_state`` reads.
    """
    try:
        return "STATE=closing" in mark.read_text(encoding="utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return True
    except OSError:
        # The socket of an X server cannot be read.
        return False
