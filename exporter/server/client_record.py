"""Who follows the feed, for the audit log."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ClientRecord:
    """A client that was let in: its address, its view, and what program it says it is."""

    address: str
    view: str
    program: str


def ignore(_: ClientRecord) -> None:
    """Keep no account of it."""
