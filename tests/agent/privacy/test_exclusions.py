"""That exclusions by hand end with the program is said when it ends."""

from __future__ import annotations

import pytest

from agent.privacy.consent import Consent
from agent.privacy.exclusions import Exclusions
from tests.agent.privacy.test_consent import BLANK, tile


def ended(consent: Consent, *excluded: str, included: str | None = None) -> None:
    consent.excluded(BLANK, [tile(name, at) for at, name in enumerate(("t1", "t2", "t3"))])
    exclusions = Exclusions(consent)
    for name in excluded:
        exclusions.exclude(name)
    if included is not None:
        consent.include(included)
    exclusions.log_end()


def test_exclusions_that_stand_at_the_end_are_counted(caplog: pytest.LogCaptureFixture) -> None:
    ended(Consent(), "t1", "t2", "t2", "t3", included="t3")
    (line,) = caplog.messages
    assert line.startswith("2 exclusions by hand ended with the program: exclude again at the next start")


def test_without_any_nothing_is_said(caplog: pytest.LogCaptureFixture) -> None:
    ended(Consent())
    ended(Consent(), "t1", "never-shown", included="t1")
    ended(Consent(default=False), "t1", "never-shown")
    assert caplog.messages == []


def test_somebody_whom_the_teacher_had_chosen_is_counted(caplog: pytest.LogCaptureFixture) -> None:
    consent = Consent(default=False)
    consent.excluded(BLANK, [tile("t1", 0)])
    consent.include("t1")
    ended(consent, "t1")
    assert [line.split(":")[0] for line in caplog.messages] == ["1 exclusion by hand ended with the program"]
