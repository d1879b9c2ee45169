"""What the pages say while nothing can be read, or the source, recording or agent is in trouble."""

from __future__ import annotations

import queue
import time
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from agent.values import (
    Advice,
    Alert,
    RecordState,
    RecordStatus,
    SourceInfo,
    SourceState,
    SourceStatus,
    Tempo,
)
from exporter.protocol.client_commands import ClientCommand, PauseCommand, ResumeCommand
from tests.browser.conftest import Agent, OpenPage, Scheme, ready, until
from tests.browser.rooms import excluded, lesson, snapshot

pytestmark = pytest.mark.browser


SHOWN = """selector => { let shown = 1, node = document.querySelector(selector);
  for (; node; node = node.parentElement) shown *= Number(getComputedStyle(node).opacity);
  return shown; }"""
"""How strongly an element shows, 0..1, with all that it lies in."""


CONTRASTS = """() => {
  const pen = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const levels = colour => { pen.clearRect(0, 0, 1, 1); pen.fillStyle = colour; pen.fillRect(0, 0, 1, 1);
    return [...pen.getImageData(0, 0, 1, 1).data]; };
  const light = rgb => rgb.slice(0, 3).map(one => one / 255)
    .map(one => one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4)
    .reduce((sum, one, i) => sum + one * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = node => { for (; node; node = node.parentElement) {
    const got = levels(getComputedStyle(node).backgroundColor); if (got[3] === 255) return got; } };
  const texts = [...document.querySelectorAll('main *')].filter(node => node.offsetParent && !node.closest(
    ':disabled') && [...node.childNodes].some(part => part.nodeType === 3 && part.data.trim()));
  return Object.fromEntries(texts.map(node => {
    const [a, b] = [light(levels(getComputedStyle(node).color)), light(ground(node))];
    return [`${node.className} ${node.textContent}`, (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)]; }));
}"""
"""The contrast of every text that is not a resting control with what lies below it."""


def test_no_gallery(open_page: OpenPage, agent: Agent, tmp_path: Path) -> None:
    agent.publish(snapshot(1, 0))
    page = ready(open_page("/"))
    expect(page.locator("#empty")).to_contain_text("No gallery in sight")
    expect(page.locator("#age")).to_have_text("")
    page.screenshot(path=tmp_path / "empty.png")
    agent.publish(snapshot(2, 4))
    expect(page.locator("#age")).to_contain_text("old")
    expect(page.locator("#empty")).to_be_hidden()
    expect(page.locator(".tile")).to_have_count(4)


def test_a_gallery_that_went_leaves_nothing_said_of_the_room(
    open_page: OpenPage, agent: Agent, tmp_path: Path
) -> None:
    agent.publish(snapshot(1, 4))
    page = ready(open_page("/"))
    until(page, "document.querySelector('#mood').textContent.includes('faces')")
    for seq in range(2, 8):
        agent.publish(snapshot(seq, 4))
        page.wait_for_timeout(250)
    expect(page.locator("#rate")).to_contain_text("times a second")
    agent.publish(snapshot(9, 0))
    expect(page.locator("#mood")).to_have_text("No expression read now")
    expect(page.locator("#rate")).to_have_text("")
    page.screenshot(path=tmp_path / "gone.png")
    page.reload()
    expect(page.locator("#empty-title")).to_have_text("No gallery in sight")
    expect(page.locator("#mood")).to_have_text("No expression read now")


@pytest.mark.parametrize(
    ("size", "scheme"), [((1366, 768), "light"), ((1280, 720), "dark"), ((400, 800), "light")]
)
def test_that_everybody_is_excluded_is_said_and_what_to_do(
    open_page: OpenPage, agent: Agent, tmp_path: Path, size: tuple[int, int], scheme: Scheme
) -> None:
    agent.publish(excluded())
    page, overlay = open_page("/", size=size, scheme=scheme), open_page("/overlay", size=size)
    expect(page.locator("#mood")).to_have_text("Everybody is excluded")
    expect(page.locator("#room-read")).to_have_text("")
    said = "Everybody is excluded: select a tile and press Read again."
    expect(page.locator("#person-text")).to_have_text(said)
    page.screenshot(path=tmp_path / "dashboard.png", full_page=True)
    said = "Everybody is excluded: on the dashboard select a tile and press Read again"
    expect(overlay.locator("#mark")).to_have_text(said)
    overlay.screenshot(path=tmp_path / "overlay.png")
    page.locator(".tile").nth(3).click()
    expect(page.locator("#person-exclude")).to_have_text("Read again")
    agent.publish(snapshot(2))
    expect(overlay.locator("#mark")).to_be_hidden()
    expect(page.locator("#mood")).to_contain_text("faces")


def test_a_source_without_a_first_picture_is_waited_for(open_page: OpenPage, agent: Agent) -> None:
    agent.publish(replace(snapshot(1, 0, state=SourceState.STALLED), width=0, height=0))
    page, overlay = open_page("/"), open_page("/overlay")
    expect(page.locator("#empty")).to_contain_text("Waiting for the first picture")
    expect(page.locator("#source-state")).to_have_text("waiting")
    expect(page.locator("#banner")).to_be_hidden()
    expect(overlay.locator("#mark")).to_have_text("Waiting for the first picture")
    expect(page.locator("#empty-link")).to_be_hidden()
    agent.publish(snapshot(2, 4))
    expect(page.locator("#empty")).to_be_hidden()
    expect(overlay.locator("#mark")).to_be_hidden()


@pytest.mark.parametrize(("state", "size"), [(SourceState.STALLED, (0, 0)), (SourceState.LOST, (1920, 1080))])
def test_a_picture_that_nobody_shares_is_asked_for(
    chromium: Browser, tmp_path: Path, state: SourceState, size: tuple[int, int]
) -> None:
    with Agent(source=SourceInfo("webrtc", "shared picture", 0, 0)) as agent:
        agent.publish(snapshot(1, 0, size, state=state))
        page, overlay = chromium.new_page(), chromium.new_page()
        page.goto(agent.url("/"))
        expect(page.locator("#empty")).to_contain_text("Nobody shares a picture now")
        expect(page.locator("#empty-link")).to_have_attribute("href", "/share")
        expect(page.locator("#source-state")).to_have_text("nothing shared")
        expect(page.locator("#banner")).to_be_hidden()
        # What is to be done is not as pale as what is over.
        assert page.evaluate(SHOWN, "#empty") == 1
        page.screenshot(path=tmp_path / "dashboard.png")
        overlay.goto(agent.url("/overlay"))
        expect(overlay.locator("#mark")).to_contain_text("Nobody shares a picture now")
        expect(overlay.locator("#mark")).to_have_attribute("data-grave", "no")
        overlay.screenshot(path=tmp_path / "overlay.png")
        page.close()
        overlay.close()


@pytest.mark.parametrize("state", [SourceState.STALLED, SourceState.LOST])
def test_a_source_in_trouble_is_said(open_page: OpenPage, agent: Agent, state: SourceState) -> None:
    agent.publish(snapshot(1, state=state))
    page = open_page("/")
    expect(page.locator("#source-state")).to_have_text(state.value)
    expect(page.locator("#banner")).to_be_visible()
    agent.publish(snapshot(2))
    expect(page.locator("#source-state")).to_have_text("live")
    expect(page.locator("#banner")).to_be_hidden()


def test_pictures_that_cannot_be_read_are_no_missing_gallery(open_page: OpenPage, agent: Agent) -> None:
    failing = SourceStatus(SourceState.STALLED, failed=3, failing=True)
    agent.publish(replace(snapshot(1, 0), source=failing))
    page, overlay = open_page("/"), open_page("/overlay")
    expect(page.locator("#empty-title")).to_have_text("The pictures cannot be read")
    expect(page.locator("#source-state")).to_have_text("failing")
    expect(page.locator("#banner")).to_contain_text("cannot be read")
    expect(overlay.locator("#mark")).to_contain_text("cannot be read")


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (RecordStatus(), ""),
        (RecordStatus(RecordState.RECORDING), "recording"),
        (RecordStatus(RecordState.FAILED, "the disk is full"), "recording failed: the disk is full"),
        (RecordStatus(RecordState.FAILED), "recording failed"),
        (RecordStatus(RecordState.STOPPED), "recording stopped"),
    ],
)
def test_how_the_recording_goes_is_said(
    open_page: OpenPage, agent: Agent, tmp_path: Path, status: RecordStatus, said: str
) -> None:
    agent.publish(replace(snapshot(1), record=status))
    page = ready(open_page("/", size=(1280, 720)))
    expect(page.locator("#record")).to_have_text(said)
    expect(page.locator("#record")).to_be_visible(visible=bool(said))
    page.screenshot(path=tmp_path / "record.png")


def test_a_recording_rests_while_paused(open_page: OpenPage, agent: Agent) -> None:
    recording = replace(snapshot(1), record=RecordStatus(RecordState.RECORDING))
    agent.publish(replace(recording, source=SourceStatus(paused=True)))
    page = open_page("/")
    expect(page.locator("#record")).to_have_text("recording paused")
    agent.publish(replace(recording, seq=2))
    expect(page.locator("#record")).to_have_text("recording")


def test_silence_is_said(open_page: OpenPage, agent: Agent) -> None:
    agent.publish(snapshot(1))
    page = ready(open_page("/", clock=True))
    page.clock.fast_forward(3500)
    expect(page.locator("#source-state")).to_have_text("stale")
    expect(page.locator("#banner")).to_contain_text("No news")


def test_a_pause_is_no_missing_gallery(open_page: OpenPage, agent: Agent, tmp_path: Path) -> None:
    agent.publish(replace(snapshot(1, 0), source=SourceStatus(paused=True)))
    page, overlay = open_page("/"), open_page("/overlay?style=gauge")
    expect(page.locator("#empty-title")).to_have_text("Paused")
    expect(page.locator("#mood")).to_have_text("Paused")
    expect(page.locator("#room-read")).to_have_text("")
    page.screenshot(path=tmp_path / "paused.png")
    expect(overlay.locator("#mark")).to_contain_text("Paused")
    expect(overlay.locator("#summary")).to_be_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_stays_bright_and_all_words_readable_when_the_agent_does_not_answer(
    open_page: OpenPage, agent: Agent, trouble: list[str], tmp_path: Path, scheme: Scheme
) -> None:
    told = snapshot(1, alerts=(Alert("turned", "Many are turned away", ("t3",), time.time() - 60),))
    advice = Advice(Tempo.SLOWER, "Slower may help.", "90 % before, now 60 %.")
    told = replace(told, room=replace(told.room, advice=advice), record=RecordStatus(RecordState.RECORDING))
    agent.publish(told)
    page = ready(open_page("/", scheme=scheme, clock=True))
    drawn = ("#mood-symbol", ".legend .mark", ".gauge .track", ".row .track", ".tile .mark", ".tile .bars")
    assert [page.evaluate(SHOWN, part) for part in drawn] == [1.0] * len(drawn)
    agent.close()
    page.clock.fast_forward(3500)
    expect(page.locator("#source-state")).to_have_text("no answer")
    assert max(page.evaluate(SHOWN, part) for part in drawn) < 0.5
    for said in ("#mood", "#legend .name", ".gauge .word", ".row .name", "#advice-text", "#alerts b"):
        assert page.evaluate(SHOWN, said) == 1.0, said
    pale = page.evaluate(CONTRASTS)
    assert {word: one for word, one in pale.items() if one < 4.5} == {}
    page.screenshot(path=tmp_path / "gone.png")
    # Otherwise it goes on trying, and complaining.
    page.close()
    trouble.clear()


def test_an_agent_that_ended_while_paused_cannot_be_resumed(
    open_page: OpenPage, agent: Agent, trouble: list[str]
) -> None:
    agent.publish(replace(snapshot(1, 0), source=SourceStatus(paused=True)))
    page = open_page("/", clock=True)
    expect(page.locator("#empty-text")).to_contain_text("Press Resume")
    agent.close()
    page.clock.fast_forward(3500)
    expect(page.locator("#source-state")).to_have_text("no answer")
    expect(page.locator("#empty-title")).to_have_text("No answer from the agent")
    expect(page.locator("#mood")).to_have_text("No answer")
    expect(page.locator("main")).not_to_contain_text("Resume")
    page.close()
    trouble.clear()


def test_whoever_pauses_here_can_resume_here(chromium: Browser) -> None:
    taken: queue.Queue[ClientCommand] = queue.Queue()
    room = lesson()
    with Agent(commands=taken.put) as agent:
        page = chromium.new_page(viewport={"width": 400, "height": 800})
        page.goto(agent.url("/"))
        button, banner = page.locator("#pause"), page.locator("#banner")
        expect(button).to_be_disabled()
        agent.publish(room)
        button.click()
        assert taken.get(timeout=20) == PauseCommand()
        agent.publish(replace(room, seq=2, source=SourceStatus(paused=True)))
        expect(page.locator("#source-state")).to_have_text("paused")
        expect(banner).to_contain_text("until you resume")
        button.get_by_text("Resume").click()
        assert taken.get(timeout=20) == ResumeCommand()
        agent.publish(replace(room, seq=3))
        expect(banner).to_be_hidden()
        page.close()
