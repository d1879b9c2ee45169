"""Opens what lasts a whole session: the consent rules, and what follows the lesson."""

from __future__ import annotations

from pathlib import Path

import msgspec

from agent.configuration.config import Config
from agent.errors import ConfigError
from agent.lesson.lesson import Lesson
from agent.lesson.rules import ExpressionRule, Rule, TurnedRule
from agent.lesson.trend import Span
from agent.privacy.consent import Consent
from agent.privacy.consent_list import load_consent_list
from agent.privacy.listed_names import ListedNames
from agent.privacy.ocr import TesseractNames
from agent.privacy.scripts import read_by
from agent.system.logs import logger
from agent.values import infers_expressions


def open_consent(config: Config, *, live: bool = True) -> Consent:
    """Open the rules on who is read; unless ``live``, all names of a frame are read at once.

    Raises ConfigError for a list that cannot be used, or when names cannot be read here.
    """
    given = config.consent
    others_read = given.default == "include"
    if given.list is None:
        if not others_read:
            logger.warning("%s", _unread_by_default(live=live and config.privacy.mode == "tiles"))
        return Consent(others_read, warn=logger.warning)
    scripts = read_by(given.languages)
    consent_list = load_consent_list(Path(given.list), others_read=others_read, scripts=scripts)
    if others_read and not consent_list.opted_out:
        raise ConfigError(
            f"consent.list {given.list!r} names only who opted in, and with consent.default include "
            "everybody is read anyway",
            "set consent.default to exclude, or mark who opted out with '- '",
        )
    names = ListedNames(consent_list, TesseractNames(given.languages), at_once=not live)
    return Consent(others_read, names, logger.warning)


def _unread_by_default(*, live: bool) -> str:
    """Text that nobody is read; where tiles can be chosen (``live``), it says how to change that."""
    why = "consent.default is exclude and there is no consent.list: nobody is read"
    return f"{why} until you select a tile on the dashboard and press Read again" if live else why


def open_lesson(config: Config) -> Lesson:
    """Open what follows a lesson: trend, alerts and markers.

    In ``privacy.mode: room``, trend and alerts need at least ``privacy.min_group`` faces.
    """
    rules, span = config.alerts.rules if config.alerts.enabled else [], Span()
    if config.privacy.mode == "room":
        least = config.privacy.min_group
        rules = [_of_a_group(rule, least) for rule in rules]
        span = Span(faces=max(span.faces, least))
    return Lesson(rules, span, infers=infers_expressions(config.privacy.policy), hz=config.analysis.hz)


def _of_a_group(rule: Rule, least: int) -> Rule:
    if isinstance(rule, ExpressionRule | TurnedRule):
        return msgspec.structs.replace(rule, least_faces=max(rule.least_faces, least))
    return rule
