"""The report's page: what it says, what it keeps to itself, and that it always comes out."""

from __future__ import annotations

import dataclasses
import re
from html.parser import HTMLParser
from pathlib import Path

import msgspec
import numpy as np
import pytest

from agent.values import LABELS
from exporter.recorder.packing import NOTHING, REASONS, UNKNOWN, SessionEvent
from exporter.recorder.session import RecordedSession, load_session
from exporter.recorder.store import ModelFacts
from exporter.report.figures import OUTCOMES, READ, summarize
from exporter.report.formatting import OUTCOME_WORDS, clock, day, zone
from exporter.report.page import render
from exporter.report.reliability import accuracy_at, sentences
from exporter.words import ORDER
from tests.exporter.recorder.lessons import FACTS, record, session

VOID = {"meta", "link", "br", "img", "hr", "input"}


class Page(HTMLParser):
    """Tags balance, and the visible text is kept."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.text = ""
        self.ids: list[str] = []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        return

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open[-1:] != ["style"]:
            self.text += data + "\n"


def changed(one: RecordedSession, **facts: object) -> RecordedSession:
    return dataclasses.replace(one, details=msgspec.structs.replace(one.details, **facts))


def without_expressions(one: RecordedSession) -> RecordedSession:
    """The same as it is recorded where no expression is inferred."""
    said = one.said.copy()
    said["reason"][said["state"] == 0] = REASONS.index("private")
    said["label"], said["scores"], said["motivation"] = NOTHING, 0, UNKNOWN
    counts, figures = one.counts.copy(), one.figures.copy()
    counts[:, 2] = 0
    figures[:, [0, 1, 3]] = np.nan
    return dataclasses.replace(
        one, said=said, counts=counts, figures=figures, scores=np.full_like(one.scores, np.nan)
    )


def test_it_says_what_a_lesson_was(tmp_path: Path) -> None:
    text = Page(render(session(tmp_path, frames=600, tiles=9))).text
    for said in (
        "Lesson of Thursday, 1 January 2026",
        "10:00 to 10:02 · 2\u00a0min · 9 participants · drawn class",
        "An expression is not a feeling.",
        "many sad",
        "4 of 9 faces look sad",
        "It lasted 20\u00a0s.",
        "new topic",
        "Each participant, in the order of the gallery",
        "t8",
        "row 2, place 2",
        "turned away",
        "the model is right about 66 faces of 100",
        "Regulation (EU) 2024/1689",
        "nothing kept: away or excluded",
        "local, UTC+1",
        "mode tiles, at least 5 faces in mode room",
    ):
        assert said in text


def test_an_alert_that_holds_to_the_end_says_so_with_its_length(tmp_path: Path) -> None:
    one = session(tmp_path, frames=600, tiles=9)
    event = SessionEvent(
        "a", "alert", "looks", "Many faces look happy: 19 of 20 (95 %).", (), "room", 75.0, None
    )
    text = Page(render(dataclasses.replace(one, events=(event,)))).text
    assert "It held until the end (44\u00a0s)." in text


def test_it_is_one_file_that_fetches_and_runs_nothing(tmp_path: Path) -> None:
    page = render(session(tmp_path))
    assert re.findall(r"(?:src|href)=", page) == []
    assert re.findall(r"https?://|url\((?!#)|@import|<script", page) == []
    assert "default-src 'none'" in page


def test_no_text_becomes_markup(tmp_path: Path) -> None:
    one = session(tmp_path)
    evil = "<script>alert(1)</script>\"'&"
    events = tuple(
        SessionEvent(f"{kind}", kind, evil, evil, (), "room", 1.0, None)
        for kind in ("marker", "alert", "advice")
    )
    one = dataclasses.replace(
        one, events=events, participants={number: f"{evil}{number}" for number in one.participants}
    )
    facts = ModelFacts(name=evil, sha256=evil, trained_on=evil, limits=evil)
    one = changed(one, name=evil, source_name=evil, source_kind=evil, model=facts)
    for live in (True, False):
        page = render(changed(one, is_live=live))
        assert "<script" not in page
        assert evil in Page(page).text


def test_in_mode_room_it_speaks_of_nobody(tmp_path: Path) -> None:
    one = session(tmp_path)
    kept = dataclasses.replace(
        changed(one, privacy_mode="room"), said=one.said[:0], frame_of=one.frame_of[:0], participants={}
    )
    text = Page(render(kept)).text
    assert "nothing was kept of single participants" in text
    assert "Each participant" not in text
    assert "What was not read" not in text
    assert not re.search(r"\bt\d\b", text)


def test_a_session_without_an_end_says_so(tmp_path: Path) -> None:
    path = tmp_path / "a.session"
    record(path, 20, finish=False).close()
    assert "This session has no proper end" in Page(render(load_session(path))).text


@pytest.mark.parametrize("frames", [1, 2, 3])
def test_the_shortest_sessions_have_a_page(tmp_path: Path, frames: int) -> None:
    text = Page(render(session(tmp_path, frames=frames, tiles=1))).text
    assert "1 participant " in text
    assert "nan" not in text


def test_a_session_in_which_nothing_was_read_has_a_page(tmp_path: Path) -> None:
    one = session(tmp_path, frames=5, tiles=0)
    text = Page(render(one)).text
    assert "No face was read in this session." in text


@pytest.mark.parametrize("policy", ["eu_education", "eu_work"])
def test_where_no_expression_may_be_inferred_it_says_so_and_speaks_of_none(
    tmp_path: Path, policy: str
) -> None:
    page = render(without_expressions(changed(session(tmp_path), policy=policy)))
    text = Page(page).text
    first = text.split("In short")[0]
    assert "No expression was inferred." in first
    assert f"privacy.policy: {policy}" in first.replace("\n", "")
    assert "2024/1689" in first
    body = page.split("</style>")[1]
    for absent in (
        "seven acted-out",
        "of 100",
        "trained on",
        "sha256",
        "read</li>",
        "unsure",
        'class="band',
    ):
        assert absent not in body
    for label in ORDER:
        assert f">{label}<" not in body
        assert f'class="{label}"' not in body
    for said in ("faces in sight at a typical moment", "many sad", "Attention", "What was in sight", "t8"):
        assert said in text
    assert f"policy\n{policy}\n" in text


def test_a_recording_that_says_no_policy_is_read_as_before(tmp_path: Path) -> None:
    one = changed(session(tmp_path), policy="")
    assert one.details.infers
    text = Page(render(one)).text
    assert "seven acted-out" in text
    assert "\npolicy\n" not in text


def test_participants_are_never_ranked(tmp_path: Path) -> None:
    """The page orders them by their place, and counts nothing for each of them."""
    page = render(session(tmp_path, frames=300, tiles=21))
    found = re.findall(r'<text class="who"[^>]*>(t\d+)<', page)
    assert found == [f"t{number}" for number in range(21)]
    people = page.split("Each participant")[1].split("</section>")[0]
    assert not re.search(r"\d %", Page(f"<section><h2>{people}</section>").text)


def test_a_file_counts_from_its_beginning(tmp_path: Path) -> None:
    text = Page(render(changed(session(tmp_path), is_live=False, source_name="lesson.mp4"))).text
    assert "Recording lesson.mp4" in text
    assert "times are hours and minutes into the recording" in text
    assert "UTC" not in text
    assert "2026" not in text.split("How far these")[0].replace("2026-01-01_0900-abcd", "")


def test_every_fate_has_a_word_and_every_label_a_place() -> None:
    assert set(OUTCOME_WORDS) == set(OUTCOMES[READ:])
    assert set(ORDER) == set(OUTCOMES[:READ])


def test_the_accuracy_of_the_size_that_was_measured_below() -> None:
    figures = {"accuracy": 0.7, "accuracy_at_16_px": 0.5, "accuracy_at_24_px": 0.6, "accuracy_at_48_px": 0.7}
    assert accuracy_at(figures, 30.0) == (24, 0.6)
    assert accuracy_at(figures, 300.0) == (48, 0.7)
    assert accuracy_at(figures, 10.0) == (16, 0.5)
    assert accuracy_at(figures, None) is None
    assert accuracy_at({"accuracy": 0.7}, 30.0) is None


def test_a_model_that_was_not_measured_promises_nothing(tmp_path: Path) -> None:
    one = changed(session(tmp_path), model=msgspec.structs.replace(FACTS, figures={}))
    told = " ".join(sentences(one, summarize(one)))
    assert "of 100" not in told
    assert "Even if every label were right" in told


def test_the_labels_that_are_missed_most_are_those_of_the_model_s_card(tmp_path: Path) -> None:
    recalls = {label: 0.9 - index / 10 for index, label in enumerate(LABELS)}
    figures = {"worst_recall": 0.3, **{f"recall_{label}": share for label, share in recalls.items()}}
    told = _told_with(figures, tmp_path)
    assert "“neutral” the model recognises about 30, of “surprise” 40, of “sad” 50" in told
    assert "fear" not in told
    # Models and recordings of before do not say which label it is.
    told = _told_with({"worst_recall": 0.3}, tmp_path / "older")
    assert "recognised worst is found in about 30 of 100 cases" in told
    assert "fear" not in told


def _told_with(figures: dict[str, float], folder: Path) -> str:
    folder.mkdir(exist_ok=True)
    one = changed(session(folder), model=msgspec.structs.replace(FACTS, figures=figures))
    return " ".join(sentences(one, summarize(one)))


def test_times_are_said_as_people_say_them() -> None:
    assert clock(1_767_258_000.0, -3600) == "08:00"
    assert [zone(hours) for hours in (0, 3600, -3600, 19800, -12600)] == [
        "UTC", "UTC+1", "UTC-1", "UTC+5:30", "UTC-3:30",
    ]  # fmt: skip
    assert day(1_767_225_600.0, -60) == "Wednesday, 31 December 2025"


def test_a_recording_whose_name_may_not_be_said_has_none(tmp_path: Path) -> None:
    one = session(tmp_path)
    named = render(changed(one, is_live=False, source_kind="media", source_name="Ada at school.mp4"))
    assert "Recording Ada at school.mp4" in Page(named).text
    nameless = Page(render(changed(one, is_live=False, source_kind="media", source_name=""))).text
    assert "A recorded lesson" in nameless
    assert "media," not in nameless


def test_that_there_was_no_advice_yet_is_no_event(tmp_path: Path) -> None:
    one = session(tmp_path)
    early = SessionEvent("advice 0", "advice", "unknown", "Too early to say.", (), "room", 0.0)
    later = SessionEvent("advice 1", "advice", "slower", "Slower may help.", (), "room", 3.0)
    text = Page(render(dataclasses.replace(one, events=(early, later)))).text
    assert "Slower may help." in text
    assert "Too early" not in text
    assert "No markers were set" in Page(render(dataclasses.replace(one, events=(early,)))).text


def test_a_mean_carries_no_error_of_a_single_moment(tmp_path: Path) -> None:
    short, _, rest = Page(render(session(tmp_path))).text.partition("The room over time")
    assert "±" not in short
    assert "± " in rest.split("How far these numbers")[1]


def test_an_axis_has_a_plain_zero(tmp_path: Path) -> None:
    page = render(session(tmp_path))
    valence = page.split("<h3>Valence")[1].split("</figure>")[0]
    assert re.findall(r">([^<]*1|0|\+0)</text>", valence) == ["\u22121", "0", "+1"]


@pytest.mark.parametrize(("tiles", "groups"), [(9, [9]), (15, [8, 7]), (25, [13, 12])])
def test_many_participants_stand_in_groups_that_leave_no_printed_page_half_empty(
    tmp_path: Path, tiles: int, groups: list[int]
) -> None:
    people = render(session(tmp_path, tiles=tiles)).split("Each participant")[1].split("</section>")[0]
    assert [figure.count('class="who"') for figure in people.split("<figure>")[1:]] == groups
