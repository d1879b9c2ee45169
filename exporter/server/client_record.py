"""The record of a feed client, for the audit log."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ClientRecord:
    """An admitted client: its address, its view, and the program name it sent (``User-Agent``)."""

    address: str
    view: str
    program: str


def ignore(_: ClientRecord) -> None:
    """Record nothing."""
