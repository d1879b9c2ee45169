"""Counts the exclusions by hand that end with a session: the next session does not know them."""

from __future__ import annotations

from agent.privacy.consent import Consent
from agent.system.logs import logger
from exporter.words import counted


class Exclusions:
    """Passes exclusions by hand on to ``consent``; ``exclude`` may be called from any thread."""

    def __init__(self, consent: Consent) -> None:
        self._consent = consent
        self._asked: set[str] = set()

    def exclude(self, tile: str) -> None:
        """Exclude a participant; see ``Consent.exclude``."""
        # Where nobody is read by default, somebody who was not read anyway will not be read later either.
        counts = self._consent.default or self._consent.allows(tile)
        self._consent.exclude(tile)
        # An id that was never shown is ignored, and must take no memory.
        if counts and not self._consent.allows(tile):
            self._asked.add(tile)

    def log_end(self) -> None:
        """Log how many exclusions by hand are forgotten now, if there are any."""
        standing = sum(not self._consent.allows(tile) for tile in list(self._asked))
        if standing:
            logger.warning(
                "%s by hand ended with the program: exclude again at the next start, or list those who said "
                "no in consent.list",
                counted(standing, "exclusion"),
            )
