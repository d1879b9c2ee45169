"""Opens what keeps a session: the recorder and the audit log; deletes expired sessions."""

from __future__ import annotations

import dataclasses
import secrets
import shlex
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import msgspec

from agent.analysis.runner import Publish
from agent.configuration.config import Config
from agent.errors import ConfigError, RecordError
from agent.privacy.policy import privacy_policy
from agent.system.logs import logger
from agent.values import RecordStatus, Snapshot, SourceInfo
from exporter.privacy import filter_source
from exporter.recorder.audit import Audit, audit_path
from exporter.recorder.folder import (
    data_folder,
    delete_session,
    expired,
    expiring_folders,
    new_path,
    session_files,
)
from exporter.recorder.forget import forget_session
from exporter.recorder.live import Recorder
from exporter.recorder.store import SUFFIX, Details, ModelFacts, Store
from models.card import ModelCard


@dataclass(frozen=True, slots=True)
class Target:
    """Where a session is recorded: its file, its id and its recorder."""

    path: Path
    id: str
    store: Store
    recorder: Recorder

    @property
    def is_empty(self) -> bool:
        """Whether the recorder has ended and the file holds no frame."""
        return self.recorder.is_done and self.store.is_empty


class Recording:
    """Records each snapshot into a file and reports the state; without a ``target`` it does nothing."""

    def __init__(self, target: Target | None = None, audit: Audit | None = None) -> None:
        self._target, self._audit = target, audit or Audit(None)
        self._announced = False

    def announce(self) -> None:
        """Print the file name. Call this last: only then is it certain that the session starts."""
        if self._target is not None:
            self._announced = True
            path = self._target.path
            self._audit.note("recorded", session=path.stem, id=self._target.id, to=path.resolve())
            print(f"Recording  {path}, see it with: {report_command(path)}", flush=True)

    @property
    def path(self) -> Path | None:
        """The file being recorded, or None."""
        return None if self._target is None else self._target.path

    def end(self) -> None:
        """Report what was recorded once the recorder is closed; delete a file that holds nothing."""
        if self._target is None:
            return
        path, recorder = self._target.path, self._target.recorder
        if recorder.lost:
            why = recorder.status.reason or "the disk did not keep up, or the recorder failed"
            logger.warning("%d readings of the room could not be recorded: %s", recorder.lost, why)
        if self._target.store.is_gone:
            logger.warning("%s was deleted or moved while it was recorded: nothing is left of it there", path)
            return
        if not self._target.is_empty:
            logger.info("recorded %s, see it with: %s", path, report_command(path))
            return
        try:
            delete_session(path)
        except RecordError as error:
            logger.warning("%s", error)
            return
        if self._announced:
            self._audit.note("deleted", session=path.stem, id=self._target.id, what="nothing was recorded")
            why = "nothing could be written" if recorder.lost else "no frame was read"
            logger.info("%s, so there is no recording %s", why, path)

    @property
    def status(self) -> RecordStatus:
        """Whether readings are recorded, and if not, why."""
        return RecordStatus() if self._target is None else self._target.recorder.status

    def publish(self, snapshot: Snapshot) -> None:
        """Record one snapshot; never waits, never raises."""
        if self._target is not None:
            self._target.recorder.publish(snapshot)

    def with_record_status(self, publish: Publish) -> Publish:
        """Wrap ``publish`` so that each snapshot carries the recording's status."""

        def publish_told(snapshot: Snapshot) -> None:
            publish(dataclasses.replace(snapshot, record=self.status))

        return publish_told


def open_audit(config: Config) -> Audit:
    """Open the audit log, without the entries that are too old to keep."""
    audit = Audit(audit_path() if config.record.audit else None)
    audit.trim(config.record.audit_days)
    return audit


@contextmanager
def recording(config: Config, source: SourceInfo, card: ModelCard, audit: Audit) -> Iterator[Recording]:
    """Yield the recording that takes each snapshot; it does nothing unless ``record.enabled``.

    Expired sessions are deleted first. The file is created at once, so that a failure ends the start and not
    the lesson; it is deleted again if nothing was recorded. Raises RecordError when the file cannot be
    created, and ConfigError when recording is not allowed.
    """
    delete_expired(config, audit)
    if not config.record.enabled:
        yield Recording()
        return
    privacy = privacy_policy(config.privacy)
    if privacy.mode == "off":
        raise ConfigError("privacy.mode is off, so nothing may be recorded: leave --record out")
    started = time.time()
    name, path = new_path(config.record.path, datetime.fromtimestamp(started))
    details = msgspec.structs.replace(describe(config, source, card, name, started), id=secrets.token_hex(8))
    store = Store(path, details)
    target = Target(path, details.id, store, Recorder(store, privacy))
    kept = Recording(target, audit)
    try:
        with target.recorder:
            yield kept
    finally:
        kept.end()


def report_command(path: Path) -> str:
    """The command that writes the report of the session in a file."""
    is_listed = path.parent == data_folder() / "sessions" and path.suffix == SUFFIX
    return f"readtheroom report {path.stem if is_listed else shlex.quote(str(path))}"


def describe(config: Config, source: SourceInfo, card: ModelCard, name: str, started: float) -> Details:
    """The recording's details, as far as privacy.mode allows them."""
    source = filter_source(source, privacy_policy(config.privacy))
    offset = datetime.fromtimestamp(started).astimezone().utcoffset()
    return Details(
        name=name,
        started=started,
        utc_offset=int(offset.total_seconds()) if offset else 0,
        source_kind=source.kind,
        source_name=source.name,
        hz=config.analysis.hz,
        privacy_mode=config.privacy.mode,
        min_group=config.privacy.min_group,
        policy=config.privacy.policy,
        model=ModelFacts(
            name=card.name,
            sha256=card.sha256,
            figures={key: figure.value for key, figure in card.figures.items()},
            trained_on=card.trained_on,
            limits=card.limits,
        ),
    )


def delete_expired(config: Config, audit: Audit) -> list[Path]:
    """Delete sessions older than ``record.keep_days`` from the data folder and from a folder ``record.path``.

    Files that the user renamed or moved elsewhere are left alone; of a symbolic link, only the link is
    deleted. A session that another program records or reads is deleted at a later start.
    """
    try:
        folders = expiring_folders(config.record.path)
    except RecordError as error:
        # Without recording, an unsuitable record.path is only a warning.
        logger.warning("%s", error)
        folders = expiring_folders(None)
    files = [path for folder in folders for path in session_files(folder)]
    old = expired(files, datetime.now(), config.record.keep_days)
    deleted: list[Path] = []
    for path in old:
        try:
            if _is_only_a_link(path, audit):
                continue
            details = forget_session(path, sure=True)
        except RecordError as error:
            # This must not keep a lesson from starting.
            logger.warning("a session older than record.keep_days was not deleted: %s", error)
            continue
        deleted.append(path)
        known = details.id if details else ""
        audit.note("deleted", session=path.stem, id=known, what="older than record.keep_days")
    if deleted:
        logger.info("deleted %d recorded sessions older than %g days", len(deleted), config.record.keep_days)
    return deleted


def _is_only_a_link(path: Path, audit: Audit) -> bool:
    """Whether an expired session is a link; then the link is deleted. Raises RecordError if that fails."""
    if not path.is_symlink():
        return False
    kept = path.resolve()
    delete_session(path)
    logger.info("the expired session %s was a link: it is deleted, and %s is kept", path, kept)
    audit.note("deleted", session=path.stem, what=f"a link, older than record.keep_days; kept is {kept}")
    return True
