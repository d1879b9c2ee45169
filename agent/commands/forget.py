"""``readtheroom forget``: deletes a recorded session, or one participant from it."""

from __future__ import annotations

import sys
from pathlib import Path

from agent.commands.report import describe_session
from agent.composition.recording import open_audit
from agent.configuration.config import Config
from agent.errors import ConfigError, RecordError
from exporter.recorder.file_kind import Kind, kind_of
from exporter.recorder.folder import chosen_folder, describe_session_file, find_session
from exporter.recorder.forget import check_participant, forget_participant, forget_session
from exporter.recorder.session import load_details
from exporter.recorder.store import Details
from exporter.words import counted

NOBODY_ANSWERS = (
    "nothing was deleted, because nobody answered the question: add --yes to delete without being asked"
)


def forget(config: Config, name: str, participant: str | None = None, *, sure: bool = False) -> int:
    """Delete the session called ``name`` (its whole name, ``latest`` or a path), or one participant in it.

    It asks first, unless ``sure``, and returns 1 for a no. ``sure`` also deletes a file so damaged that only
    its name shows that it was a session. Raises ConfigError if nobody can answer, and RecordError when there
    is no such session or participant, when another program has it open, or when the file is not a session.
    """
    audit = open_audit(config)
    found = find_session(name, chosen_folder(config.record.path), exact=True, elsewhere=audit.folders())
    # Resolve a symbolic link to the session itself.
    path = found.resolve()
    if not sure and not _agreed(path, participant):
        print("nothing was deleted")
        return 1
    if participant is None:
        details = forget_session(found, sure=sure)
        print(f"forgotten: the session {path.stem}")
    else:
        count = forget_participant(path, participant)
        details = _details(path)
        print(f"forgotten: participant {participant} in the session {path.stem}, {count} readings")
    # The audit log must not keep the id of somebody who asked to be forgotten.
    what = "all of it" if participant is None else "one participant"
    audit.note("deleted", session=path.stem, id=details.id if details else "", what=what)
    # Exported reports and tables stay where the user put them: list them.
    files = audit.exports_of(path.stem, details)
    if files:
        print("These files were exported from it; delete them yourself:", *files, sep="\n  ")
    return 0


def _agreed(path: Path, participant: str | None) -> bool:
    """Whether the user agrees, in a terminal or through a pipe.

    A file that is not recognised as a session is refused later. Raises ConfigError if nobody answers, and
    RecordError if the participant is unknown.
    """
    kind, session = kind_of(path), describe_session_file(path)
    if session.details is None and kind is not Kind.OURS:
        return True
    if participant is not None:
        check_participant(path, participant)
    when, length, people = describe_session(session)
    facts = ", ".join(
        fact for fact in (when, length, people and counted(session.people, "participant")) if fact
    )
    what = "" if participant is None else f"participant {participant} from "
    try:
        answer = input(f"Delete {what}the session {path.stem} ({facts})? [y/N] ")
    except (EOFError, RuntimeError):
        # Without any standard input, as under pythonw on Windows, input() raises RuntimeError.
        print()
        if sys.stdin is not None and sys.stdin.isatty():
            return False
        raise ConfigError(NOBODY_ANSWERS) from None
    return answer.strip().lower() in {"y", "yes"}


def _details(path: Path) -> Details | None:
    """A session's details; None if they are damaged."""
    try:
        return load_details(path)
    except RecordError:
        return None
